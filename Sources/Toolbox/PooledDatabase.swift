internal import Databases
internal import Modeling
internal import Schemas
internal import Semantics
internal import Values

/// One opened database with what questions are read against: built once, and brought up to date when the file changes.
actor PooledDatabase {
    nonisolated let name: String
    nonisolated let database: any Database
    private let builder: IndexBuilder?
    private var ready: (context: QuestionContext, index: DatabaseIndex?)?
    /// The same with glossaries, by name.
    private var withGlossary: [String: QuestionContext] = [:]
    private var isBuilding = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How often the context was built, or was tried to be: more than once only after failures and changes.
    private(set) var buildCount = 0
    /// How many tables were read for all of that.
    private(set) var tablesRead = 0

    init(name: String, database: any Database, builder: IndexBuilder?) {
        self.name = name
        self.database = database
        self.builder = builder
    }

    /// The context for questions. Whoever comes first builds it; others wait, and build it only if the first failed.
    func context() async throws -> QuestionContext {
        while isBuilding { await withCheckedContinuation { waiting.append($0) } }
        if let ready, ready.index?.stamp == builder?.database.fileStamp() { return ready.context }
        isBuilding = true
        defer {
            isBuilding = false
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
        return try await build()
    }

    /// The context with a glossary. Fitting it a second time would do no harm, so nobody waits for it.
    func context(glossary file: SemanticModelFile, named name: String) async throws -> QuestionContext {
        var context = try await context()
        if let known = withGlossary[name] { return known }
        context.glossary = Glossary.fit(file, to: context.catalogue).0
        withGlossary[name] = context
        return context
    }

    private func build() async throws -> QuestionContext {
        buildCount += 1
        guard let builder else {
            let context = try await sampled()
            ready = (context, nil)
            return context
        }
        let outcome = try await builder.build(from: ready?.index)
        tablesRead += outcome.tablesRead
        let context = QuestionContext(
            catalogue: outcome.catalogue, values: outcome.index.values, today: CivilDate(daysSinceEpoch: 0),
            profile: outcome.index.profile)
        ready = (context, outcome.index)
        withGlossary = [:]
        return context
    }

    /// The context of a database behind a server: values and samples are asked for column by column.
    private func sampled() async throws -> QuestionContext {
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
                let ref = ColumnRef(table.name, column.name)
                let samples = try await database.sampleValues(
                    table: table.name, column: column.name, limit: Self.sampleLimit)
                profiles.append(
                    ColumnProfile(
                        column: ref, samples: samples.filter { $0 != .null }, distinctCount: counts[ref]))
            }
        }
        return QuestionContext(
            catalogue: catalogue, values: values, today: CivilDate(daysSinceEpoch: 0), profiles: profiles)
    }

    /// How many different values of a column are asked of a server.
    private static let valueLimit = 5000
    /// How many values of a column are looked at to tell what it holds.
    private static let sampleLimit = 20
}
