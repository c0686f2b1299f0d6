import Values

/// Finds the command that the words name and sorts its options from its arguments.
struct ArgumentParser {
    let commands: [any Command.Type]
    let environment: [String: String]
    let terminal: Terminal

    /// What the words came to.
    enum Parsed {
        case run(any Command.Type, Invocation)
        case help(String)
    }

    func parse(_ words: [String]) throws -> Parsed {
        guard let first = words.first, first != "--help", first != "-h", first != "help" else {
            let topic = words.dropFirst().filter { !$0.hasPrefix("-") }.joined(separator: " ")
            if !topic.isEmpty, let command = commands.first(where: { $0.specification.words == topic }) {
                return .help(HelpText.command(command.specification))
            }
            if !topic.isEmpty, !group(topic).isEmpty { return .help(HelpText.group(topic, group(topic))) }
            return .help(HelpText.overview(commands.map { $0.specification }))
        }
        if first == "--version" { return .help("operon \(Version.current)") }
        if words.count == 2, ["--help", "-h"].contains(words[1]), !group(first).isEmpty {
            return .help(HelpText.group(first, group(first)))
        }
        let (command, rest) = try choose(words)
        if rest.contains("--help") || rest.contains("-h") { return .help(HelpText.command(command.specification)) }
        return .run(command, try sort(rest, command.specification))
    }

    /// The commands that begin with `word` and go on: `trace` has `trace list` and others.
    private func group(_ word: String) -> [CommandSpecification] {
        commands.map { $0.specification }.filter { $0.words.hasPrefix(word + " ") }
    }

    private func choose(_ words: [String]) throws -> (any Command.Type, [String]) {
        for length in [2, 1] where words.count >= length {
            let name = words.prefix(length).joined(separator: " ")
            if let command = commands.first(where: { $0.specification.words == name }) {
                return (command, Array(words.dropFirst(length)))
            }
        }
        let group = group(words[0])
        if !group.isEmpty {
            if words.count > 1 {
                let near = Spelling.nearest(
                    words[1], among: group.map { String($0.words.dropFirst(words[0].utf8.count + 1)) })
                throw UsageError(
                    "\"\(words[0])\" has no command \"\(words[1])\""
                        + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
            }
            throw UsageError("\"\(words[0])\" needs one of: " + group.map(\.words).joined(separator: ", "))
        }
        let names = Set(commands.map { String($0.specification.words.prefix { $0 != " " }) }).sorted()
        let near = Spelling.nearest(words[0], among: names)
        throw UsageError(
            "there is no command \"\(words[0])\"" + (near.map { "; did you mean \"\($0)\"?" } ?? "")
        )
    }

    private func sort(_ words: [String], _ specification: CommandSpecification) throws -> Invocation {
        var values = try defaults(specification)
        var given: Set<String> = []
        var arguments: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                break
            }
            guard word.hasPrefix("-"), word.utf8.count > 1, Int(word) == nil else {
                arguments.append(word)
                continue
            }
            guard word.hasPrefix("--") else {
                throw UsageError("unknown option \"\(word)\"; options begin with --")
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = specification.options.first(where: { $0.name == name }) else {
                let near = Spelling.nearest(name, among: specification.options.map(\.name))
                throw UsageError(
                    "\"operon \(specification.words)\" has no option --\(name)"
                        + (near.map { "; did you mean --\($0)?" } ?? ""))
            }
            let value: String
            if option.value == nil {
                value = parts.count > 1 ? String(parts[1]) : "true"
            } else if parts.count > 1 {
                value = String(parts[1])
            } else {
                // The option after it is no value; `--name=--value` says that it is meant.
                guard let next = rest.first, !next.hasPrefix("--") else {
                    throw UsageError("--\(name) needs \(option.value ?? "a value")")
                }
                rest.removeFirst()
                value = next
            }
            if given.insert(name).inserted { values[name] = [] }
            if !option.isRepeated, !(values[name] ?? []).isEmpty { throw UsageError("--\(name) is given twice") }
            values[name, default: []].append(value)
        }
        let range = specification.argumentCount
        guard range.contains(arguments.count) else {
            let wanted = specification.arguments.isEmpty ? "no arguments" : specification.arguments
            throw UsageError("\"operon \(specification.words)\" takes \(wanted), not \(arguments.count) arguments")
        }
        return Invocation(
            specification: specification, arguments: arguments, values: values, terminal: terminal)
    }

    /// What the environment (`OPERON_NAME`) and the configuration file say; flags beat environment beats file.
    private func defaults(_ specification: CommandSpecification) throws -> [String: [String]] {
        var values = try ConfigurationFile.values(
            environment["OPERON_CONFIG"], for: specification,
            known: Set(commands.flatMap { $0.specification.options.map(\.name) }))
        for option in specification.options {
            let name = "OPERON_" + option.name.uppercased().replacing("-", with: "_")
            if let value = environment[name], !value.isEmpty { values[option.name] = [value] }
        }
        return values
    }
}
