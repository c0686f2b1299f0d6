import Values

/// One command of the command line.
protocol Command {
    /// Its words, options and help.
    static var specification: CommandSpecification { get }
    /// Runs it. Throws `OperonError` for what went wrong, ``ExitStatus`` to end with a status after having said why.
    static func run(_ invocation: Invocation) async throws -> ExitStatus
}

/// What a command takes, as data: parsing, help and completion read the same description.
struct CommandSpecification {
    /// One `--name`.
    struct Option {
        var name: String
        /// What stands for the value in the help; nil for a flag that takes none.
        var value: String?
        var help: String
        /// Whether it may be given several times.
        var isRepeated = false
    }

    /// The words that choose the command: `trace show`.
    var words: String
    /// The arguments as the help shows them: `[QUESTION]`.
    var arguments = ""
    /// One sentence.
    var summary: String
    /// More, if there is more to say.
    var details = ""
    var options: [Option] = []
    /// Examples, one command each.
    var examples: [String] = []
    /// How many arguments it takes.
    var argumentCount: ClosedRange<Int> = 0...0

    static let json = Option(name: "json", value: nil, help: "print the result as JSON")
    static let database = Option(
        name: "db", value: "URL", help: "the database: a path, sqlite:PATH, or NAME=URL", isRepeated: true)
    static let hide = Option(name: "hide", value: "TABLE,…", help: "tables that exist for nobody")
    static let cache = Option(
        name: "cache", value: "DIR",
        help:
            "where what was read of a database's values is kept (default: $XDG_CACHE_HOME/operon); off keeps nothing"
    )
    static let model = Option(
        name: "model", value: "MODEL",
        help: "embedded (default), openai:NAME, anthropic:NAME, kimi:NAME, recorded:FILE, scripted:FILE")
    static let baseURL = Option(
        name: "base-url", value: "URL", help: "where the model's provider is, when it is not the usual place")
    static let models = Option(
        name: "models", value: "FILE",
        help: "a list of providers, models and prices to use instead of the built-in one")
    static let prompts = Option(
        name: "prompts", value: "DIR", help: "prompts of a language model to use instead of the built-in ones")
    static let agents = Option(
        name: "agents", value: "DIR", help: "agent definitions to use instead of the built-in ones")
    static let store = Option(
        name: "store", value: "FILE",
        help: "where sessions are kept (default: $XDG_STATE_HOME/operon/sessions.sqlite)")
    static let progress = Option(
        name: "progress", value: "WHEN", help: "show the agents at work: auto (in a terminal), always, never")
    static let threads = Option(
        name: "threads", value: "N", help: "run on N threads of its own (default: one per processor)")
}

/// A command with its arguments, as the person gave them.
struct Invocation {
    let specification: CommandSpecification
    let arguments: [String]
    private let values: [String: [String]]
    let terminal: Terminal

    init(
        specification: CommandSpecification, arguments: [String], values: [String: [String]], terminal: Terminal
    ) {
        self.specification = specification
        self.arguments = arguments
        self.values = values
        self.terminal = terminal
    }

    /// Whether the flag was given.
    func has(_ flag: String) -> Bool { values[flag]?.last.map { $0 != "false" } ?? false }
    /// The last value given.
    func value(_ option: String) -> String? { values[option]?.last }
    /// All values given.
    func all(_ option: String) -> [String] { values[option] ?? [] }

    /// Whether `--progress` asks for the agents at work to be shown; `auto` is what it means when it is not given.
    func showsProgress(auto: Bool) throws -> Bool {
        switch value("progress") {
        case nil, "auto": return auto
        case "always": return true
        case "never": return false
        case let other?: throw UsageError("--progress takes auto, always or never, not \"\(other)\"")
        }
    }

    /// A whole number within bounds, or `fallback`.
    func integer(_ option: String, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        guard let text = value(option) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "--\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return number
    }
}

/// Arguments or configuration that cannot be understood: exit status 2.
struct UsageError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
