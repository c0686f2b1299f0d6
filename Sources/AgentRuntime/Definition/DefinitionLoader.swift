public import Values

/// What came of reading agents' files.
public struct LoadResult: Sendable {
    /// The agents whose files have no error, in the order of the files.
    public var definitions: [AgentDefinition]
    /// Everything that is wrong or doubtful, by file in the given order, then by line and column.
    public var diagnostics: [Diagnostic]

    /// Whether anything is wrong; warnings do not count. A team with errors must not be started.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads agents from Markdown texts with YAML front matter, and holds them against each other and against the tools.
/// Pure: whoever calls reads the files. The format and all codes stand on the page "The playbook language".
public enum DefinitionLoader {
    /// Reads a team of agents and reports every mistake in it.
    ///
    /// - Parameters:
    ///   - texts: name and content of each file. The name, without its folder and `.md`, must be the agent's name.
    ///   - tools: the tools that exist; nil leaves out what needs to know them.
    public static func load(texts: [(file: String, text: String)], tools: ToolRegistry?) -> LoadResult {
        var team: [DefinitionDraft] = []
        for (file, text) in texts {
            var reader = DefinitionReader(file: file)
            team.append(reader.read(text))
        }
        let names = team.map(\.knownName)
        for index in team.indices {
            let others = names.indices.filter { $0 != index }.map { names[$0] }
            PlaybookChecks.run(
                &team[index], tools: tools?.tools.map(\.descriptor.name), agents: others)
            if let tools { ToolChecks.run(&team[index], tools) }
        }
        TeamChecks.run(&team)
        return LoadResult(
            definitions: team.compactMap { draft in
                draft.problems.hasErrors ? nil : draft.definition
            },
            diagnostics: team.flatMap { $0.problems.inOrder })
    }
}
