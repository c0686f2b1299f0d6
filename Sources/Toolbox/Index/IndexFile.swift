internal import Schemas
internal import Semantics
internal import Services
internal import Values

/// The file that an index is kept in: a mark, a version, a checksum, the tables with their profiles, and behind them the
/// segments of values, which are used where they stand. Written whole beside the old one and then put in its place.
struct IndexFile: Sendable {
    private static let mark: UInt64 = 0x5844_494e_4f52_504f
    /// Another version is built anew: raise it when the form or what is gathered changes.
    static let version: UInt32 = 1

    let path: String
    /// What the file is an index of: the database's path and what is hidden of it.
    let identity: String
    let limits: ValueIndexLimits

    /// The file in `folder` for the database at `realPath`, of which `hidden` tables exist for nobody.
    init(folder: String, name: String, realPath: String, hidden: [String], limits: ValueIndexLimits) {
        identity = ([realPath] + hidden.map { $0.lowercased() }.sorted()).joined(separator: "\0")
        let letters = name.map { $0.isLetter || $0.isNumber ? $0 : "_" }.prefix(40)
        path = "\(folder)/\(String(letters))-\(SHA256Digest.hex(Array(identity.utf8)).prefix(16)).index"
        self.limits = limits
    }

    /// What came of looking for the file.
    enum Found {
        case none
        /// It is there and cannot be used: why.
        case damaged(String)
        case index(DatabaseIndex)
    }

    /// The index as it was kept.
    func read() -> Found {
        let shared: SharedBytes
        do throws(OperonError) {
            shared = try MappedFile.bytes(path)
        } catch {
            return error.code == "file_not_found" ? .none : .damaged(error.message)
        }
        do throws(ByteReader.Damaged) {
            return try index(shared).map(Found.index) ?? .none
        } catch {
            return .damaged("it is cut short or was changed")
        }
    }

    /// Nil when the file is of another version or of another database.
    private func index(_ shared: SharedBytes) throws(ByteReader.Damaged) -> DatabaseIndex? {
        var reader = ByteReader(shared.bytes)
        guard try reader.number(UInt64.self) == Self.mark else { throw ByteReader.Damaged() }
        if try reader.number(UInt32.self) != Self.version { return nil }
        let headBytes = Int(try reader.number(UInt32.self))
        let checksum = try reader.number(UInt64.self)
        let segmentBytes = try reader.number(Int.self)
        let segments = reader.offset + headBytes
        guard headBytes <= reader.rest, reader.rest - headBytes == segmentBytes else { throw ByteReader.Damaged() }
        let head = UnsafeRawBufferPointer(rebasing: shared.bytes[reader.offset..<segments])
        guard try reader.text() == identity, try reader.number(Int.self) == limits.valuesPerColumn,
            try reader.number(Int.self) == limits.totalBytes
        else { return nil }
        let stamp = try reader.text()
        var tables: [DatabaseIndex.Table] = []
        for _ in 0..<(try reader.count()) { tables.append(try table(&reader, shared, segments)) }
        var sum = StableHash.of(head)
        for table in tables {
            if let values = table.values { sum = StableHash.combined(sum, StableHash.of(values.bytes)) }
        }
        guard sum == checksum else { throw ByteReader.Damaged() }
        return DatabaseIndex(stamp: stamp.isEmpty ? nil : stamp, tables: tables)
    }

    private func table(_ reader: inout ByteReader, _ shared: SharedBytes, _ segments: Int) throws(ByteReader
        .Damaged)
        -> DatabaseIndex.Table
    {
        let name = try reader.text()
        let schema = try reader.number(UInt64.self)
        let rowCount = try reader.number(Int.self)
        let hasContent = try reader.number(UInt8.self) != 0
        let content = try reader.number(UInt64.self)
        var indexed: [String] = []
        for _ in 0..<(try reader.count()) { indexed.append(try reader.text()) }
        let profile = try Profile.Table(from: &reader)
        let start = Int(try reader.number(UInt32.self))
        let size = Int(try reader.number(UInt32.self))
        var values: ValueSegment?
        if size > 0 { values = try ValueSegment(shared, in: segments + start..<segments + start + size) }
        return DatabaseIndex.Table(
            name: name, schema: schema, rowCount: rowCount < 0 ? nil : rowCount,
            content: hasContent ? content : nil,
            indexed: indexed, profile: profile, values: values)
    }

    /// Keeps an index. Throws when the file cannot be written.
    func write(_ index: DatabaseIndex) throws(OperonError) {
        var head = ByteWriter()
        head.write(identity)
        head.write(limits.valuesPerColumn)
        head.write(limits.totalBytes)
        head.write(index.stamp ?? "")
        head.write(UInt32(index.tables.count))
        var start = 0
        for table in index.tables {
            head.write(table.name)
            head.write(table.schema)
            head.write(table.rowCount ?? -1)
            head.write(UInt8(table.content == nil ? 0 : 1))
            head.write(table.content ?? 0)
            head.write(UInt32(table.indexed.count))
            for column in table.indexed { head.write(column) }
            table.profile.write(to: &head)
            let size = table.values?.bytes.count ?? 0
            head.write(UInt32(start))
            head.write(UInt32(size))
            start += (size + 7) / 8 * 8
        }
        head.align()
        let segments = index.tables.compactMap { $0.values?.bytes }
        var sum = head.bytes.withUnsafeBytes { StableHash.of($0) }
        for segment in segments { sum = StableHash.combined(sum, StableHash.of(segment)) }
        var file = ByteWriter()
        file.write(Self.mark)
        file.write(Self.version)
        file.write(UInt32(head.bytes.count))
        file.write(sum)
        file.write(start)
        head.bytes.withUnsafeBytes { file.write(raw: $0) }
        if let slash = path.lastIndex(of: "/") { try Files.makeDirectory(String(path[..<slash])) }
        // The segments are written from where they lie: together they may be large.
        let zeros = [UInt8](repeating: 0, count: 8)
        let written = file.bytes.withUnsafeBytes { head in
            zeros.withUnsafeBytes { zeros in
                var parts = [head]
                for segment in segments {
                    parts += [segment, UnsafeRawBufferPointer(rebasing: zeros[..<((8 - segment.count % 8) % 8)])]
                }
                return Result { () throws(OperonError) in
                    try Files.replace(path, withParts: parts, isPrivate: true)
                }
            }
        }
        try written.get()
    }
}
