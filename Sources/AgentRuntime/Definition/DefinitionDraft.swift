import Values

/// A text and where it stands.
struct PlacedText {
    var text: String
    var place: SourcePlace
}

/// What has been found wrong in one file.
struct Problems {
    private(set) var list: [Diagnostic] = []

    mutating func error(_ code: String, _ message: String, hint: String, at place: SourcePlace) {
        list.append(Diagnostic(code: code, message: message, hint: hint, place: place))
    }

    mutating func warning(_ code: String, _ message: String, hint: String, at place: SourcePlace) {
        list.append(Diagnostic(.warning, code: code, message: message, hint: hint, place: place))
    }

    mutating func add(_ diagnostics: [Diagnostic]) { list += diagnostics }

    var hasErrors: Bool { list.contains { $0.severity == .error } }

    /// By line and column; what stands at one place stays in the order in which it was found.
    var inOrder: [Diagnostic] {
        list.enumerated().sorted { a, b in
            (a.element.place.line, a.element.place.column, a.offset)
                < (b.element.place.line, b.element.place.column, b.offset)
        }.map(\.element)
    }
}

/// An agent as far as its file could be understood. Checks after reading go on with what is there.
struct DefinitionDraft {
    var file: String
    /// The file's name without folder and extension; other files may mean the agent by it when its name is unreadable.
    var fileName: String
    var problems = Problems()
    var name: PlacedText?
    /// nil when the list could not be read, so that nothing is said about what is not in it.
    var tools: [PlacedText]? = []
    /// nil as for `tools`.
    var delegates: [PlacedText]? = []
    /// nil when the playbook could not be read.
    var steps: [StepDraft]? = []
    /// Whether every step is among `steps`; otherwise nothing is said about what is missing.
    var stepsAreComplete = true
    var checks: [CheckDraft] = []
    /// The whole, when the front matter could be read at all.
    var definition: AgentDefinition?

    /// An agent whose name cannot be read is known by its file, so that one mistake is not told twice.
    var knownName: String { name?.text ?? fileName }

    init(file: String) {
        self.file = file
        let base = file.split(separator: "/").last.map(String.init) ?? file
        fileName = base.hasSuffix(".md") ? String(base.dropLast(3)) : base
    }
}

/// A step as far as it could be understood.
struct StepDraft {
    /// The kind of its action; the key that names it.
    enum Kind: String, CaseIterable { case tool, delegate, ask, answer }

    var id: PlacedText?
    var place: SourcePlace
    /// nil when the step has no action or several.
    var kind: Kind?
    /// The tool or the agent.
    var callee: PlacedText?
    /// The arguments as they were written.
    var arguments: YAMLNode?
    /// References in `when` and `for_each`, which do not see the loop variable.
    var outer: [PlacedReference] = []
    /// References in arguments, questions and answers.
    var inner: [PlacedReference] = []
    var loopVariable: PlacedText?
    var repeats = false
    var after: [PlacedText] = []
    var isConditional = false
    var onError = PlaybookStep.ErrorPolicy.fail

    /// How messages call it.
    var label: String { id.map { "step '\($0.text)'" } ?? "this step" }
}

/// A check as far as it could be understood.
struct CheckDraft {
    var references: [PlacedReference] = []
    /// The steps that `again` runs.
    var steps: [PlacedText] = []
}
