internal import LanguageModels
internal import MessageBus
internal import Values

/// One call of a language model as an effect: requested and answered on the log, within the turn's budget, streamed to
/// whoever watches.
struct ModelEffect {
    let model: any LanguageModel
    let definition: AgentDefinition
    let site: PhaseSite
    /// `<phase>/m<n>`
    let path: String

    /// The least output that is worth a call, in tokens.
    static let leastOutput = 128

    /// Makes the call. Throws ``ModelError`` when the model failed or the budget does not allow it, and what
    /// ``Journal/effect(_:perform:)`` throws when the run is being stopped or diverges.
    func call(_ request: ModelRequest, logged: JSON) async throws -> ModelReply {
        let request = try reserved(request)
        var payload = logged.object ?? [:]
        payload["model"] = .string(model.profile.name)
        payload["digest"] = .string(SHA256Digest.short(request.json))
        payload["max_output_tokens"] = .optional(request.maxOutputTokens)
        let journal = site.environment.journal
        let effect = EffectRequest(
            path: path, sender: definition.name, kind: "model", name: model.profile.name, effectClass: .readOnly,
            arguments: .object(payload))
        let output: ToolOutput
        do {
            output = try await journal.effect(effect) { try await perform(request, journal) }
        } catch let failure as ToolFailure {
            throw ModelError(failure: failure)
        }
        site.spend(output.usage)
        guard let reply = ModelReply(json: output.value) else {
            throw ModelError(.decode, "the recorded answer is none")
        }
        return reply
    }

    private func perform(_ request: ModelRequest, _ journal: Journal) async throws -> ToolOutput {
        // Half of the turn's time at most: what is left must do for the playbook.
        let call = ModelCall(
            id: "\(journal.log.session)/\(path)", caller: definition.name, timeout: site.environment.wall / 2,
            onParts: { parts in
                guard let payload = Self.delta(parts) else { return }
                journal.remark(.modelDelta, at: path, sender: definition.name, payload: payload)
            },
            onEvent: { event in
                var kind = EventName.log
                if case .breakerChanged = event { kind = .breakerChanged }
                journal.remark(kind, at: path, sender: definition.name, payload: event.json)
            })
        do {
            let reply = try await model.respond(to: request, in: call)
            return ToolOutput(reply.json, usage: usage(of: reply, request))
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
            throw ToolFailure(error.operonError, isRetryable: error.isRetryable)
        }
    }

    /// Text and calls of a batch of parts, joined; nil when there is nothing to show.
    private static func delta(_ parts: [ModelPart]) -> JSON? {
        var text = ""
        var reasoning = ""
        var calls: [JSON] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .reasoning(let piece): reasoning += piece
            case .toolCallStarted(_, _, let name): calls.append(.string(name))
            case .toolCallArguments, .usage, .finish: break
            }
        }
        var object: JSONObject = [:]
        if !text.isEmpty { object["text"] = .string(text) }
        if !reasoning.isEmpty { object["reasoning"] = .string(reasoning) }
        if !calls.isEmpty { object["calls"] = .array(calls) }
        return object.members.isEmpty ? nil : .object(object)
    }

    // MARK: Budget

    /// The request with no more output than the context window, the tokens and the money that are left allow. What the
    /// input takes is estimated from its bytes, on the safe side.
    private func reserved(_ request: ModelRequest) throws -> ModelRequest {
        let profile = model.profile
        let input = Self.estimate(request)
        let spent = site.meter?.total ?? Usage()
        let left = site.remaining - spent
        var room = [("context window", profile.contextWindow - input), ("tokens", left.tokens - input)]
        if let price = profile.price, price.output > 0, left.microcost != .max {
            let money = left.microcost - price.cost(of: TokenUsage(input: input))
            room.append(("cost", Int(Double(money) / Double(price.output) * 1_000_000)))
        }
        if let tight = room.first(where: { $0.1 < Self.leastOutput }) {
            let isWindow = tight.0 == "context window"
            throw ModelError(
                isWindow ? .limit : .budget,
                isWindow
                    ? "about \(input) tokens do not fit into the model's context window"
                    : "the \(tight.0) budget of \(definition.name) does not allow another call of the model")
        }
        var request = request
        let wanted = min(request.maxOutputTokens ?? profile.maxOutputTokens, profile.maxOutputTokens)
        request.maxOutputTokens = room.reduce(wanted) { min($0, $1.1) }
        return request
    }

    private func usage(of reply: ModelReply, _ request: ModelRequest) -> Usage {
        // A provider that does not say what it used is believed to have used what was reserved.
        let used = reply.usage ?? TokenUsage(input: Self.estimate(request), output: request.maxOutputTokens ?? 0)
        var usage = Usage(tokens: used.input.saturatingAdd(used.output))
        usage.outputTokens = used.output
        usage.microcost = model.profile.price?.cost(of: used) ?? 0
        return usage
    }

    static func estimate(_ request: ModelRequest) -> Int {
        let conversation = Conversation(system: request.system, entries: request.messages)
        let tools = request.tools.reduce(0) {
            $0 + TokenEstimate.byBytes.tokens(in: $1.input.json.description) + $1.summary.utf8.count / 3
        }
        return conversation.tokens() + tools
    }
}

extension ModelError {
    /// The error that an effect reported, live or from a recording.
    init(failure: ToolFailure) {
        let code = failure.error.code
        let kind = code.hasPrefix("model_") ? Kind(rawValue: String(code.dropFirst(6))) : nil
        self.init(kind ?? .server, failure.error.message, isRetryable: failure.isRetryable)
    }
}
