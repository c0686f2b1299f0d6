import AgentRuntime
import CAssets
import Databases
import Services
import Toolbox
import Values

/// The one place that wires everything together.
struct Composition {
    let definitions: [AgentDefinition]
    let pool: DatabasePool
    let tools: ToolRegistry
    let prompts: PromptLibrary

    /// Reads the agents and registers the databases that the invocation names.
    init(_ invocation: Invocation) throws {
        pool = Self.pool(invocation)
        tools = StandardTools.registry(pool)
        let result = DefinitionLoader.load(texts: try Self.agentTexts(invocation.value("agents")), tools: tools)
        let errors = result.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty else {
            for diagnostic in errors { invocation.terminal.note("\(diagnostic)") }
            throw UsageError("the agent definitions have \(errors.count) mistakes; see above")
        }
        definitions = result.definitions
        let own = invocation.value("prompts")
        let (library, mistakes) = PromptLibrary.load(
            // The built-in ones are there for agents that may have been replaced.
            texts: try Self.promptTexts(own), agents: own == nil ? nil : definitions.map(\.name))
        guard mistakes.isEmpty else {
            for diagnostic in mistakes { invocation.terminal.note("\(diagnostic)") }
            throw UsageError("the prompts have \(mistakes.count) mistakes; see above")
        }
        prompts = library
        for text in invocation.all("db") { try Self.register(text, in: pool) }
    }

    /// A pool of databases whose indices are kept where `--cache` says.
    static func pool(_ invocation: Invocation) -> DatabasePool {
        let terminal = invocation.terminal
        return DatabasePool(
            hiddenTables: hidden(invocation),
            index: IndexSettings(folder: indexFolder(invocation.value("cache"))) { terminal.note($0) })
    }

    /// The folder for indices: the one that is named, else that of the user's caches; nil for none.
    static func indexFolder(_ wanted: String?) -> String? {
        if let wanted { return ["off", "none", ""].contains(wanted) ? nil : wanted }
        if let caches = CommandLineEnvironment.value("XDG_CACHE_HOME"), caches.hasPrefix("/") {
            return caches + "/operon"
        }
        if let home = CommandLineEnvironment.value("HOME"), home.hasPrefix("/") { return home + "/.cache/operon" }
        return nil
    }

    /// The tables of `--hide`, which exist for nobody.
    static func hidden(_ invocation: Invocation) -> [String] {
        (invocation.value("hide") ?? "").split(separator: ",").map { String($0).trimmed }
    }

    /// Registers `URL` or `NAME=URL`; returns the name.
    @discardableResult
    static func register(_ text: String, in pool: DatabasePool) throws -> String {
        let parts = text.split(separator: "=", maxSplits: 1).map { String($0) }
        let isNamed =
            parts.count == 2 && !parts[0].isEmpty
            && parts[0].utf8.allSatisfy { $0 == 95 || $0 == 45 || $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 }
        let url = try DatabaseURL(isNamed ? parts[1] : text)
        return pool.add(url, as: isNamed ? parts[0] : nil)
    }

    /// Reads the glossary in the file at `path`; returns the name that sessions know it by. Nil gives nil.
    func glossary(_ path: String?) throws -> String? {
        guard let path, !path.isEmpty else { return nil }
        return try pool.addGlossary(try Files.text(path), file: path)
    }

    /// The definition files: those of a folder or file, or the ones that the binary carries.
    static func agentTexts(_ path: String?) throws -> [(file: String, text: String)] {
        guard let path else { return builtInAgents }
        if !Files.isDirectory(path) { return [(path, try Files.text(path))] }
        let names = try Files.names(in: path).filter { $0.hasSuffix(".md") }
        guard !names.isEmpty else {
            throw OperonError(
                code: "no_agents", "there is no agent definition in \(path)",
                hint: "An agent is a Markdown file with YAML front matter: NAME.md.", at: path)
        }
        return try names.map { ("\(path)/\($0)", try Files.text("\(path)/\($0)")) }
    }

    private static var builtInAgents: [(file: String, text: String)] {
        (0..<operon_agent_count()).map { text(of: operon_agent($0)) }
    }

    /// The prompt files: those of a folder with a folder per agent, or the ones that the binary carries.
    static func promptTexts(_ path: String?) throws -> [(file: String, text: String)] {
        guard let path else {
            return (0..<operon_prompt_count()).map { Self.text(of: operon_prompt($0)) }
        }
        var texts: [(file: String, text: String)] = []
        for folder in try Files.names(in: path) where Files.isDirectory("\(path)/\(folder)") {
            for name in try Files.names(in: "\(path)/\(folder)") where name.hasSuffix(".md") {
                let file = "\(path)/\(folder)/\(name)"
                texts.append((file, try Files.text(file)))
            }
        }
        guard !texts.isEmpty else {
            throw OperonError(
                code: "no_prompts", "there is no prompt in \(path)",
                hint: "A prompt is AGENT/plan.md or AGENT/reflect.md.", at: path)
        }
        return texts
    }

    static func text(of asset: operon_asset) -> (file: String, text: String) {
        let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.count)
        return (String(cString: asset.name), String(decoding: bytes, as: UTF8.self))
    }

    /// The configuration of a session on the database called `database`.
    func session(
        on database: String?, source: String?, time: any TimeSource, person: (any Person)? = nil,
        reasoner: any Reasoner = EmbeddedReasoner(), semantic: String? = nil, isInteractive: Bool = false
    ) -> SessionConfiguration {
        var context: JSONObject = [:]
        if let database { context["database"] = .string(database) }
        if let semantic { context["semantic"] = .string(semantic) }
        // Somebody can choose between readings while the turn waits.
        if isInteractive { context["interactive"] = true }
        return SessionConfiguration(
            definitions: definitions, tools: tools, reasoner: reasoner, context: .object(context),
            // The trace keeps it: a password has no business there.
            source: source.map(DatabaseURL.withoutPassword),
            time: time, person: person, version: Version.current)
    }

    /// The models that the invocation names; a session that is resumed goes on with its own unless told otherwise.
    func models(_ invocation: Invocation, resuming envelopes: [Envelope] = []) throws -> ModelSetup {
        let opened = envelopes.first { $0.kind == .sessionOpened }
        let known = opened?.payload["model"]?["spec"]?.string
        return try ModelSetup.make(invocation, prompts: prompts, fallback: opened == nil ? nil : known)
    }

    /// The reasoner that a recorded session had, answered by its recording.
    func reasoner(recorded envelopes: [Envelope]) -> any Reasoner {
        let opened = envelopes.first { $0.kind == .sessionOpened }
        guard let facts = opened?.payload["model"] else { return EmbeddedReasoner() }
        return ModelReasoner(recorded: facts, prompts: prompts)
    }
}

/// The machine's clocks with another day: what `--today` asks for.
struct ShiftedTime: TimeSource {
    let offset: Int64

    /// The same time of day on `date`.
    init(today date: CivilDate) {
        let now = SystemTime().now()
        offset = Int64(date.daysSinceEpoch - now.date.daysSinceEpoch) * 86_400_000_000
    }

    func now() -> Timestamp { Timestamp(microseconds: SystemTime().now().microseconds + offset) }
    func monotonicNanoseconds() -> UInt64 { SystemTime().monotonicNanoseconds() }
    func sleep(nanoseconds: UInt64) async throws { try await SystemTime().sleep(nanoseconds: nanoseconds) }
}
