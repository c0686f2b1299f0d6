import LanguageModels
import Testing
import Values

@Suite("Compacted and cancelled histories")
struct ConversationPropertyTests {
    private let seeds: Range<UInt64> = 0..<1500

    /// What must hold of every history that is sent.
    private func expectSendable(_ conversation: Conversation, seed: UInt64) {
        for format in ConversationFormat.allCases {
            let violations = conversation.violations(for: format)
            #expect(violations.isEmpty, "seed \(seed), \(format): \(violations.map(\.description))")
        }
    }

    /// Compacts to a random budget and holds the result against everything that compaction promises.
    private func compactAndCheck(_ whole: Conversation, _ random: inout SeededRandom, seed: UInt64) -> Bool {
        let limit = random.below(whole.tokens() + 100)
        guard let small = try? whole.compacted(toTokens: limit) else {
            // Refusing is right only when the goal and the newest group alone are too large.
            var least = Conversation(system: whole.system, entries: [whole.entries[0]])
            let newest = whole.groups[whole.groups.count - 1]
            if newest.lowerBound > 0 { for entry in whole.entries[newest] { least.append(entry) } }
            least = Conversation(
                system: least.system, entries: least.entries, leftOut: max(0, whole.groups.count - 2))
            #expect(least.tokens() > limit, "seed \(seed)")
            return false
        }
        expectSendable(small, seed: seed)
        #expect(small.tokens() <= limit, "seed \(seed)")
        let sent = small.messages.reduce(TokenEstimate.byBytes.tokens(in: small.system)) {
            $0 + TokenEstimate.byBytes.tokens(in: $1)
        }
        #expect(sent <= limit, "seed \(seed)")
        #expect(small.system == whole.system && small.entries.first == whole.entries.first, "seed \(seed)")
        let newest = whole.groups[whole.groups.count - 1]
        #expect(Array(small.entries.suffix(newest.count)) == Array(whole.entries[newest]), "seed \(seed)")
        #expect(small.leftOut + small.groups.count == whole.leftOut + whole.groups.count, "seed \(seed)")
        #expect((try? small.compacted(toTokens: limit)) == small, "seed \(seed)")
        #expect((try? whole.compacted(toTokens: limit)) == small, "seed \(seed)")
        // What is left stands in the old order, and only results have become shorter.
        var rest = whole.entries[...]
        for entry in small.entries {
            guard let index = rest.firstIndex(where: { isSame($0, entry) }) else {
                Issue.record("seed \(seed): an entry that was not there before")
                break
            }
            rest = rest[(index + 1)...]
        }
        return small.leftOut > 0
    }

    private func isSame(_ before: ModelMessage, _ after: ModelMessage) -> Bool {
        guard case .toolResults(let old) = before, case .toolResults(let new) = after else {
            return before == after
        }
        return old.count == new.count
            && zip(old, new).allSatisfy {
                $0.callID == $1.callID && $0.isError == $1.isError && $1.content.utf8.count <= $0.content.utf8.count
            }
    }

    @Test("a compacted history is valid, fits, and keeps the goal and the newest group")
    func compacted() {
        var dropping = 0
        for seed in seeds {
            var history = RandomHistory(seed: seed)
            let whole = history.complete()
            expectSendable(whole, seed: seed)
            if compactAndCheck(whole, &history.random, seed: seed) { dropping += 1 }
        }
        #expect(dropping > 300, "the budgets were too generous to show anything: \(dropping)")
    }

    @Test("a cancelled history can be sent, and closing it twice changes nothing")
    func cancelled() {
        for seed in seeds {
            var history = RandomHistory(seed: seed)
            var closed = history.cutOff().closed(reason: "the person stopped the turn")
            #expect(closed.closed(reason: "another") == closed)
            if case .assistant? = closed.entries.last { closed.append(.user("go on")) }
            expectSendable(closed, seed: seed)
        }
    }

    @Test("a cancelled history can be compacted, grow, be cancelled and compacted again")
    func cancelledThenCompacted() {
        for seed in seeds {
            var history = RandomHistory(seed: seed)
            var conversation = history.cutOff().closed(reason: "stopped")
            if case .assistant? = conversation.entries.last { conversation.append(.user("go on")) }
            _ = compactAndCheck(conversation, &history.random, seed: seed)
            if let small = try? conversation.compacted(toTokens: conversation.tokens() / 2) { conversation = small }
            for entry in history.cutOff().entries.dropFirst() { conversation.append(entry) }
            conversation = conversation.closed(reason: "stopped again")
            if case .assistant? = conversation.entries.last { conversation.append(.user("go on")) }
            _ = compactAndCheck(conversation, &history.random, seed: seed)
        }
    }
}
