import AgentRuntime
import MessageBus
import Values

/// What must hold for every log, whatever happened. Each function returns the violations that it found.
enum LogChecks {
    /// Sequence numbers run from 1 without gaps.
    static func sequence(_ log: [Envelope]) -> [String] {
        zip(1..., log).filter { $0 != $1.seq }.prefix(1).map { "entry \($0) has seq \($1.seq)" }
    }

    /// Everything that began has ended exactly once; the root turn too.
    static func closed(_ log: [Envelope], root: String = "t1") -> [String] {
        var found: [String] = []
        var counts: [String: [EventName: Int]] = [:]
        for envelope in log where !(envelope.payload["effect"] == "delivery") {
            counts[envelope.path, default: [:]][envelope.kind, default: 0] += 1
        }
        for (path, kinds) in counts.sorted(by: { $0.key < $1.key }) {
            func count(_ kind: EventName) -> Int { kinds[kind, default: 0] }
            if count(.stepStarted) > 1 { found.append("\(path): \(count(.stepStarted)) step.started") }
            if count(.stepFinished) > 1 || count(.stepFinished) < count(.stepStarted) {
                found.append("\(path): \(count(.stepFinished)) step.finished")
            }
            let ends = count(.effectCompleted) + count(.effectFailed)
            if count(.effectRequested) > 1 || ends != count(.effectRequested) {
                found.append("\(path): \(count(.effectRequested)) effect.requested, \(ends) ends")
            }
            if count(.turnStarted) > 1 || count(.turnFinished) > 1 || count(.turnFinished) < count(.turnStarted) {
                found.append("\(path): \(count(.turnStarted)) turn.started, \(count(.turnFinished)) turn.finished")
            }
        }
        let ends = counts[root]?[.turnFinished] ?? 0
        if ends != 1 { found.append("\(ends) turn.finished at \(root)") }
        return found
    }

    /// Nothing is said within a turn, a step or an effect after it has ended, nor before it began.
    static func nested(_ log: [Envelope]) -> [String] {
        var found: [String] = []
        var ended: Set<String> = []
        for envelope in log where envelope.kind.isCanonical && !envelope.path.isEmpty {
            var prefix = Substring(envelope.path)
            while true {
                if ended.contains(String(prefix)) {
                    found.append("\(envelope.path) \(envelope.kind.rawValue) after the end of \(prefix)")
                    break
                }
                guard let slash = prefix.lastIndex(of: "/") else { break }
                prefix = prefix[..<slash]
            }
            if [.turnFinished, .stepFinished].contains(envelope.kind) { ended.insert(envelope.path) }
        }
        return found
    }

    /// No turn used more than its agent's limits or the session's budget.
    static func budgets(_ log: [Envelope], _ definitions: [AgentDefinition], _ budget: Usage) -> [String] {
        var found: [String] = []
        let limits = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0.limits) })
        let calls = log.filter {
            ($0.kind == .effectRequested && $0.payload["effect"] != "clock")
                || ($0.kind == .messageSent && $0.payload["goal"] != nil)
        }.map(\.path)
        let steps = log.filter { $0.kind == .stepStarted && $0.payload["does"] != "answer" }.map(\.path)
        let rows = log.filter { $0.kind == .effectCompleted }
            .map { ($0.path, Usage(json: $0.payload["usage"] ?? .null).rows) }
        for turn in log where turn.kind == .turnStarted {
            guard let own = limits[turn.sender] else { continue }
            let isRoot = !turn.path.contains("/")
            func check(_ name: String, _ used: Int, _ limit: Int) {
                if used > limit { found.append("\(turn.path): \(used) \(name), limit \(limit)") }
            }
            let below = turn.path + "/"
            check(
                "calls", calls.count { $0.hasPrefix(below) }, isRoot ? min(own.calls, budget.calls) : own.calls)
            check(
                "steps", steps.count { $0.hasPrefix(below) }, isRoot ? min(own.steps, budget.steps) : own.steps)
            check("rows", rows.reduce(0) { $0 + ($1.0.hasPrefix(below) ? $1.1 : 0) }, own.rows)
        }
        return found
    }

    /// No agent ran more turns at a time than its limit allows. For logs of one life.
    static func concurrency(_ log: [Envelope], _ definitions: [AgentDefinition]) -> [String] {
        var found: [String] = []
        for definition in definitions {
            var active = 0
            for envelope in log where envelope.sender == definition.name {
                if envelope.kind == .turnStarted { active += 1 }
                if [.turnFinished, .turnSuspended].contains(envelope.kind) { active -= 1 }
                if active > definition.limits.concurrency {
                    found.append("\(definition.name) runs \(active) turns at seq \(envelope.seq)")
                    break
                }
            }
        }
        return found
    }

    /// Whether the run contains anything that honest runs of the same work may do differently: stops, full inboxes,
    /// agents that were stopped, unsafe calls of unknown fate (of which a person may know more after a restart).
    static func dependsOnTiming(_ log: [Envelope]) -> Bool {
        log.contains { envelope in
            switch envelope.kind {
            case .effectFailed:
                ["cancelled", "mailbox_full", "agent_stopped", "effect_unknown"].contains(
                    envelope.payload["error"]?["code"]?.string ?? "")
            case .turnFinished:
                envelope.payload["outcome"] == "cancelled" || envelope.payload["budget"] == "wall"
            default: false
            }
        }
    }
}
