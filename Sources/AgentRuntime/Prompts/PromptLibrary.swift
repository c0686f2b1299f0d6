public import Values

/// The prompts of a team: `<agent>/plan.md`, `<agent>/reflect.md`, and fragments `shared/<name>.md` that others take in
/// with `${include name}`. Pure: whoever calls reads the files.
///
/// An agent's phase that has a prompt is filled by a language model when one is configured; the others follow the
/// playbook.
public struct PromptLibrary: Sendable {
    private var prompts: [String: Prompt] = [:]
    /// Digest of all texts; a session writes it into its log.
    public private(set) var digest: String

    /// A library without prompts: every phase follows the playbook.
    public init() { digest = SHA256Digest.short(.array([])) }

    /// The prompt for a phase of an agent.
    public subscript(agent: String, phase: ModelPhase) -> Prompt? { prompts["\(agent)/\(phase.rawValue)"] }

    /// Reads prompts and reports every mistake in them.
    ///
    /// - Parameters:
    ///   - texts: name and content of each file; the last two parts of the name tell what it is.
    ///   - agents: the agents that exist; nil leaves out what needs to know them.
    public static func load(
        texts: [(file: String, text: String)], agents: [String]?
    ) -> (library: PromptLibrary, diagnostics: [Diagnostic]) {
        var library = PromptLibrary()
        var diagnostics: [Diagnostic] = []
        var fragments: [String: String] = [:]
        for (file, text) in texts where folder(file) == "shared" { fragments[stem(file)] = text }
        for (file, text) in texts where folder(file) != "shared" {
            func report(_ code: String, _ message: String, _ hint: String) {
                diagnostics.append(
                    Diagnostic(
                        code: code, message: message, hint: hint, place: SourcePlace(file: file, line: 1)))
            }
            guard let phase = ModelPhase(rawValue: stem(file)) else {
                report(
                    "unknown_phase", "'\(stem(file))' is no phase that a model fills",
                    "name the file plan.md or reflect.md")
                continue
            }
            let agent = folder(file)
            if let agents, !agents.contains(agent) {
                report(
                    "unknown_agent", "there is no agent '\(agent)'",
                    Spelling.hint(agent, among: agents, otherwise: "name the folder after an agent"))
                continue
            }
            var parser = PromptParser(file: file, phase: phase, fragments: fragments)
            let prompt = parser.parse(text)
            diagnostics += parser.diagnostics
            library.prompts["\(agent)/\(phase.rawValue)"] = prompt
        }
        let named = texts.map { "\(folder($0.file))/\(stem($0.file))\n\($0.text)" }.sorted()
        library.digest = SHA256Digest.short(.strings(named))
        return (library, diagnostics)
    }

    private static func parts(_ file: String) -> [Substring] { file.split(separator: "/") }
    private static func folder(_ file: String) -> String { parts(file).dropLast().last.map { String($0) } ?? "" }
    private static func stem(_ file: String) -> String {
        let name = parts(file).last ?? ""
        return String(name.hasSuffix(".md") ? name.dropLast(3) : name)
    }
}
