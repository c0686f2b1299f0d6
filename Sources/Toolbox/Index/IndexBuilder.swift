internal import Databases
internal import Modeling
internal import Schemas
internal import Semantics
internal import Services
internal import Synchronization
internal import Values

/// Makes the index of a database, or brings a kept one up to date: only tables that changed are read again.
struct IndexBuilder: Sendable {
    let name: String
    /// A connection of its own, so that questions need not wait for the reading.
    let database: SQLiteDatabase
    let settings: IndexSettings
    let hidden: [String]

    /// A builder for a database in a file; nil for one behind a server, which is asked column by column.
    init?(_ url: DatabaseURL, name: String, hiddenTables hidden: [String], _ settings: IndexSettings) {
        guard let database = url.open(hiddenTables: hidden) as? SQLiteDatabase else { return nil }
        self.name = name
        self.database = database
        self.settings = settings
        self.hidden = hidden
    }

    /// How long one table may take, and one view.
    private static let tableTimeout = Duration.seconds(1800)
    private static let viewTimeout = Duration.seconds(2)
    /// Tables of at most so many rows are read again whenever the file has changed: that takes no longer than to ask.
    private static let smallRows = 20_000

    /// What came of it.
    struct Outcome: Sendable {
        var catalogue: Catalogue
        var index: DatabaseIndex
        /// How many tables were read.
        var tablesRead = 0
    }

    private var file: IndexFile? {
        settings.folder.map {
            IndexFile(
                folder: $0, name: name, realPath: database.realPath, hidden: hidden, limits: settings.limits)
        }
    }

    /// The index as of now. `old` is the one that is in use, if any; else the kept one is looked for. Throws what opening
    /// and reading the database throw.
    func build(from old: DatabaseIndex? = nil) async throws -> Outcome {
        let stamp = database.fileStamp()
        let file = file
        var known = old
        if known == nil, let file {
            switch file.read() {
            case .none: break
            case .damaged(let why):
                settings.notice("The index of \(name) cannot be used (\(why)); it is built anew.")
            case .index(let kept): known = kept
            }
        }
        let isFresh = known != nil && known?.stamp == stamp && stamp != nil
        var catalogue = try await database.catalogue(knownRowCounts: isFresh ? known?.rowCounts ?? [:] : [:])
        catalogue.database = name
        let wanted = Dictionary(grouping: ValueIndex.columnsToIndex(of: catalogue), by: \.table).mapValues {
            $0.map(\.column)
        }
        let ticker = Ticker(name: name, tables: catalogue.tables.count, settings)
        var outcome = Outcome(catalogue: catalogue, index: DatabaseIndex(stamp: stamp, tables: []))
        var budget = settings.limits.totalBytes
        for (place, table) in catalogue.tables.enumerated() {
            let columns = wanted[table.name] ?? []
            if let kept = known?.tables.first(where: { $0.name == table.name }),
                try await holds(kept, table, columns, isFresh: isFresh)
            {
                budget -= kept.values?.bytes.count ?? 0
                outcome.index.tables.append(kept)
                continue
            }
            let read = try await self.read(table, columns, budget: max(0, budget), ticker.counting(place, table))
            budget -= read.values?.bytes.count ?? 0
            outcome.index.tables.append(read)
            outcome.tablesRead += 1
        }
        if outcome.tablesRead > 0 || outcome.index.tables.count != known?.tables.count {
            try await combine(&outcome, known, ticker)
        }
        if let file,
            outcome.tablesRead > 0 || known?.stamp != stamp || outcome.index.tables.count != known?.tables.count
        {
            keep(&outcome, in: file)
        }
        ticker.finish()
        return outcome
    }

    /// Whether a kept table is still what the database holds.
    private func holds(_ kept: DatabaseIndex.Table, _ table: CatalogueTable, _ columns: [String], isFresh: Bool)
        async throws -> Bool
    {
        guard kept.schema == DatabaseIndex.schema(of: table), kept.indexed == columns else { return false }
        if isFresh { return true }
        guard table.kind == .table, let rows = table.rowCount, rows == kept.rowCount, rows > Self.smallRows,
            let content = kept.content
        else { return false }
        return try await database.scan(timeout: Self.viewTimeout) { try $0.contentStamp(of: table) } == content
    }

    private func read(
        _ table: CatalogueTable, _ columns: [String], budget: Int, _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> DatabaseIndex.Table {
        let reading = TableReading(
            table: table, indexed: columns, budget: budget, limits: settings.limits, progress: progress)
        var result = TableReading.Result(
            profile: Profile.Table(
                name: table.name, rowCount: 0, isComplete: false,
                columns: table.columns.map { Profile.Column(name: $0.name) }))
        do {
            result = try await database.scan(timeout: table.kind == .view ? Self.viewTimeout : Self.tableTimeout) {
                try reading.run($0)
            }
        } catch let error as OperonError where table.kind == .view || error.code == "query_timeout" {
            // A view that is slow or does not work is no reason to know nothing of the rest.
        }
        var values: ValueSegment?
        if let bytes = result.values { values = try? ValueSegment(SharedBytes(bytes), in: 0..<bytes.count) }
        return DatabaseIndex.Table(
            name: table.name, schema: DatabaseIndex.schema(of: table), rowCount: table.rowCount,
            content: result.content, indexed: columns, profile: result.profile, values: values)
    }

    /// Looks at the combinations of columns that may be keys and references, where they have not been looked at.
    private func combine(_ outcome: inout Outcome, _ known: DatabaseIndex?, _ ticker: Ticker) async throws {
        for (name, combinations) in KeyCandidates.combinations(outcome.catalogue, outcome.index.profile) {
            guard let at = outcome.index.tables.firstIndex(where: { $0.name == name }),
                let table = outcome.catalogue.table(name)
            else { continue }
            if outcome.index.tables[at].profile.combinations.map(\.columns) == combinations { continue }
            ticker.show("looking for the key of \(name)")
            let reading = CombinationReading(table: table, combinations: combinations)
            outcome.index.tables[at].profile.combinations = try await database.scan(timeout: Self.tableTimeout) {
                try reading.run($0)
            }
        }
    }

    /// Writes the file, and uses it from then on in place of the memory that the index was made in.
    private func keep(_ outcome: inout Outcome, in file: IndexFile) {
        do {
            try file.write(outcome.index)
            if case .index(let kept) = file.read() { outcome.index = kept }
        } catch {
            settings.notice(
                "The index of \(name) cannot be kept, so it will be built again next time: \(error.message)")
        }
    }
}

/// Tells somebody who waits how far the reading is, not sooner than after a while and then once in a while.
private final class Ticker: Sendable {
    private let name: String
    private let tables: Int
    private let settings: IndexSettings
    private let clock = SystemTime()
    private let next: Mutex<UInt64>
    private let start: UInt64
    private let hasSpoken = Mutex(false)

    init(name: String, tables: Int, _ settings: IndexSettings) {
        self.name = name
        self.tables = tables
        self.settings = settings
        start = clock.monotonicNanoseconds()
        next = Mutex(start &+ Self.nanoseconds(settings.patience))
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
    }

    /// A counter of rows for the table at `place`.
    func counting(_ place: Int, _ table: CatalogueTable) -> @Sendable (Int) -> Void {
        let total = table.rowCount.map { " of \($0)" } ?? ""
        return { [self] rows in show("\(table.name) (\(place + 1) of \(tables) tables), \(rows)\(total) rows") }
    }

    func show(_ what: String) {
        let now = clock.monotonicNanoseconds()
        let isDue = next.withLock { next in
            guard now >= next else { return false }
            next = now &+ 2_000_000_000
            return true
        }
        guard isDue else { return }
        hasSpoken.withLock { $0 = true }
        settings.notice("Reading the values of \(name) once: \(what)")
    }

    func finish() {
        guard hasSpoken.withLock({ $0 }) else { return }
        let seconds = Double(clock.monotonicNanoseconds() - start) / 1e9
        settings.notice("Reading the values of \(name) took \((seconds * 10).rounded() / 10) s")
    }
}
