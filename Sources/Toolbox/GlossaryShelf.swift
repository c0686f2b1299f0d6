internal import Modeling
public import Schemas
internal import Semantics
internal import Synchronization
public import Values

/// The glossaries that questions may be read with, by name. Agents and traces see the name, which ends in a digest of
/// the text: the same name is the same glossary, wherever a recorded session goes on.
final class GlossaryShelf: Sendable {
    private let files = Mutex<[String: SemanticModelFile]>([:])

    /// Adds a glossary and returns the name that it goes by: `shop@0123456789ab`. Throws when the text is none at all;
    /// what is wrong with its parts is told by ``GlossaryCheck``.
    func add(_ text: String, file: String) throws -> String {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        let stem = base.split(separator: ".").first.map(String.init) ?? "glossary"
        let name = stem + "@" + SHA256Digest.hex(Array(text.utf8)).prefix(12)
        if files.withLock({ $0[name] != nil }) { return name }
        let (read, problems) = SemanticModelFile.read(text, file: file)
        guard let read else {
            let problem = problems.first
            throw OperonError(
                code: problem?.code ?? "semantic_empty", problem?.message ?? "the glossary is empty",
                hint: problem?.hint ?? "", at: problem?.place.description ?? file)
        }
        files.withLock { $0[name] = read }
        return name
    }

    /// The glossary called `name`. Throws `glossary_unknown`.
    func file(_ name: String) throws -> SemanticModelFile {
        if let file = files.withLock({ $0[name] }) { return file }
        throw OperonError(
            code: "glossary_unknown", "the glossary \"\(name)\" is not at hand",
            hint: "Give the file that it was made from with --semantic; a changed file is another glossary.")
    }
}

extension DatabasePool {
    /// Adds the glossary in `text`, which came from the file called `file`; returns the name for the session context and
    /// for the tools' argument `semantic`. Throws when the text is no glossary.
    public func addGlossary(_ text: String, file: String) throws -> String { try glossaries.add(text, file: file) }

    /// Everything that is wrong with a glossary for a database.
    public func check(_ text: String, file: String, on database: String) async throws -> GlossaryCheck {
        let catalogue = try await catalogue(database)
        let (read, problems) = SemanticModelFile.read(text, file: file)
        guard let read else { return GlossaryCheck(model: nil, problems: problems) }
        return GlossaryCheck(model: read.model, problems: problems + Glossary.fit(read, to: catalogue).1)
    }

    /// A draft of a glossary for a database, as YAML with remarks.
    public func draftGlossary(of database: String) async throws -> String {
        try await GlossaryDraft.yaml(for: self.database(database).context())
    }
}

/// What came of checking a glossary.
public struct GlossaryCheck: Sendable {
    /// The model as it was read; nil when the text is none.
    public let model: SemanticModel?
    /// What is wrong, in the order in which it was found.
    public let problems: [Diagnostic]
}
