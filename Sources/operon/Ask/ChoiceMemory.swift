import AgentRuntime
import MessageBus
import Semantics
import Services
import Toolbox
import Values

/// Remembers in a glossary what a person chose a word to mean: `--remember FILE`.
struct ChoiceMemory {
    let invocation: Invocation

    /// Throws when `--remember` cannot be kept.
    static func check(_ invocation: Invocation) throws {
        guard let path = invocation.value("remember") else { return }
        if invocation.has("jsonl") { throw UsageError("--remember goes with questions that are asked one by one") }
        guard invocation.value("session") == nil || invocation.value("semantic") != path else {
            // The session knows its glossary by a digest, and could not go on with a changed one.
            throw UsageError(
                "a session that is kept reads with the glossary that it began with; give --remember another file")
        }
    }

    /// Writes what `choice` takes a word for into the glossary, if `--remember` names one. The file is replaced as a
    /// whole or not at all, and only by a glossary that has no new mistakes.
    func remember(
        _ choice: String, of asked: Suspension, in log: [Envelope], _ composition: Composition, _ database: String
    ) async throws {
        guard let path = invocation.value("remember") else { return }
        let terminal = invocation.terminal
        guard let meaning = Self.meaning(of: choice, asked, in: log) else {
            return terminal.note("operon: this choice is not about a word, so that there is nothing to remember")
        }
        let text = Files.exists(path) ? try Files.text(path) : ""
        guard let changed = GlossaryNote.adding(meaning, to: text, name: database) else {
            return terminal.note(
                "operon: \(path) is not written as blocks of YAML; \"\(meaning.word)\" was not remembered")
        }
        let before = text.isEmpty ? [] : try await problems(text, path, composition, database)
        let after = try await problems(changed, path, composition, database)
        if let new = after.first(where: { !before.contains($0) }) {
            return terminal.note("operon: \"\(meaning.word)\" was not remembered: \(new)")
        }
        try Files.replace(path, with: Array(changed.utf8))
        terminal.note("operon: \(path) remembers what \"\(meaning.word)\" means; read with it: --semantic \(path)")
    }

    /// Messages, since the places move when lines are added.
    private func problems(
        _ text: String, _ path: String, _ composition: Composition, _ database: String
    ) async throws -> [String] {
        try await composition.pool.check(text, file: path, on: database).problems.map(\.message)
    }

    /// What the choice takes a word for, as the reading that offered it said.
    private static func meaning(of choice: String, _ asked: Suspension, in log: [Envelope]) -> Meaning? {
        for envelope in log.reversed() where envelope.kind == .effectCompleted {
            guard let offered = envelope.payload["result"]?["clarification"],
                offered["texts"]?.array?.compactMap(\.string) == asked.options
            else { continue }
            let chosen = offered["choices"]?.array?.first { $0["text"]?.string == choice }
            return try? chosen?["means"]?.decoded(as: Meaning.self)
        }
        return nil
    }
}
