internal import MessageBus
public import Values

/// Runs a recorded session again with everything outside switched off.
public enum Replay {
    /// What came of it.
    public struct Report: Sendable {
        /// The first difference; nil when the run equals its recording.
        public var divergence: Divergence?
        /// The log of the replay.
        public var envelopes: [Envelope]
    }

    /// Replays `recorded` with `configuration`, whose context, tools and time are not used: everything that came from
    /// outside comes from the recording.
    public static func run(
        _ recorded: [Envelope], _ configuration: SessionConfiguration
    ) async throws -> Report {
        let name = recorded.first?.session ?? "replay"
        var configuration = configuration
        if let opened = recorded.first(where: { $0.kind == .sessionOpened }) {
            configuration.context = opened.payload["context"] ?? configuration.context
            configuration.agent = opened.payload["agent"]?.string ?? configuration.agent
        }
        let log = SessionLog(session: name, time: RecordedTime(recorded))
        let journal = Journal(log: log, mode: .replay, recording: Recording(recorded))
        let session = Session(configuration, journal: journal)
        do {
            try await session.open()
            for envelope in recorded where envelope.kind == .messageReceived {
                _ = try await session.ask(envelope.payload["input"] ?? .null)
            }
            if recorded.contains(where: { $0.kind == .sessionClosed }) { try await session.close() }
        } catch let divergence as Divergence {
            journal.note(divergence)
        }
        return Report(divergence: journal.verdict(), envelopes: log.envelopes(after: 0))
    }
}
