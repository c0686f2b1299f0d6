extension Conversation {
    /// The units that never part, as ranges of ``entries``: a user message; an answer together with the results of
    /// its calls.
    public var groups: [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = 0
        while start < entries.count {
            var end = start + 1
            if case .assistant = entries[start] {
                while end < entries.count, case .toolResults = entries[end] { end += 1 }
            }
            groups.append(start..<end)
            start = end
        }
        return groups
    }

    /// The history with a result for every call, so that it can be sent after a cancelled or crashed turn.
    ///
    /// Calls without a result get an error result `cancelled: reason`; results stand in the order of the calls; results
    /// that no call asked for, second results of one call, and answers that hold nothing are taken out. A history that
    /// ends with an answer still needs something that the model can reply to. Closing twice changes nothing.
    ///
    /// - Parameter reason: why, for the model: "the person stopped the turn".
    public func closed(reason: String) -> Conversation {
        var closed: [ModelMessage] = []
        for group in groups {
            guard case .assistant(let answer) = entries[group.lowerBound] else {
                if case .user = entries[group.lowerBound] { closed.append(entries[group.lowerBound]) }
                continue
            }
            if answer.toolCalls.isEmpty {
                if !answer.text.isBlank { closed.append(.assistant(answer)) }
                continue
            }
            var results: [String: ToolResult] = [:]
            for case .toolResults(let given) in entries[group] {
                for result in given where results[result.callID] == nil { results[result.callID] = result }
            }
            closed.append(.assistant(answer))
            closed.append(
                .toolResults(
                    answer.toolCalls.map { call in
                        results[call.id]
                            ?? ToolResult(
                                callID: call.id, name: call.name, content: "cancelled: \(reason)", isError: true)
                    }))
        }
        return Conversation(system: system, entries: closed, leftOut: leftOut)
    }
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
