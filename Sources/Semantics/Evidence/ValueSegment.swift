import Modeling
import Schemas
public import Values

/// The indexed values of one table as bytes, which may lie in a file mapped into memory: nothing is decoded before somebody
/// asks.
///
/// All numbers are little-endian. A head (table, columns, counts), then, each at a multiple of eight:
///
/// | part | content |
/// |---|---|
/// | keys | the hashes of the normal forms, ascending, and for each the number of its value |
/// | texts | the end of each stored form, how many rows have it, and the forms |
/// | words | the words of all normal forms in byte order: ends, bytes, the order by reversed bytes |
/// | postings | for each word the numbers of the values that hold it, ascending |
public struct ValueSegment: Sendable {
    /// The first bytes, and the version of the form.
    static let mark: UInt32 = 0x3156_4f53

    private let shared: SharedBytes
    private let range: Range<Int>
    /// The table.
    public let table: String
    /// The columns, and the number of the first value of each; one more at the end.
    let columns: [String]
    let starts: [Int]
    /// Whether a column has values that were left out.
    let truncated: [Bool]
    /// The most words of any value.
    let longestPhrase: Int
    let count: Int
    let wordCount: Int
    private let hashes: Int
    private let numbers: Int
    private let textEnds: Int
    private let frequencies: Int
    private let texts: Int
    private let wordEnds: Int
    private let words: Int
    private let reversed: Int
    private let postingEnds: Int
    private let postings: Int

    /// The bytes of the segment; valid as long as the segment.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: shared.bytes[range]) }

    /// Reads the head of a segment that stands in `range` of `shared`. Throws when the sizes do not fit.
    public init(_ shared: SharedBytes, in range: Range<Int>) throws(ByteReader.Damaged) {
        guard range.lowerBound >= 0, range.upperBound <= shared.bytes.count else { throw ByteReader.Damaged() }
        self.shared = shared
        self.range = range
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: shared.bytes[range]))
        guard try reader.number(UInt32.self) == Self.mark else { throw ByteReader.Damaged() }
        table = try reader.text()
        var columns: [String] = []
        var starts = [0]
        var truncated: [Bool] = []
        for _ in 0..<(try reader.count()) {
            columns.append(try reader.text())
            starts.append(Int(try reader.number(UInt32.self)))
            truncated.append(try reader.number(UInt8.self) != 0)
        }
        self.columns = columns
        self.starts = starts
        self.truncated = truncated
        longestPhrase = Int(try reader.number(UInt32.self))
        count = Int(try reader.number(UInt32.self))
        wordCount = Int(try reader.number(UInt32.self))
        let textBytes = Int(try reader.number(UInt32.self))
        let wordBytes = Int(try reader.number(UInt32.self))
        let postingCount = Int(try reader.number(UInt32.self))
        func part(_ size: Int) throws(ByteReader.Damaged) -> Int {
            try reader.align()
            let start = reader.offset
            _ = try reader.take(size)
            return start
        }
        hashes = try part(count * 8)
        numbers = try part(count * 4)
        textEnds = try part(count * 4)
        frequencies = try part(count * 4)
        texts = try part(textBytes)
        wordEnds = try part(wordCount * 4)
        words = try part(wordBytes)
        reversed = try part(wordCount * 4)
        postingEnds = try part(wordCount * 4)
        postings = try part(postingCount * 4)
        guard starts.last == count, starts == starts.sorted(), last(of: textEnds, count) == textBytes,
            last(of: wordEnds, wordCount) == wordBytes, last(of: postingEnds, wordCount) == postingCount
        else { throw ByteReader.Damaged() }
    }

    private func last(of part: Int, _ count: Int) -> Int { count == 0 ? 0 : integer(part, count - 1) }

    private func integer(_ part: Int, _ at: Int) -> Int {
        Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: part + at * 4, as: UInt32.self)))
    }

    private func hash(_ at: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: hashes + at * 8, as: UInt64.self))
    }

    // MARK: Values

    /// The numbers of the values whose normal form has this hash, ascending.
    func values(_ wanted: UInt64) -> [Int] {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if hash(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        var found: [Int] = []
        while low < count, hash(low) == wanted {
            found.append(integer(numbers, low))
            low += 1
        }
        return found
    }

    /// The stored form of a value.
    func text(_ value: Int) -> UnsafeRawBufferPointer {
        let start = value == 0 ? 0 : integer(textEnds, value - 1)
        return UnsafeRawBufferPointer(rebasing: bytes[texts + start..<texts + integer(textEnds, value)])
    }

    /// How many rows have it.
    func frequency(_ value: Int) -> Int { integer(frequencies, value) }

    /// Its column.
    func column(_ value: Int) -> ColumnRef {
        let at = starts.lastIndex { $0 <= value } ?? 0
        // Columns without values share their start with the next one.
        return ColumnRef(table, columns[min(at, columns.count - 1)])
    }

    // MARK: Words

    /// A word by its place in byte order.
    func word(_ at: Int) -> UnsafeRawBufferPointer {
        let start = at == 0 ? 0 : integer(wordEnds, at - 1)
        return UnsafeRawBufferPointer(rebasing: bytes[words + start..<words + integer(wordEnds, at)])
    }

    /// The word that stands at a place in the order by reversed bytes.
    func reversedWord(_ at: Int) -> Int { integer(reversed, at) }

    /// How many values hold a word.
    func postingCount(_ word: Int) -> Int {
        integer(postingEnds, word) - (word == 0 ? 0 : integer(postingEnds, word - 1))
    }

    /// The first `limit` values that hold a word, ascending.
    func values(holding word: Int, limit: Int = .max) -> [Int] {
        let start = word == 0 ? 0 : integer(postingEnds, word - 1)
        return (start..<min(integer(postingEnds, word), limit == .max ? .max : start + limit)).map {
            integer(postings, $0)
        }
    }
}
