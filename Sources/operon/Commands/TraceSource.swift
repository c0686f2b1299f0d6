import MessageBus
import Services
import Traces
import Values

/// Where a trace comes from: a file, or a session of the store.
enum TraceSource {
    /// The envelopes of `name`; notes about a torn end go to standard error.
    static func read(_ name: String, _ invocation: Invocation) async throws -> [Envelope] {
        if Files.exists(name) && !Files.isDirectory(name) {
            let contents = try await BlockingThread().run { try TraceFile.read(name) }
            for note in contents.notes { invocation.terminal.note("\(note)") }
            guard !contents.envelopes.isEmpty else {
                throw OperonError(code: "trace_invalid", "\(name) holds no events", at: name)
            }
            return contents.envelopes
        }
        if name.contains("/") || name.hasSuffix(".jsonl") {
            throw OperonError(
                code: "trace_missing", "there is no trace at \(name)",
                hint: "Write one with: operon ask … --trace FILE.", at: name)
        }
        let store = try SessionHost.store(invocation, reading: true)
        return try await store.envelopes(of: name)
    }

    /// Whether an error says that a trace was changed or damaged, rather than that it is not there.
    static func isDamage(_ error: OperonError) -> Bool {
        ["trace_tampered", "trace_invalid", "envelope_invalid"].contains(error.code)
    }
}
