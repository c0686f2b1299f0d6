internal import Databases
internal import Schemas
internal import Semantics
internal import Services
internal import Values

/// Reads one table from its first row to its last, and makes its profile and its segment of values of it. Runs on the
/// database's thread.
struct TableReading: Sendable {
    let table: CatalogueTable
    let indexed: [String]
    /// How many bytes its values may take.
    let budget: Int
    let limits: ValueIndexLimits
    /// Called every so many rows.
    let progress: @Sendable (Int) -> Void

    /// What came of it.
    struct Result: Sendable {
        var profile: Profile.Table
        var values: [UInt8]?
        var content: UInt64?
        var isTruncated = false
    }

    /// So many rows of a view are read: it is computed, and nobody knows how slowly.
    static let viewRows = 20_000
    /// Texts that are longer on average are prose: neither named in questions nor keys.
    private static let proseBytes = 256.0
    /// How many first rows tell what is prose.
    private static let probeRows = 200
    private static let rowsBetweenProgress = 1 << 16
    /// How many values stay in the sample of a column that could be referred to, and of one that could not.
    private static let keySample = 8192
    private static let otherSample = 2048

    func run(_ scanner: TableScanner) throws -> Result {
        let names = try columnsToRead(scanner)
        let surveys = names.map { ColumnSurvey(name: $0) }
        var remaining = budget
        let gatherers = names.map { name -> ValueGatherer? in
            guard indexed.contains(name) else { return nil }
            return ValueGatherer(limit: limits.valuesPerColumn, budget: budget / max(1, indexed.count))
        }
        var rows = 0
        let isEnd = try scanner.forEachRow(
            of: table, columns: names, limit: table.kind == .view ? Self.viewRows : nil
        ) { row in
            for at in surveys.indices { _ = Self.take(row, at, surveys[at], gatherers[at]) }
            rows += 1
            if rows % Self.rowsBetweenProgress == 0 { progress(rows) }
            return true
        }
        var profile = Profile.Table(
            name: table.name, rowCount: rows, isComplete: isEnd && (table.kind == .table || rows < Self.viewRows),
            columns: [])
        for column in table.columns {
            guard let at = names.firstIndex(of: column.name) else {
                profile.columns.append(try skipped(column, scanner))
                continue
            }
            let seen = surveys[at].profile()
            let isKey = seen.sample.map { $0.repeatedCount * 100 <= $0.hashes.count } ?? false
            var kept = seen
            kept.sample = seen.sample?.thinned(to: isKey ? Self.keySample : Self.otherSample)
            profile.columns.append(kept)
        }
        var columns: [(name: String, values: ValueGatherer)] = []
        for name in indexed {
            guard let at = names.firstIndex(of: name), let gatherer = gatherers[at] else { continue }
            remaining -= gatherer.cost
            columns.append((name, gatherer))
        }
        return Result(
            profile: profile, values: ValueSegmentBuilder.bytes(table: table.name, columns: columns),
            content: try scanner.contentStamp(of: table), isTruncated: remaining < 0)
    }

    /// All columns but bytes and prose.
    private func columnsToRead(_ scanner: TableScanner) throws -> [String] {
        let names = table.columns.filter { $0.kind != .blob }.map(\.name)
        var lengths = [Int](repeating: 0, count: names.count)
        var counts = [Int](repeating: 0, count: names.count)
        var blobs = Set<Int>()
        try scanner.forEachRow(of: table, columns: names, limit: Self.probeRows) { row in
            for at in names.indices {
                switch row.storage(at) {
                case .text:
                    lengths[at] += row.byteCount(at)
                    counts[at] += 1
                case .blob: blobs.insert(at)
                default: break
                }
            }
            return true
        }
        return names.indices.filter { at in
            !blobs.contains(at) && Double(lengths[at]) <= Self.proseBytes * Double(max(1, counts[at]))
        }.map { names[$0] }
    }

    /// A column that is not read to the end: a few values, nothing counted.
    private func skipped(_ column: CatalogueColumn, _ scanner: TableScanner) throws -> Profile.Column {
        var profile = Profile.Column(name: column.name)
        if column.kind == .blob { return profile }
        let survey = ColumnSurvey(name: column.name)
        try scanner.forEachRow(of: table, columns: [column.name], limit: Self.probeRows) { row in
            _ = Self.take(row, 0, survey, nil)
            return true
        }
        profile = survey.profile()
        profile.sample = nil
        profile.isIncreasing = false
        return profile
    }

    /// Takes one value; returns its hash.
    private static func take(_ row: ScannedRow, _ at: Int, _ survey: ColumnSurvey, _ values: ValueGatherer?)
        -> UInt64
    {
        switch row.storage(at) {
        case .null: survey.addNull()
        case .integer: survey.add(row.integer(at))
        case .real: survey.add(row.real(at))
        case .blob: survey.addBlob(byteCount: row.byteCount(at))
        case .text:
            row.withText(at) { text in
                let hash = survey.add(text)
                values?.add(text, hash: hash)
                return hash
            }
        }
    }
}

/// Reads a table a second time for what several columns hold together.
struct CombinationReading: Sendable {
    let table: CatalogueTable
    let combinations: [[String]]

    func run(_ scanner: TableScanner) throws -> [Profile.Combination] {
        let names = table.columns.map(\.name).filter { name in combinations.contains { $0.contains(name) } }
        let places = combinations.map { $0.compactMap { names.firstIndex(of: $0) } }
        let samplers = combinations.map { _ in DistinctSampler(limit: ColumnSurvey.sampleLimit) }
        var nulls = [Int](repeating: 0, count: combinations.count)
        var hashes = [UInt64](repeating: 0, count: names.count)
        try scanner.forEachRow(of: table, columns: names) { row in
            for at in names.indices { hashes[at] = row.hash(at) }
            for (at, columns) in places.enumerated() {
                var hash: UInt64 = 1
                var hasNull = false
                for place in columns {
                    hasNull = hasNull || hashes[place] == ColumnSurvey.nullHash
                    hash = StableHash.combined(hash, hashes[place])
                }
                if hasNull { nulls[at] += 1 } else { samplers[at].add(hash) }
            }
            return true
        }
        return combinations.indices.map { at in
            Profile.Combination(
                columns: combinations[at], nullCount: nulls[at], sample: samplers[at].sample.thinned(to: 4096))
        }
    }
}
