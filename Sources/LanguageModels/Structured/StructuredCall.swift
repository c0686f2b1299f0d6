public import Services
internal import Synchronization
public import Values

/// A value that a model gave in the form that was asked for.
public struct StructuredReply<Value: Sendable>: Sendable {
    /// The value.
    public var value: Value
    /// What all rounds used; nil when no provider said.
    public var usage: TokenUsage?
    /// The requests that all rounds took.
    public var attempts: Int
    /// 1, or 2 when the answer was mended.
    public var rounds: Int
}

extension LanguageModel {
    /// Asks for a value of a type. Its schema is derived (``/Values/JSONSchema/derived(from:)``).
    ///
    /// - Parameters:
    ///   - name: what the form is called: `^[a-z][a-z0-9_]{2,63}$`.
    ///   - request: the conversation; see ``StructuredFlow``.
    ///   - time: measures what is left of the call's timeout for the second round.
    ///   - onValue: takes what has come of the value so far, for showing it live; it starts anew with a second round.
    /// - Throws: `badRequest` when the type has no strict schema; `invalidOutput` when the answer does not fit, also
    ///   after it was shown its violations once; `truncated` when the limit on tokens ended it; the model's errors.
    public func structured<T: Decodable & Sendable>(
        _ type: T.Type, named name: String = "answer", from request: ModelRequest, in call: ModelCall = ModelCall(),
        time: any TimeSource = SystemTime(), onValue: (@Sendable (JSON) async -> Void)? = nil
    ) async throws(ModelError) -> StructuredReply<T> {
        let schema: JSONSchema
        do throws(OperonError) {
            schema = try JSONSchema.derived(from: type)
        } catch {
            throw ModelError(.badRequest, "\(type) cannot be asked for: \(error)", attempts: 0)
        }
        let reply = try await structured(
            OutputFormat(name: name, schema: schema), from: request, in: call, time: time, onValue: onValue,
            check: { value in
                do throws(OperonError) {
                    _ = try value.decoded(as: type)
                    return []
                } catch {
                    return [SchemaViolation(path: error.at, message: error.message)]
                }
            })
        do throws(OperonError) {
            return StructuredReply(
                value: try reply.value.decoded(as: type), usage: reply.usage, attempts: reply.attempts,
                rounds: reply.rounds)
        } catch {
            throw ModelError(.invalidOutput, "\(type) does not accept the same value twice: \(error)", attempts: 0)
        }
    }

    /// Asks for a value that fits a schema.
    ///
    /// - Parameters:
    ///   - time: measures what is left of the call's timeout for the second round.
    ///   - onValue: takes what has come of the value so far.
    ///   - check: rules beyond the schema.
    /// - Throws: as the form for a type does.
    public func structured(
        _ output: OutputFormat, from request: ModelRequest, in call: ModelCall = ModelCall(),
        time: any TimeSource = SystemTime(), onValue: (@Sendable (JSON) async -> Void)? = nil,
        check: @escaping @Sendable (JSON) -> [SchemaViolation] = { _ in [] }
    ) async throws(ModelError) -> StructuredReply<JSON> {
        var flow = try StructuredFlow(request, output: output, mode: StructuredMode(profile), check: check)
        let start = time.monotonicNanoseconds()
        var call = call
        let (id, timeout) = (call.id, call.timeout)
        while true {
            let live = onValue.map { LiveValue(call: call, mode: flow.mode, onValue: $0) }
            switch flow.take(try await respond(to: flow.request, in: live?.watched ?? call)) {
            case .done(let value):
                return StructuredReply(
                    value: value, usage: flow.usage, attempts: flow.attempts, rounds: flow.rounds)
            case .failed(let error): throw error
            case .repair:
                // Other work than before, so another key; and what is left of the time.
                if !id.isEmpty { call.id = "\(id)-repair" }
                let spent = Duration.nanoseconds(Int64(time.monotonicNanoseconds() - start))
                guard let timeout else { continue }
                guard timeout > spent else {
                    throw ModelError(
                        .timeout, "there was no time left to mend the answer; allow more", attempts: flow.attempts)
                }
                call.timeout = timeout - spent
            }
        }
    }
}

/// Reads a value while it comes, beside whoever takes the parts.
private final class LiveValue: Sendable {
    private let parser = Mutex(PartialJSON())
    private let call: ModelCall
    private let mode: StructuredMode
    private let onValue: @Sendable (JSON) async -> Void

    init(call: ModelCall, mode: StructuredMode, onValue: @escaping @Sendable (JSON) async -> Void) {
        self.call = call
        self.mode = mode
        self.onValue = onValue
    }

    /// The call with its parts read along.
    var watched: ModelCall {
        var watched = call
        watched.onParts = { parts in
            await self.call.onParts?(parts)
            let pieces = parts.compactMap { part -> String? in
                switch (part, self.mode) {
                case (.text(let text), .native): text
                case (.toolCallArguments(0, let text), .tool): text
                default: nil
                }
            }
            guard !pieces.isEmpty else { return }
            let value = self.parser.withLock { parser in
                for piece in pieces { parser.feed(piece) }
                return parser.value
            }
            if let value { await self.onValue(value) }
        }
        return watched
    }
}
