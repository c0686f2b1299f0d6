/// A grid of dots, two wide and four high in each terminal cell, drawn with the braille patterns of Unicode (U+2800).
struct BrailleCanvas {
    /// Cells across and down.
    let columns: Int
    let rows: Int
    /// The pattern of each cell and which series drew it last; row by row.
    private var patterns: [UInt8]
    private var owners: [Int]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        patterns = [UInt8](repeating: 0, count: columns * rows)
        owners = [Int](repeating: 0, count: columns * rows)
    }

    /// Dots across and down.
    var width: Int { columns * 2 }
    var height: Int { rows * 4 }

    /// Bits of the dots in a cell: rows from the top, left and right column.
    private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    /// Sets the dot at `x` from the left and `y` from the bottom; outside the canvas nothing happens.
    mutating func set(_ x: Int, _ y: Int, series: Int = 0) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let down = height - 1 - y
        let cell = down / 4 * columns + x / 2
        patterns[cell] |= Self.bits[down % 4][x % 2]
        owners[cell] = series
    }

    /// Sets the dots from one point to another: at each column all dots that the segment passes, so that steep lines
    /// have no holes.
    mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), series: Int = 0) {
        let steps = max(abs(b.x - a.x), abs(b.y - a.y), 1)
        for step in 0...steps {
            // Rounded division, symmetric around zero.
            func between(_ from: Int, _ to: Int) -> Int {
                let product = (to - from) * step * 2 + (to >= from ? steps : -steps)
                return from + product / (2 * steps)
            }
            set(between(a.x, b.x), between(a.y, b.y), series: series)
        }
    }

    /// One row as text; `paint` may colour a run of cells of one series.
    func text(row: Int, paint: (String, Int) -> String) -> String {
        var out = ""
        var run = ""
        var owner = -1
        func flush() { if !run.isEmpty { out += owner < 0 ? run : paint(run, owner) } }
        for column in 0..<columns {
            let cell = row * columns + column
            let pattern = patterns[cell]
            let next = pattern == 0 ? -1 : owners[cell]
            if next != owner {
                flush()
                run = ""
                owner = next
            }
            run.unicodeScalars.append(pattern == 0 ? " " : Unicode.Scalar(0x2800 + UInt32(pattern)) ?? " ")
        }
        flush()
        return out
    }
}
