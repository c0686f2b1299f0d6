public import Databases
internal import Modeling
public import Schemas
internal import Semantics
internal import Synchronization
internal import Values

/// The databases that tools may reach, by name. Each is opened when it is first used and read once for its schema and
/// values; agents and traces see names, never connections.
public final class DatabasePool: Sendable {
    private struct State {
        var urls: [(name: String, url: DatabaseURL)] = []
        var open: [String: PooledDatabase] = [:]
    }

    private let state = Mutex(State())
    private let hidden: [String]
    /// The glossaries that questions may be read with.
    let glossaries = GlossaryShelf()

    /// Makes an empty pool; tables named in `hidden` exist for nobody.
    public init(hiddenTables hidden: [String] = []) { self.hidden = hidden }

    /// Adds a database; returns the name that it goes by. A name that is taken by another database gets a number.
    @discardableResult
    public func add(_ url: DatabaseURL, as wanted: String? = nil) -> String {
        state.withLock { state in
            if let known = state.urls.first(where: { $0.url == url && (wanted == nil || $0.name == wanted) }) {
                return known.name
            }
            let base = wanted ?? url.name
            var name = base
            var number = 2
            while state.urls.contains(where: { $0.name == name }) {
                name = "\(base)_\(number)"
                number += 1
            }
            state.urls.append((name, url))
            return name
        }
    }

    /// The names in the order in which they were added.
    public var names: [String] { state.withLock { $0.urls.map(\.name) } }

    /// The database called `name`, opened. Throws `database_unknown`, or why it cannot be opened.
    func database(_ name: String) throws -> PooledDatabase {
        let hidden = hidden
        return try state.withLock { state in
            if let open = state.open[name] { return open }
            guard let entry = state.urls.first(where: { $0.name == name }) else {
                throw OperonError(
                    code: "database_unknown", "there is no database called \"\(name)\"",
                    hint: state.urls.isEmpty
                        ? "Give one with --db." : "Known: \(state.urls.map(\.name).joined(separator: ", ")).")
            }
            let database = PooledDatabase(
                name: name, database: entry.url.open(hiddenTables: hidden))
            state.open[name] = database
            return database
        }
    }

    /// Runs read-only SQL on a database.
    public func query(_ name: String, _ sql: String, limits: QueryLimits) async throws -> QueryVerdict {
        await (try database(name)).database.query(sql, limits: limits)
    }

    /// What questions are read against: a database, and the glossary called `semantic` when one is named.
    func context(_ name: String, semantic: String?) async throws -> QuestionContext {
        let database = try database(name)
        guard let semantic else { return try await database.context() }
        return try await database.context(glossary: glossaries.file(semantic), named: semantic)
    }

    /// Opens a database and reads its catalogue: what a person wants to know before a long wait.
    public func catalogue(_ name: String) async throws -> Catalogue {
        try await database(name).database.catalogue()
    }
}

/// One opened database with what questions are read against, built once.
actor PooledDatabase {
    nonisolated let name: String
    nonisolated let database: any Database
    private var ready: QuestionContext?
    /// The same with glossaries, by name.
    private var withGlossary: [String: QuestionContext] = [:]
    private var isBuilding = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How often the context was built, or was tried to be: more than once only after failures.
    private(set) var buildCount = 0

    /// How many different values of a column are indexed.
    private static let valueLimit = 5000
    /// How many values of a column are looked at to tell what it holds.
    private static let sampleLimit = 20

    init(name: String, database: any Database) {
        self.name = name
        self.database = database
    }

    /// The context for questions. Whoever comes first builds it; others wait, and build it only if the first failed.
    func context() async throws -> QuestionContext {
        while isBuilding { await withCheckedContinuation { waiting.append($0) } }
        if let ready { return ready }
        isBuilding = true
        defer {
            isBuilding = false
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
        let context = try await build()
        ready = context
        return context
    }

    /// The context with a glossary. Fitting it a second time would do no harm, so nobody waits for it.
    func context(glossary file: SemanticModelFile, named name: String) async throws -> QuestionContext {
        if let known = withGlossary[name] { return known }
        var context = try await context()
        context.glossary = Glossary.fit(file, to: context.catalogue).0
        withGlossary[name] = context
        return context
    }

    private func build() async throws -> QuestionContext {
        buildCount += 1
        var catalogue = try await database.catalogue()
        catalogue.database = name
        var values = ValueIndex()
        var counts: [ColumnRef: Int] = [:]
        for (table, column) in ValueIndex.columnsToIndex(of: catalogue) {
            let distinct = try await database.distinctValues(table: table, column: column, limit: Self.valueLimit)
            values.add(table: table, column: column, values: distinct)
            if distinct.count < Self.valueLimit { counts[ColumnRef(table, column)] = distinct.count }
        }
        var profiles: [ColumnProfile] = []
        for table in catalogue.tables {
            for column in table.columns where column.kind != .blob {
                let samples = try await database.sampleValues(
                    table: table.name, column: column.name, limit: Self.sampleLimit)
                profiles.append(
                    ColumnProfile(
                        column: ColumnRef(table.name, column.name), samples: samples.filter { $0 != .null },
                        distinctCount: counts[ColumnRef(table.name, column.name)]))
            }
        }
        return QuestionContext(
            catalogue: catalogue, values: values, today: CivilDate(daysSinceEpoch: 0), profiles: profiles)
    }
}
