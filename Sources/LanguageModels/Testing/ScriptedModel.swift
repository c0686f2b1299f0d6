internal import Synchronization
public import Values

/// A model that says what a script tells it to. For tests of agents: no network, the same answers each time, and an
/// error for every request that nobody expected.
///
/// ```swift
/// let model = ScriptedModel([
///     .calls(["run_sql": ["sql": "SELECT count(*) FROM orders"]], when: RequestPattern(tool: "run_sql")),
///     .text("There are 42 orders.", when: RequestPattern(contains: ["42"])),
/// ])
/// // … run the agent with the model …
/// try model.verifyAllUsed()
/// ```
public final class ScriptedModel: LanguageModel {
    /// Which entry answers a request.
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// The first entry that is left and fits. Entries without a pattern therefore come in order.
        case matching
        /// The next entry; when it does not fit, the request is unexpected.
        case strict
    }

    /// What is known of the model.
    public let profile: ModelProfile
    /// The script.
    public let entries: [ScriptedEntry]
    /// Which entry answers a request.
    public let order: Order
    private let delivery: PartDelivery
    private let state: Mutex<State>

    private struct State {
        var uses: [Int]
        var requests: [ModelRequest] = []
    }

    /// Takes a script.
    public init(
        _ entries: [ScriptedEntry], order: Order = .matching, delivery: PartDelivery = .whole,
        profile: ModelProfile = ModelProfile(provider: "scripted", model: "script")
    ) {
        self.entries = entries
        self.order = order
        self.delivery = delivery
        self.profile = profile
        state = Mutex(State(uses: Array(repeating: 0, count: entries.count)))
    }

    /// The requests so far, in order of arrival, unexpected ones too.
    public var requests: [ModelRequest] { state.withLock { $0.requests } }

    /// Answers as the script says.
    ///
    /// - Throws: the entry's error; `notRecorded` when no entry fits, with what came and what was expected; `cancelled`.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        if Task.isCancelled { throw .cancelledCall() }
        state.withLock { $0.requests.append(request) }
        guard let (index, use) = claim(request, call) else { throw unexpected(request, call) }
        switch entries[index].answer {
        case .reply(let reply): return try await give(reply, index, use, call)
        case .computed(let answer): return try await give(try await answer(request, call), index, use, call)
        case .parts(let parts):
            let parts = withIDs(parts, index, use)
            let text = try await delivery.deliver(parts, to: call)
            var assembler = ReplyAssembler()
            assembler.model = profile.model
            assembler.take(parts)
            if let reply = assembler.reply() { return reply }
            throw ModelError(
                .truncated, "the script's answer ends without a finish", partialText: text,
                hasPassedParts: call.onParts != nil && !parts.isEmpty)
        case .failure(var error, let parts):
            let text = try await delivery.deliver(withIDs(parts, index, use), to: call)
            if !parts.isEmpty {
                error.partialText = text
                error.hasPassedParts = call.onParts != nil
            }
            throw error
        }
    }

    /// The entries that have not been used as often as they should, in words.
    public var unusedEntries: [String] {
        let uses = state.withLock { $0.uses }
        return entries.indices.filter { uses[$0] < (entries[$0].times ?? 1) }.map { name(of: $0) }
    }

    /// Checks that every entry has been used.
    ///
    /// - Throws: the code `script_unused` with the entries that are left.
    public func verifyAllUsed() throws(OperonError) {
        let unused = unusedEntries
        guard let first = unused.first else { return }
        throw OperonError(
            code: "script_unused", "the script's answers were not all asked for: \(unused.joined(separator: "; "))",
            hint: "Take them out, or find out why the run ended without these requests.", at: first)
    }

    /// Takes the entry for a request. The patterns, which may run anything, are tried without the lock; who comes
    /// second to the same entry looks again.
    private func claim(_ request: ModelRequest, _ call: ModelCall) -> (index: Int, use: Int)? {
        while true {
            let uses = state.withLock { $0.uses }
            let open = waiting(uses)
            guard let index = open.first(where: { entries[$0].when.fits(request, call) }) else { return nil }
            let isClaimed = state.withLock { state in
                guard state.uses[index] == uses[index] else { return false }
                state.uses[index] += 1
                return true
            }
            if isClaimed { return (index, uses[index] + 1) }
        }
    }

    /// The entries that may answer now.
    private func waiting(_ uses: [Int]) -> [Int] {
        let open = entries.indices.filter { uses[$0] < entries[$0].times ?? .max }
        return order == .strict ? Array(open.prefix(1)) : open
    }

    private func give(
        _ reply: ModelReply, _ index: Int, _ use: Int, _ call: ModelCall
    ) async throws(ModelError) -> ModelReply {
        var reply = reply
        for place in reply.message.toolCalls.indices where reply.message.toolCalls[place].id.isEmpty {
            reply.message.toolCalls[place].id = id(index, use, place)
        }
        if reply.model.isEmpty { reply.model = profile.model }
        _ = try await delivery.deliver(reply.parts, to: call)
        return reply
    }

    private func withIDs(_ parts: [ModelPart], _ index: Int, _ use: Int) -> [ModelPart] {
        parts.map { part in
            guard case .toolCallStarted(let place, "", let name) = part else { return part }
            return .toolCallStarted(index: place, id: id(index, use, place), name: name)
        }
    }

    /// An id that is unique in the script and does not depend on the order of requests to other entries.
    private func id(_ index: Int, _ use: Int, _ place: Int) -> String { "call_\(index + 1)_\(use)_\(place + 1)" }

    private func name(of index: Int) -> String {
        let place = entries[index].place.map { "\($0), " } ?? ""
        return "\(place)entry \(index + 1) (\(entries[index].when.words))"
    }

    private func unexpected(_ request: ModelRequest, _ call: ModelCall) -> ModelError {
        let open = waiting(state.withLock { $0.uses })
        let names = open.prefix(4).map { name(of: $0) }.joined(separator: "; ")
        let more = open.count > 4 ? " and \(open.count - 4) more" : ""
        return ModelError(
            .notRecorded,
            "the script has no answer for this request: \(request.outline(call)). "
                + (open.isEmpty ? "All \(entries.count) entries have been used" : "Expected: \(names)\(more)")
                + ". Add an entry, or change the `when` of one.",
            attempts: 0)
    }
}
