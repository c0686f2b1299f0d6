internal import MessageBus
internal import Values

/// Something that the outside decides, asked for under a path that does not depend on thread timing.
struct EffectRequest: Sendable {
    /// The path; unique to this request within the session.
    var path: String
    /// Who asks.
    var sender: String
    /// `tool`, `clock`, `person`.
    var kind: String
    /// Which tool, which clock.
    var name: String
    /// What doing it twice would mean.
    var effectClass: EffectClass
    /// The request itself.
    var arguments: JSON
    /// What the person is asked, when the effect is a person's answer.
    var question: Suspension?

    var payload: JSON {
        [
            "effect": .string(kind), "name": .string(name), "class": .string(effectClass.rawValue),
            "request": arguments,
        ]
    }

    /// What the turn waits for when the effect may or may not have happened.
    var doubt: Suspension? {
        if effectClass != .unsafe { return question }
        return Suspension(
            reason: .unsafeEffect, path: path,
            question:
                "\(name) was started before the process stopped, and its result is unknown. It is not safe to repeat.",
            options: ["again", "abandon"])
    }

    /// The failure of an unsafe effect of which nobody knows whether it happened. It is never retried.
    func unknown(_ why: String) -> ToolFailure {
        ToolFailure(
            OperonError(
                code: "effect_unknown", "\(name) \(why); whether it was done is unknown",
                hint: "Find out before it is done again: it is declared unsafe to repeat.", at: path))
    }
}

/// A part failed in a way that it does not know how to report: its agent is taken to be broken.
struct Crash: Error, Sendable {
    var error: OperonError
}

/// An effect was stopped after it had been requested. (One that was refused because the run is being stopped throws
/// `CancellationError`: it cost nothing.)
struct CancelledEffect: Error {}

extension Journal {
    /// Performs an effect once in the life of the session, or answers from the recording.
    ///
    /// Throws ``ToolFailure`` when the effect reported one, ``Crash`` for anything unexpected, `CancellationError` or
    /// ``CancelledEffect`` when the run is being stopped, ``Suspension`` when an unsafe effect has an unknown fate, and ``Divergence``.
    func effect(
        _ request: EffectRequest, perform: () async throws -> ToolOutput
    ) async throws -> ToolOutput {
        let said = try open(.effectRequested, at: request.path, sender: request.sender, payload: request.payload)
        if let recorded = upcoming(at: request.path) { return try recall(recorded, request) }
        if isOffline {
            if recordedRefusal(at: request.path) { throw CancellationError() }
            if let doubt = request.doubt, recordedWait(at: request.path) { throw doubt }
            let divergence = Divergence(
                kind: .exhausted, path: request.path, recorded: .null,
                replayed: Self.describe(.effectRequested, request.sender, request.payload))
            note(divergence)
            throw divergence
        }
        switch (takeDecision(at: request.path), said) {
        case (.result(let value), _):
            let output = ToolOutput(value)
            close(.effectCompleted, at: request.path, sender: request.sender, payload: Self.payload(of: output))
            return output
        case (.abandon, _):
            let failure = ToolFailure(
                OperonError(
                    code: "effect_abandoned", "a person gave up \(request.name), whose result was unknown",
                    at: request.path))
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.payload(of: failure))
            throw failure
        case (nil, .recorded) where Task.isCancelled:
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.cancelledPayload)
            throw CancelledEffect()
        case (nil, .recorded) where request.effectClass == .unsafe:
            if let doubt = request.doubt { throw doubt }
        case (nil, .appended(let seq)) where request.effectClass == .unsafe:
            try await requireDurable(seq, request)
        default: break
        }
        return try await carryOut(request, perform)
    }

    /// Nobody may find the deed without its request: the request is on disk before the deed is done.
    private func requireDurable(_ seq: Int, _ request: EffectRequest) async throws {
        do {
            try await log.waitUntilDurable(seq)
        } catch {
            // Not done, and what was opened is closed.
            if error.code == "cancelled" {
                close(.effectFailed, at: request.path, sender: request.sender, payload: Self.cancelledPayload)
                throw CancelledEffect()
            }
            let failure = ToolFailure(error)
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.payload(of: failure))
            throw failure
        }
    }

    private func carryOut(
        _ request: EffectRequest, _ perform: () async throws -> ToolOutput
    ) async throws -> ToolOutput {
        do {
            var output = try await perform()
            output.value = redacted(output.value)
            close(.effectCompleted, at: request.path, sender: request.sender, payload: Self.payload(of: output))
            return output
        } catch let failure as ToolFailure where Task.isCancelled && failure.error.code == "cancelled" {
            // A tool that was stopped and says so in its own way.
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.cancelledPayload)
            throw CancelledEffect()
        } catch let told as ToolFailure {
            var failure = told.withoutReservedCode
            failure.error = OperonError(json: redacted(failure.error.json)) ?? failure.error
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.payload(of: failure))
            throw failure
        } catch let suspension as Suspension {
            throw suspension
        } catch is CancellationError where Task.isCancelled {
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.cancelledPayload)
            throw CancelledEffect()
        } catch {
            // The error's text may hold anything; only its type is told.
            if request.effectClass == .unsafe {
                let failure = request.unknown("failed unexpectedly (\(type(of: error)))")
                close(.effectFailed, at: request.path, sender: request.sender, payload: Self.payload(of: failure))
                throw failure
            }
            let crash = Crash(
                error: OperonError(
                    code: "agent_crashed", "\(request.name) failed unexpectedly (\(type(of: error)))",
                    at: request.path))
            close(.effectFailed, at: request.path, sender: request.sender, payload: Self.payload(of: crash))
            throw crash
        }
    }

    /// Gives what was recorded. Two codes mean more than a failure of the tool: ``ToolFailure/reservedCodes``.
    private func recall(_ recorded: Envelope, _ request: EffectRequest) throws -> ToolOutput {
        let payload = recorded.payload
        switch recorded.kind {
        case .effectCompleted:
            close(.effectCompleted, at: request.path, sender: request.sender, payload: payload)
            return ToolOutput(
                payload["result"] ?? .null, usage: payload["usage"].map(Usage.init(json:)) ?? Usage(),
                limitReached: payload["limit"]?.string)
        case .effectFailed:
            close(.effectFailed, at: request.path, sender: request.sender, payload: payload)
            let error =
                payload["error"].flatMap(OperonError.init(json:))
                ?? OperonError(code: "effect_failed", "the recorded effect failed", at: request.path)
            switch error.code {
            case "cancelled": throw CancelledEffect()
            case "agent_crashed": throw Crash(error: error)
            default: throw ToolFailure(error, isRetryable: payload["retryable"]?.bool ?? false)
            }
        default:
            let divergence = Divergence(
                kind: .different, path: request.path, recorded: Self.describe(recorded),
                replayed: Self.describe(.effectCompleted, request.sender, .null))
            note(divergence)
            throw divergence
        }
    }

    private static func payload(of output: ToolOutput) -> JSON {
        var object: JSONObject = ["result": output.value]
        if output.usage != Usage() { object["usage"] = output.usage.json }
        if let limit = output.limitReached { object["limit"] = .string(limit) }
        return .object(object)
    }

    private static func payload(of failure: ToolFailure) -> JSON {
        ["error": failure.error.json, "retryable": .bool(failure.isRetryable)]
    }

    private static func payload(of crash: Crash) -> JSON { ["error": crash.error.json, "retryable": true] }

    private static let cancelledPayload: JSON = [
        "error": OperonError(code: "cancelled", "stopped before the result was known").json, "retryable": false,
    ]
}

extension ToolFailure {
    /// By these codes a recording tells that an effect was cancelled, or that its agent crashed. A tool that used one
    /// of them itself would be replayed as something else than it was.
    static let reservedCodes: Set<String> = ["cancelled", "agent_crashed"]

    /// The failure with a code that is the tool's own.
    var withoutReservedCode: ToolFailure {
        guard Self.reservedCodes.contains(error.code) else { return self }
        let own = OperonError(code: "tool_\(error.code)", error.message, hint: error.hint, at: error.at)
        return ToolFailure(own, isRetryable: isRetryable)
    }
}
