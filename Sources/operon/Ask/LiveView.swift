import AgentRuntime
import MessageBus
import Semantics
import Services
import Synchronization
import Values

/// Shows the agents at work, on standard error: when the first agent has planned, what it is going to do; for each
/// agent that has finished, one line with its phases, its steps and how long they took; at the end what of the budget
/// was used. In a terminal the last line tells what runs just now. The time at the right counts from the question.
final class LiveView: Sendable {
    private let terminal: Terminal
    private let time: any TimeSource
    /// What one turn of an agent may use, by the agent's name.
    private let limits: [String: AgentLimits]

    /// Guarded by `state`: the turns that run, and who waits to hear that an envelope was shown.
    private struct State {
        var turns = LiveTurns()
        var shown = 0
        var hasEnded = false
        var waiting: [(seq: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    init(terminal: Terminal, time: any TimeSource, definitions: [AgentDefinition]) {
        self.terminal = terminal
        self.time = time
        limits = Dictionary(definitions.map { ($0.name, $0.limits) }) { first, _ in first }
    }

    /// Shows what comes on `subscription` until it ends.
    func follow(_ subscription: Subscription) async {
        await withTaskGroup(of: Void.self) { group in
            if terminal.canRedraw { group.addTask { await self.tick() } }
            while true {
                let batch = await subscription.nextBatch()
                for gap in batch.gaps { terminal.note("  … \(gap.count) events were not shown") }
                if batch.envelopes.isEmpty { break }
                for envelope in batch.envelopes { show(envelope) }
                showStatus()
                release(upTo: batch.envelopes.last?.seq ?? 0)
            }
            group.cancelAll()
        }
        terminal.status(nil)
        release(upTo: .max)
    }

    /// Returns when everything up to `seq` has been shown, so that an answer stands below the work that led to it.
    func caughtUp(to seq: Int) async {
        await withCheckedContinuation { continuation in
            let isShown = state.withLock { state in
                if state.hasEnded || state.shown >= seq { return true }
                state.waiting.append((seq, continuation))
                return false
            }
            if isShown { continuation.resume() }
        }
    }

    private func release(upTo seq: Int) {
        let ready = state.withLock { state in
            state.shown = max(state.shown, seq)
            if seq == .max { state.hasEnded = true }
            let ready = state.waiting.filter { $0.seq <= state.shown }
            state.waiting.removeAll { $0.seq <= state.shown }
            return ready
        }
        for entry in ready { entry.continuation.resume() }
    }

    /// Keeps the clock of the last line going. A matter of display only: nothing is decided here.
    private func tick() async {
        while (try? await time.sleep(nanoseconds: 200_000_000)) != nil { showStatus() }
    }

    private func showStatus() {
        guard terminal.canRedraw else { return }
        let now = time.now()
        guard let (text, start) = state.withLock({ $0.turns.status }) else { return terminal.status(nil) }
        // Some columns are left free, for the ^C that a terminal writes where the cursor stands.
        terminal.status(terminal.styled(row(text, start, now, margin: 4), .faint, onError: true))
    }

    private func show(_ envelope: Envelope) {
        for line in state.withLock({ $0.turns.take(envelope) }) { show(line, envelope.at) }
        switch envelope.kind {
        case .turnFinished where !envelope.path.contains("/"): summary(envelope)
        case .turnSuspended where !envelope.path.contains("/"): terminal.status(nil)
        default: break
        }
    }

    private func show(_ line: LiveTurns.Line, _ at: Timestamp) {
        let text = row(line.text, line.start, at)
        switch line.mood {
        case .plain: terminal.note(text)
        case .good: terminal.note(terminal.styled(text, .faint, onError: true))
        case .warning: terminal.note(terminal.styled(text, .yellow, onError: true))
        case .bad: terminal.note(terminal.styled(text, .red, onError: true))
        }
    }

    /// A line with the time at its right end.
    private func row(_ text: String, _ start: Timestamp, _ end: Timestamp, margin: Int = 0) -> String {
        let clock = LiveTurns.duration(from: start, to: end)
        let width = max(24, min(terminal.errorWidth, 110) - margin)
        let room = width - DisplayWidth.of(clock) - 1
        return DisplayWidth.fitted(DisplayWidth.safe(text), to: room) + " " + clock
    }

    private func summary(_ envelope: Envelope) {
        terminal.status(nil)
        let usage = Usage(json: envelope.payload["usage"] ?? .null)
        let limits = limits[envelope.sender] ?? AgentLimits()
        let parts = [
            ("steps", usage.steps, limits.steps), ("calls", usage.calls, limits.calls),
            ("tokens", usage.tokens, limits.tokens), ("rows", usage.rows, limits.rows),
        ].filter { $0.1 > 0 }.map { "\(NumberFormat.grouped($0.1))/\(NumberFormat.grouped($0.2)) \($0.0)" }
        let money = NumberFormat.fixed(Double(usage.microcost) / 1e6, digits: 4)
        let cost = usage.microcost > 0 ? ["cost \(money)"] : []
        let bytes = usage.bytes > 0 ? ["\(Self.size(usage.bytes))/\(Self.size(limits.bytes))"] : []
        let outcome = envelope.payload["outcome"]?.string ?? ""
        let start = state.withLock { $0.turns.started } ?? envelope.at
        var text = "\(outcome) in \(LiveTurns.duration(from: start, to: envelope.at))"
        if !parts.isEmpty || !cost.isEmpty { text += " · " + (parts + bytes + cost).joined(separator: ", ") }
        for line in TextLayout.wrapped(text, width: min(terminal.errorWidth, 110), indent: 2) {
            terminal.note(terminal.styled(line, .faint, onError: true))
        }
        terminal.note("")
    }

    /// `253 B`, `1.4 MiB`, `64 MiB`.
    private static func size(_ bytes: Int) -> String {
        if bytes < 1024 { return "\(bytes) B" }
        let isLarge = bytes >= 1 << 20
        return NumberFormat.trimmed(Double(bytes) / (isLarge ? 1_048_576 : 1024), digits: 1)
            + (isLarge ? " MiB" : " KiB")
    }
}
