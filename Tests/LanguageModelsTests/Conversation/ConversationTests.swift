import LanguageModels
import Testing
import Values

@Suite("Conversations")
struct ConversationTests {
    private func call(_ id: String) -> ToolCall { ToolCall(id: id, name: "run_sql", arguments: [:], raw: "{}") }
    private func asking(_ ids: String...) -> ModelMessage {
        .assistant(AssistantMessage(toolCalls: ids.map(call)))
    }
    private func result(_ id: String, _ content: String = "ok") -> ToolResult {
        ToolResult(callID: id, name: "run_sql", content: content)
    }
    /// Five rounds of one call each behind a goal.
    private var rounds: Conversation {
        var conversation = Conversation(system: "rules", entries: [.user("count the orders")])
        for index in 1...5 {
            conversation.append(asking("c\(index)"))
            conversation.append(.toolResults([result("c\(index)", String(repeating: "row ", count: 50))]))
        }
        return conversation
    }

    @Test("an answer and the results of its calls are one group")
    func groups() {
        var conversation = rounds
        conversation.append(.user("thanks"))
        #expect(conversation.groups == [0..<1, 1..<3, 3..<5, 5..<7, 7..<9, 9..<11, 11..<12])
    }

    @Test("what is left out is told once, with the goal, and counted over all compactions")
    func note() throws {
        let first = try rounds.compacted(toTokens: 300)
        #expect(first.leftOut == 3)
        #expect(first.messages.first == .user("count the orders\n\n[3 earlier exchanges were left out.]"))
        #expect(first.entries.first == .user("count the orders"))
        var grown = first
        grown.append(asking("c6"))
        grown.append(.toolResults([result("c6", String(repeating: "row ", count: 50))]))
        let second = try grown.compacted(toTokens: 300)
        #expect(second.messages.first == .user("count the orders\n\n[4 earlier exchanges were left out.]"))
        #expect(second.messages.count == 5)
    }

    @Test("large old results become excerpts before anything is left out")
    func excerpts() throws {
        var conversation = Conversation(entries: [.user("goal"), asking("a")])
        conversation.append(.toolResults([result("a", String(repeating: "é", count: 5000))]))
        conversation.append(asking("b"))
        conversation.append(.toolResults([result("b", String(repeating: "z", count: 5000))]))
        let small = try conversation.compacted(toTokens: 2200)
        #expect(small.leftOut == 0)
        guard case .toolResults(let old) = small.entries[2], case .toolResults(let new) = small.entries[4] else {
            Issue.record("no results")
            return
        }
        #expect(old[0].content.contains("[… 9200 of 10000 bytes left out …]"))
        #expect(old[0].content.hasPrefix("éé") && old[0].content.hasSuffix("éé"))
        #expect(old[0].content.utf8.count < 900)
        #expect(new[0].content.utf8.count == 5000)
    }

    @Test("the newest question outlives the exchanges behind it")
    func newestQuestion() throws {
        var conversation = rounds
        conversation.append(.user("now the customers"))
        for index in 6...9 {
            conversation.append(asking("c\(index)"))
            conversation.append(.toolResults([result("c\(index)", String(repeating: "row ", count: 50))]))
        }
        let small = try conversation.compacted(toTokens: 200)
        #expect(
            small.messages.first
                == .user(
                    "count the orders\n\n[8 earlier exchanges were left out.]\n\nnow the customers"))
        #expect(small.messages.count == 3)
    }

    @Test("what cannot fit is an error with a remedy")
    func tooSmall() {
        let error = #expect(throws: ModelError.self) { try rounds.compacted(toTokens: 50) }
        #expect(error?.kind == .limit && error?.message.contains("larger context window") == true)
        #expect(error?.message.contains("count the orders") == false)
    }

    @Test("answers in a row are sent as one")
    func answersInARow() {
        var conversation = Conversation(entries: [.user("goal"), .assistant(AssistantMessage(text: "first"))])
        conversation.append(.assistant(AssistantMessage(text: "second", toolCalls: [call("a")])))
        conversation.append(.toolResults([result("a")]))
        #expect(
            conversation.messages[1]
                == .assistant(AssistantMessage(text: "first\n\nsecond", toolCalls: [call("a")])))
        #expect(conversation.violations(for: .anthropic).isEmpty)
    }

    @Test("a handed-in estimate decides")
    func estimate() throws {
        let perMessage = TokenEstimate { _ in 0 }
        #expect(try rounds.compacted(toTokens: 200, estimate: perMessage).leftOut == 0)
        let expensive = TokenEstimate { $0.utf8.count }
        #expect(throws: ModelError.self) { try rounds.compacted(toTokens: 200, estimate: expensive) }
    }

    @Test("calls without a result are answered by a cancellation, in the order of the calls")
    func closing() {
        let open = Conversation(entries: [
            .user("goal"), asking("a", "b", "c"), .toolResults([result("c"), result("a")]),
        ])
        let closed = open.closed(reason: "stopped")
        #expect(
            closed.entries.last
                == .toolResults([
                    result("a"),
                    ToolResult(callID: "b", name: "run_sql", content: "cancelled: stopped", isError: true),
                    result("c"),
                ]))
    }

    @Test("closing keeps the first result of a call and takes out what belongs to no call")
    func closingOddities() {
        let open = Conversation(entries: [
            .user("goal"), .toolResults([result("z")]), .assistant(AssistantMessage(text: " ")), asking("a"),
            .toolResults([result("a", "first"), result("z")]), .toolResults([result("a", "second")]),
        ])
        #expect(
            open.closed(reason: "stopped").entries
                == [.user("goal"), asking("a"), .toolResults([result("a", "first")])])
    }

    @Test(
        "every rule of the formats is kept",
        arguments: [
            ([], "there is no message", true),
            ([.assistant(AssistantMessage(text: "hi")), .user("x")], "first message must be the user's", true),
            ([.user("x"), .assistant(AssistantMessage(text: "hi"))], "last message must not be the model's", true),
            ([.user("x"), .assistant(AssistantMessage()), .user("y")], "must have text or calls", true),
            ([.user("x"), .toolResults([ToolResult(callID: "a", name: "t", content: "")])], "must follow", true),
            ([.user(" ")], "must have text", false),
            (
                [
                    .user("x"), .assistant(AssistantMessage(text: "a")), .assistant(AssistantMessage(text: "b")),
                    .user("y"),
                ],
                "two answers", false
            ),
        ] as [([ModelMessage], String, Bool)])
    func rules(messages: [ModelMessage], rule: String, inBoth: Bool) {
        func isBroken(_ format: ConversationFormat) -> Bool {
            Conversation.violations(of: messages, for: format).contains { $0.description.contains(rule) }
        }
        #expect(isBroken(.anthropic))
        #expect(isBroken(.openAI) == inBoth)
    }

    @Test("every call has exactly one result, directly behind it, and ids are used once")
    func calls() {
        func rules(_ messages: ModelMessage...) -> [String] {
            Conversation(entries: [.user("x")] + messages).violations(for: .openAI).map(\.description)
        }
        #expect(rules(asking("a"), .toolResults([result("a")])).isEmpty)
        #expect(rules(asking("a", "b"), .toolResults([result("a")])) == ["messages[1]: the call 'b' has no result"])
        #expect(
            rules(asking("a"), .toolResults([result("a"), result("a")]))
                == ["messages[2]: the call 'a' has two results"])
        #expect(
            rules(asking("a"), .user("y"))
                == ["messages[1]: the results of its calls must follow directly"])
        #expect(
            rules(asking("a"), .toolResults([result("a"), result("z")]))
                == ["messages[2]: the result 'z' belongs to no call of the answer before"])
        #expect(
            rules(asking("a"), .toolResults([result("a")]), asking("a"), .toolResults([result("a")]))
                == ["messages[3]: the call id 'a' is used twice"])
    }

    @Test("an identifier with a colon can go back to Kimi, not to Anthropic")
    func identifiers() {
        let conversation = Conversation(entries: [
            .user("x"), asking("functions.run_sql:0"), .toolResults([result("functions.run_sql:0")]),
        ])
        #expect(conversation.violations(for: .openAI).isEmpty)
        #expect(conversation.violations(for: .anthropic).map(\.index) == [1])
    }
}
