import AgentRuntime
import MessageBus
import Semantics
import Services
import Values

/// Shows the agents at work, on standard error: one line per phase and step, with the time since the turn began and
/// the time that a step took; at the end what the turn used.
struct LiveView {
    let terminal: Terminal
    private var started: Timestamp?
    private var steps: [String: (at: Timestamp, does: String)] = [:]

    init(terminal: Terminal) { self.terminal = terminal }

    /// Shows what comes on `subscription` until it ends.
    mutating func follow(_ subscription: Subscription) async {
        while true {
            let batch = await subscription.nextBatch()
            for gap in batch.gaps { terminal.note("  … \(gap.count) events were not shown") }
            if batch.envelopes.isEmpty { return }
            for envelope in batch.envelopes { show(envelope) }
        }
    }

    private mutating func show(_ envelope: Envelope) {
        let origin = started ?? envelope.at
        switch envelope.kind {
        case .messageReceived: started = envelope.at
        case .phaseEntered: line(envelope, origin, envelope.payload["phase"]?.string ?? "", .cyan)
        case .planMade:
            let steps = envelope.payload["steps"]?.array ?? []
            line(envelope, origin, "plan: " + steps.compactMap { $0["id"]?.string }.joined(separator: ", "), nil)
        case .stepStarted: steps[envelope.path] = (envelope.at, envelope.payload["does"]?.string ?? "")
        case .stepFinished: finished(envelope, origin)
        case .budgetWarned:
            let budget = envelope.payload["budget"]?.string ?? ""
            line(
                envelope, origin,
                "\(budget) \(envelope.payload["used"]?.int ?? 0) of \(envelope.payload["limit"]?.int ?? 0)", .yellow
            )
        case .agentRestarted: line(envelope, origin, "restarted after a crash", .yellow)
        case .questionAsked: line(envelope, origin, "asks: \(envelope.payload["question"]?.string ?? "")", .yellow)
        case .turnFinished where !envelope.path.contains("/"): summary(envelope, origin)
        default: break
        }
    }

    private mutating func finished(_ envelope: Envelope, _ origin: Timestamp) {
        let begun = steps.removeValue(forKey: envelope.path)
        let name = envelope.path.split(separator: "/").last.map { String($0) } ?? ""
        let status = envelope.payload["status"]?.string ?? ""
        let took = begun.map { " \(Self.milliseconds(from: $0.at, to: envelope.at))" } ?? ""
        let does = begun.map { " (\($0.does))" } ?? ""
        switch status {
        case "completed": line(envelope, origin, "✓ \(name)\(does)\(took)", .green)
        case "skipped":
            line(envelope, origin, "· \(name) skipped: \(envelope.payload["reason"]?.string ?? "")", .faint)
        default:
            let error = envelope.payload["error"]?["message"]?.string ?? envelope.payload["budget"]?.string ?? ""
            line(envelope, origin, "✗ \(name)\(does) \(status)\(error.isEmpty ? "" : ": \(error)")\(took)", .red)
        }
    }

    private func summary(_ envelope: Envelope, _ origin: Timestamp) {
        let usage = envelope.payload["usage"]
        let parts = ["steps", "calls", "tokens", "rows", "bytes"].compactMap { name in
            usage?[name]?.int.map { "\(name) \(NumberFormat.grouped($0))" }
        }
        let outcome = envelope.payload["outcome"]?.string ?? ""
        let text =
            "\(outcome) in \(Self.milliseconds(from: origin, to: envelope.at)); \(parts.joined(separator: ", "))"
        terminal.note(terminal.styled(text, .faint, onError: true))
    }

    private func line(_ envelope: Envelope, _ origin: Timestamp, _ text: String, _ style: Terminal.Style?) {
        let depth = envelope.path.split(separator: "/").count { $0 == "execute" }
        let inner = [.stepFinished, .stepStarted].contains(envelope.kind) ? depth - 1 : depth
        let nested = envelope.kind == .phaseEntered && envelope.path.hasSuffix("/execute") ? inner - 1 : inner
        let clock = Self.pad(Self.milliseconds(from: origin, to: envelope.at), 10)
        let sender = Self.pad(envelope.sender, 12, left: true)
        let indent = String(repeating: "  ", count: max(0, nested))
        let safe = DisplayWidth.safe(text)
        let body = style.map { terminal.styled(safe, $0, onError: true) } ?? safe
        terminal.note(terminal.styled(clock, .faint, onError: true) + "  \(indent)\(sender) \(body)")
    }

    private static func milliseconds(from start: Timestamp, to end: Timestamp) -> String {
        let micros = Double(max(0, end.microseconds - start.microseconds))
        return micros >= 1_000_000
            ? NumberFormat.fixed(micros / 1_000_000, digits: 2) + " s"
            : NumberFormat.fixed(micros / 1000, digits: 1) + " ms"
    }

    private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + space : space + text
    }
}
