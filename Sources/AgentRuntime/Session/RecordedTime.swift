internal import Services
internal import Values

/// The clock of a replay: it stands still where the recording begins. Nothing that is decided reads it.
struct RecordedTime: TimeSource {
    private let origin: Timestamp

    init(_ recorded: [Envelope]) { origin = recorded.first?.at ?? Timestamp(microseconds: 0) }

    func now() -> Timestamp { origin }
    func monotonicNanoseconds() -> UInt64 { 0 }
    func sleep(nanoseconds: UInt64) async throws {}
}
