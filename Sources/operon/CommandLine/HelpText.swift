/// Help, made from the same descriptions that arguments are parsed with.
enum HelpText {
    static func overview(_ commands: [CommandSpecification]) -> String {
        """
        operon: agents that answer questions about a database

        Usage: operon COMMAND [ARGUMENTS] [OPTIONS]

        \(list(commands))

        "operon COMMAND --help" tells more. Any option may stand in operon.yaml or, as OPERON_NAME, in the
        environment; flags beat environment beats file.
        Exit status: 0 completed, 1 failed, 2 usage, 3 declined or awaiting a person, 4 truncated by a budget,
        5 degraded, 6 replay diverged, 130 cancelled.
        """
    }

    /// The commands that begin with one word.
    static func group(_ word: String, _ commands: [CommandSpecification]) -> String {
        """
        Usage: operon \(word) COMMAND [ARGUMENTS] [OPTIONS]

        \(list(commands))

        "operon \(word) COMMAND --help" tells more.
        """
    }

    private static func list(_ commands: [CommandSpecification]) -> String {
        let width = commands.map { $0.words.count }.max() ?? 0
        return commands.map { command in
            "  " + command.words + String(repeating: " ", count: width - command.words.count + 2) + command.summary
        }.joined(separator: "\n")
    }

    static func command(_ command: CommandSpecification) -> String {
        var text = "\(command.summary)\n\nUsage: operon \(command.words)"
        if !command.arguments.isEmpty { text += " \(command.arguments)" }
        if !command.options.isEmpty { text += " [OPTIONS]" }
        if !command.details.isEmpty { text += "\n\n\(command.details)" }
        if !command.options.isEmpty {
            let heads = command.options.map { "--\($0.name)" + ($0.value.map { " \($0)" } ?? "") }
            let width = heads.map(\.count).max() ?? 0
            text += "\n\nOptions:"
            for (head, option) in zip(heads, command.options) {
                text += "\n  " + head + String(repeating: " ", count: width - head.count + 2) + option.help
            }
        }
        if !command.examples.isEmpty {
            text += "\n\nExamples:\n" + command.examples.map { "  " + $0 }.joined(separator: "\n")
        }
        return text
    }
}
