public import Values

extension Profile.Table {
    /// Appends the table in the form of the index file.
    public func write(to writer: inout ByteWriter) {
        writer.write(name)
        writer.write(rowCount)
        writer.write(UInt8(isComplete ? 1 : 0))
        writer.write(UInt32(columns.count))
        for column in columns { column.write(to: &writer) }
        writer.write(UInt32(combinations.count))
        for combination in combinations {
            writer.write(UInt32(combination.columns.count))
            for name in combination.columns { writer.write(name) }
            writer.write(combination.nullCount)
            combination.sample.write(to: &writer)
        }
    }

    /// Reads back what ``write(to:)`` wrote.
    public init(from reader: inout ByteReader) throws(ByteReader.Damaged) {
        name = try reader.text()
        rowCount = try reader.number()
        isComplete = try reader.number(UInt8.self) != 0
        columns = []
        for _ in 0..<(try reader.count()) { columns.append(try Profile.Column(from: &reader)) }
        combinations = []
        for _ in 0..<(try reader.count()) {
            var names: [String] = []
            for _ in 0..<(try reader.count()) { names.append(try reader.text()) }
            let nullCount = try reader.number(Int.self)
            combinations.append(
                Profile.Combination(columns: names, nullCount: nullCount, sample: try DistinctSample(from: &reader))
            )
        }
    }
}

extension Profile.Column {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(name)
        for number in [nullCount, integerCount, realCount, textCount, blobCount, textBytes] { writer.write(number) }
        for number in [minimum, maximum] {
            writer.write(UInt8(number == nil ? 0 : 1))
            writer.write((number ?? 0).bitPattern)
        }
        for number in [shortestText, longestText] { writer.write(number ?? -1) }
        writer.write(UInt8(isIncreasing ? 1 : 0))
        writer.write(UInt32(samples.count))
        for sample in samples { sample.write(to: &writer) }
        writer.write(UInt8(sample == nil ? 0 : 1))
        sample?.write(to: &writer)
    }

    fileprivate init(from reader: inout ByteReader) throws(ByteReader.Damaged) {
        self.init(name: try reader.text())
        nullCount = try reader.number()
        integerCount = try reader.number()
        realCount = try reader.number()
        textCount = try reader.number()
        blobCount = try reader.number()
        textBytes = try reader.number()
        minimum = try Self.optional(&reader)
        maximum = try Self.optional(&reader)
        shortestText = Self.known(try reader.number())
        longestText = Self.known(try reader.number())
        isIncreasing = try reader.number(UInt8.self) != 0
        for _ in 0..<(try reader.count()) { samples.append(try SQLValue(from: &reader)) }
        if try reader.number(UInt8.self) != 0 { sample = try DistinctSample(from: &reader) }
    }

    private static func optional(_ reader: inout ByteReader) throws(ByteReader.Damaged) -> Double? {
        let isKnown = try reader.number(UInt8.self) != 0
        let bits = try reader.number(UInt64.self)
        return isKnown ? Double(bitPattern: bits) : nil
    }

    private static func known(_ number: Int) -> Int? { number < 0 ? nil : number }
}

extension DistinctSample {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(UInt8(level))
        writer.write(hashes)
        writer.write(counts)
    }

    fileprivate init(from reader: inout ByteReader) throws(ByteReader.Damaged) {
        let level = Int(try reader.number(UInt8.self))
        let hashes = try reader.numbers(UInt64.self)
        let counts = try reader.numbers(UInt32.self)
        guard level < 64, hashes.count == counts.count else { throw ByteReader.Damaged() }
        self.init(level: level, hashes: hashes, counts: counts)
    }
}

extension SQLValue {
    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .null, .blob: writer.write(UInt8(0))
        case .integer(let number):
            writer.write(UInt8(1))
            writer.write(number)
        case .real(let number):
            writer.write(UInt8(2))
            writer.write(number.bitPattern)
        case .text(let text):
            writer.write(UInt8(3))
            writer.write(text)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(ByteReader.Damaged) {
        switch try reader.number(UInt8.self) {
        case 0: self = .null
        case 1: self = .integer(try reader.number())
        case 2: self = .real(Double(bitPattern: try reader.number()))
        case 3: self = .text(try reader.text())
        default: throw ByteReader.Damaged()
        }
    }
}
