import MessageBus
import Semantics
import Values

/// What is known of the turns that run, made from envelopes, and the lines that are to be shown. Pure.
struct LiveTurns {
    /// A line, when its clock began, and what it is like.
    struct Line {
        enum Mood { case plain, good, warning, bad }
        var text: String
        var start: Timestamp
        var mood = Mood.plain
    }

    private struct Turn {
        let agent: String
        /// The step that asked for it; nil for the person's.
        let step: String?
        let depth: Int
        var phases: [String] = []
        var plan: [String] = []
        /// The steps that run, with when they began and what they do, in the order in which they started.
        var running: [(path: String, at: Timestamp, does: String)] = []
    }

    private var turns: [(path: String, turn: Turn)] = []
    /// When the question came.
    private(set) var started: Timestamp?
    /// Whether the turn waits for the person: what they type is not written over.
    private var isWaiting = false

    /// What runs just now, and since when it has been asked for; nil when nothing does.
    var status: (String, Timestamp)? {
        guard !isWaiting, let started, let last = turns.last?.turn else { return nil }
        let tools = turns.flatMap { entry in
            entry.turn.running.filter { !$0.does.hasPrefix("delegate ") }
                .map { "\(entry.turn.agent) \(Self.short($0.does))" }
        }
        let text = tools.isEmpty ? "\(last.agent) \(last.phases.last ?? "")" : tools.joined(separator: ", ")
        return ("  \(text) …", started)
    }

    /// Takes an envelope in; gives the lines that it completes.
    mutating func take(_ envelope: Envelope) -> [Line] {
        isWaiting = envelope.kind == .turnSuspended && !envelope.path.contains("/")
        switch envelope.kind {
        case .messageReceived:
            started = envelope.at
            turns = []
        case .turnStarted: begin(envelope)
        case .phaseEntered: return entered(envelope)
        case .planMade:
            change(around: envelope.path) { turn in
                turn.plan = (envelope.payload["steps"]?.array ?? [])
                    .filter { $0["does"]?.string != "answer" }.compactMap { $0["id"]?.string }
            }
        case .stepStarted:
            let does = envelope.payload["does"]?.string ?? ""
            change(around: envelope.path) { $0.running.append((envelope.path, envelope.at, does)) }
        case .stepFinished: return finished(envelope)
        case .turnFinished: return ended(envelope)
        case .budgetWarned:
            let payload = envelope.payload
            let used = NumberFormat.grouped(payload["used"]?.int ?? 0)
            let limit = NumberFormat.grouped(payload["limit"]?.int ?? 0)
            return line(envelope, "\(used) of \(limit) \(payload["budget"]?.string ?? "")", .warning)
        case .effectRequested where envelope.payload["effect"] == "model":
            let name = envelope.payload["name"]?.string ?? ""
            change(around: envelope.path) { $0.running.append((envelope.path, envelope.at, "asks \(name)")) }
        case .effectCompleted, .effectFailed: return modelEnded(envelope)
        case .breakerChanged, .log: return around(envelope)
        case .agentRestarted: return line(envelope, "restarted after a crash", .warning)
        case .questionAsked: return line(envelope, "asks: \(envelope.payload["question"]?.string ?? "")", .warning)
        default: break
        }
        return []
    }

    private mutating func begin(_ envelope: Envelope) {
        let parts = envelope.path.split(separator: "/")
        let depth = parts.count { $0 == "execute" }
        var step = parts.lastIndex(of: "execute").map { String(parts[$0 + 1]) }
        // One turn per element of a list: the element's number tells them apart.
        if parts.count > 2, let element = parts.dropLast().last, element.first == "i", let name = step,
            let number = Int(element.dropFirst())
        {
            step = "\(name) \(number)"
        }
        turns.removeAll { $0.path == envelope.path }
        turns.append((envelope.path, Turn(agent: envelope.sender, step: step, depth: depth)))
    }

    /// The turn that the person's message began says at once what it is going to do; the others when they are done.
    private mutating func entered(_ envelope: Envelope) -> [Line] {
        let phase = envelope.payload["phase"]?.string ?? ""
        let round = envelope.payload["round"]?.int ?? 1
        var said: String?
        change(around: envelope.path) { turn in
            if turn.phases.isEmpty || phase != "plan" || round == 1 {
                turn.phases.append(phase)
            } else {
                turn.phases.append("round \(round): \(phase)")
            }
            if turn.depth == 0, phase == "execute" {
                var phases = Array(turn.phases.dropLast())
                if let last = phases.indices.last, !turn.plan.isEmpty {
                    phases[last] += ": \(turn.plan.joined(separator: ", "))"
                }
                said = Self.text(phases + [phase])
                turn.phases = []
            }
        }
        return said.map { line(envelope, $0, .plain) } ?? []
    }

    private mutating func finished(_ envelope: Envelope) -> [Line] {
        let name = envelope.path.split(separator: "/").last.map { String($0) } ?? ""
        let status = envelope.payload["status"]?.string ?? ""
        var said: String?
        change(around: envelope.path) { turn in
            let index = turn.running.firstIndex { $0.path == envelope.path }
            let begun = index.map { turn.running.remove(at: $0) }
            // What was skipped, and answers, which take no time, would only fill the line.
            guard let begun, begun.does != "answer" || status != "completed" else { return }
            let took = Self.duration(from: begun.at, to: envelope.at)
            if status == "completed" {
                turn.phases.append(
                    begun.does.hasPrefix("delegate ") ? "✓ \(name)" : "✓ \(Self.short(begun.does)) \(took)")
            } else {
                let error = envelope.payload["error"]?["message"]?.string ?? envelope.payload["budget"]?.string
                turn.phases.append("✗ \(name)")
                said =
                    "✗ \(name) (\(begun.does)) \(status)\(error.map { ": \($0)" } ?? "") after \(took)"
            }
        }
        return said.map { line(envelope, $0, .bad) } ?? []
    }

    /// A model's answer, or what went wrong with it; other effects are shown as steps.
    private mutating func modelEnded(_ envelope: Envelope) -> [Line] {
        var said: String?
        change(around: envelope.path) { turn in
            guard
                let index = turn.running.firstIndex(where: {
                    $0.path == envelope.path && $0.does.hasPrefix("asks ")
                })
            else { return }
            let begun = turn.running.remove(at: index)
            let took = Self.duration(from: begun.at, to: envelope.at)
            if envelope.kind == .effectCompleted {
                turn.phases.append("✓ model \(took)")
            } else {
                turn.phases.append("✗ model")
                said =
                    "✗ \(begun.does.dropFirst(5)): \(envelope.payload["error"]?["message"]?.string ?? "") after \(took)"
            }
        }
        return said.map { line(envelope, $0, .bad) } ?? []
    }

    /// What happens around a call of a model: attempts that failed, breakers, models that take over.
    private func around(_ envelope: Envelope) -> [Line] {
        let payload = envelope.payload
        func text(_ key: String) -> String { payload[key]?.string ?? "" }
        switch payload["event"]?.string {
        case "attempt_failed":
            let status = payload["status"]?.int.map { " \($0)" } ?? ""
            let next = payload["wait_ms"]?.int.map { ", again in \($0) ms" } ?? ""
            return line(envelope, "model: \(text("error"))\(status)\(next)", .warning)
        case "breaker_changed":
            return line(
                envelope, "breaker of \(text("endpoint")) \(text("from")) → \(text("to")): \(text("reason"))",
                .warning)
        case "fell_back":
            return line(
                envelope, "model: \(text("to")) takes over from \(text("from")) (\(text("error")))", .warning)
        case "paused":
            return line(
                envelope, "model: \(text("endpoint")) pauses for \(payload["wait_ms"]?.int ?? 0) ms", .warning)
        default: return []
        }
    }

    private mutating func ended(_ envelope: Envelope) -> [Line] {
        guard let index = turns.lastIndex(where: { $0.path == envelope.path }) else { return [] }
        var turn = turns[index].turn
        let outcome = envelope.payload["outcome"]?.string ?? ""
        if outcome != "completed" { turn.phases.append(outcome) }
        let lines = line(envelope, Self.text(turn.phases), .good)
        turns.remove(at: index)
        return lines
    }

    /// `execute` and what was done in it belong together: `execute ✓ run_sql 1.2 ms › reflect`.
    private static func text(_ phases: [String]) -> String {
        var text = ""
        for phase in phases {
            if !text.isEmpty { text += phase.hasPrefix("✓") || phase.hasPrefix("✗") ? " " : " › " }
            text += phase
        }
        return text
    }

    private func line(_ envelope: Envelope, _ text: String, _ mood: Line.Mood) -> [Line] {
        let turn = index(around: envelope.path).map { turns[$0].turn }
        let indent = String(repeating: "  ", count: turn?.depth ?? 0)
        let name = indent + envelope.sender + (turn?.step.map { " (\($0))" } ?? "")
        return [
            Line(
                text: DisplayWidth.fitted(name, to: max(15, DisplayWidth.of(name))) + " " + text,
                start: started ?? envelope.at, mood: mood)
        ]
    }

    /// The turn that a path stands in: the one with the longest path that it begins with.
    private func index(around path: String) -> Int? {
        turns.indices.filter { path == turns[$0].path || path.hasPrefix(turns[$0].path + "/") }
            .max { turns[$0].path.utf8.count < turns[$1].path.utf8.count }
    }

    private mutating func change(around path: String, _ body: (inout Turn) -> Void) {
        if let index = index(around: path) { body(&turns[index].turn) }
    }

    /// `run_sql` of `tool run_sql`.
    private static func short(_ does: String) -> String {
        does.hasPrefix("tool ") ? String(does.dropFirst(5)) : does
    }

    /// `0.3 ms`, `56 ms`, `1.25 s`.
    static func duration(from start: Timestamp, to end: Timestamp) -> String {
        let micros = Double(max(0, end.microseconds - start.microseconds))
        if micros >= 1_000_000 { return NumberFormat.fixed(micros / 1_000_000, digits: 2) + " s" }
        return NumberFormat.fixed(micros / 1000, digits: micros < 10_000 ? 1 : 0) + " ms"
    }
}
