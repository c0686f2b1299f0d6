internal import Synchronization

/// Knows whether any of an answer has passed on to the caller. News of usage are no part of an answer: a later attempt
/// replaces them.
final class PassedParts: Sendable {
    private let flag = Atomic(false)

    /// Whether a part has passed.
    var hasPassed: Bool { flag.load(ordering: .relaxed) }

    /// Notes what is about to pass.
    func note(_ parts: [ModelPart]) {
        if !hasPassed, Self.hasOutput(parts) { flag.store(true, ordering: .relaxed) }
    }

    /// `call`, watched. A call whose parts nobody takes stays as it is.
    func watching(_ call: ModelCall) -> ModelCall {
        guard let onParts = call.onParts else { return call }
        var watched = call
        watched.onParts = { parts in
            self.note(parts)
            await onParts(parts)
        }
        return watched
    }

    /// Whether there is anything of an answer in these parts.
    static func hasOutput(_ parts: [ModelPart]) -> Bool {
        parts.contains { if case .usage = $0 { false } else { true } }
    }
}
