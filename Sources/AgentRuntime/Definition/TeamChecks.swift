import Values

/// Holds the agents against each other: names, and who delegates to whom.
enum TeamChecks {
    static func run(_ team: inout [DefinitionDraft]) {
        duplicates(&team)
        let names = team.map(\.knownName)
        for index in team.indices { strangers(&team[index], names) }
        circles(&team, names)
    }

    private static func duplicates(_ team: inout [DefinitionDraft]) {
        var seen: [String: SourcePlace] = [:]
        for index in team.indices {
            guard let name = team[index].name else { continue }
            if let first = seen[name.text] {
                team[index].problems.error(
                    "duplicate_agent", "there is a second agent '\(name.text)'",
                    hint: "rename it or the one at \(first)", at: name.place)
            } else {
                seen[name.text] = name.place
            }
        }
    }

    private static func strangers(_ draft: inout DefinitionDraft, _ names: [String]) {
        for agent in draft.delegates ?? [] {
            if agent.text == draft.name?.text {
                draft.problems.error(
                    "self_delegation", "'\(agent.text)' delegates to itself",
                    hint: "remove it; to do work again, use a check with 'again'", at: agent.place)
            } else if !names.contains(agent.text) {
                let others = names.filter { $0 != draft.name?.text }
                PlaybookChecks.unknown(agent, "agent", others, &draft.problems)
            }
        }
    }

    private static func circles(_ team: inout [DefinitionDraft], _ names: [String]) {
        var edges: [String: [String]] = [:]
        for (name, draft) in zip(names, team) where edges[name] == nil {
            edges[name] = (draft.delegates ?? []).map(\.text).filter { $0 != name }
        }
        for circle in Cycles.find(names, edges) {
            guard let index = names.firstIndex(of: circle[0]),
                let place = team[index].delegates?.first(where: { $0.text == circle[1] })?.place
            else { continue }
            team[index].problems.error(
                "delegation_cycle", "these agents delegate in a circle: \(circle.joined(separator: " → "))",
                hint: "let one of them give its result back instead of delegating on", at: place)
        }
    }
}
