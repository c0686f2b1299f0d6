public import Databases
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
    private let index: IndexSettings
    /// The glossaries that questions may be read with.
    let glossaries = GlossaryShelf()

    /// Makes an empty pool; tables named in `hidden` exist for nobody. `index` says where the indices of values are kept.
    public init(hiddenTables hidden: [String] = [], index: IndexSettings = IndexSettings()) {
        self.hidden = hidden
        self.index = index
    }

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
        let (hidden, index) = (hidden, index)
        return try state.withLock { state in
            if let open = state.open[name] { return open }
            guard let entry = state.urls.first(where: { $0.name == name }) else {
                throw OperonError(
                    code: "database_unknown", "there is no database called \"\(name)\"",
                    hint: state.urls.isEmpty
                        ? "Give one with --db." : "Known: \(state.urls.map(\.name).joined(separator: ", ")).")
            }
            let database = PooledDatabase(
                name: name, database: entry.url.open(hiddenTables: hidden),
                builder: IndexBuilder(entry.url, name: name, hiddenTables: hidden, index))
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
