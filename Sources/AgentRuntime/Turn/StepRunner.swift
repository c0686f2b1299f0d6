internal import Services
internal import Values

/// Runs one step of a plan: once or per element, with retries, within its share of the budget.
struct StepRunner: Sendable {
    /// What does not change from attempt to attempt.
    struct Site: Sendable {
        let step: PlaybookStep
        /// Whose step it is, with what that agent may do.
        let agent: String
        let delegates: [String]
        let tools: [String]
        /// What travels with every request.
        let context: JSON
        let environment: TurnEnvironment
    }

    let site: Site
    /// `<turn>/execute/<step>`
    let path: String
    let scope: Scope
    let share: Usage

    private var step: PlaybookStep { site.step }
    private var agent: String { site.agent }
    private var environment: TurnEnvironment { site.environment }
    private var journal: Journal { environment.journal }

    /// Runs the step. Says `step.started` and `step.finished`.
    func run() async -> StepEnd {
        if let starved = starvation(of: share) { return close(StepEnd(.starved(budget: starved)), opened: false) }
        do {
            try journal.open(.stepStarted, at: path, sender: agent, payload: ["does": .string(step.summary)])
        } catch {
            return StepEnd(ending(error))
        }
        return close(step.forEach == nil ? await runOnce() : await runForEach(), opened: true)
    }

    private func starvation(of share: Usage) -> String? {
        if share.steps < 1 { return "steps" }
        if case .answer = step.action { return nil }
        return share.calls < 1 ? "calls" : nil
    }

    private func runOnce() async -> StepEnd {
        var end = await attempts(path, scope, share - Usage(steps: 1))
        end.usage += Usage(steps: 1)
        return end
    }

    /// One child per element; results in the order of the elements.
    private func runForEach() async -> StepEnd {
        guard let forEach = step.forEach, let elements = forEach.list.value(in: scope).array else {
            return StepEnd(
                .failed(
                    OperonError(
                        code: "not_a_list", "for_each of step \(step.id) needs a list", at: step.place.description)),
                usage: Usage(steps: 1))
        }
        let own = share - Usage(steps: 1)
        let count = min(elements.count, max(0, forEach.limit), own.steps, own.calls)
        var ends: [StepEnd] = []
        let ledger = Ledger(limit: own)
        await withTaskGroup(of: (Int, StepEnd).self) { group in
            for number in 0..<count {
                var inner = scope
                inner.values[forEach.variable] = elements[number]
                let seen = inner
                let part = ledger.share(rank: number, width: count)
                group.addTask { (number, await attempts("\(path)/i\(number + 1)", seen, part - Usage(steps: 1))) }
            }
            var byNumber = [StepEnd?](repeating: nil, count: count)
            for await (number, end) in group { byNumber[number] = end }
            ends = byNumber.compactMap { $0 }
        }
        var merged = merge(ends)
        if count < elements.count {
            if count == forEach.limit {
                merged.reasons.append("step \(step.id) did \(count) of \(elements.count) elements")
            } else {
                merged.truncated = own.calls <= count ? "calls" : "steps"
            }
        }
        return merged
    }

    /// The first element that failed decides, in element order; results otherwise.
    private func merge(_ ends: [StepEnd]) -> StepEnd {
        var results: [JSON] = []
        var merged = StepEnd(.finished(.array([])), usage: Usage(steps: 1))
        var decisive: StepEnd.Kind?
        for (number, end) in ends.enumerated() {
            merged.usage += end.usage
            merged.usage += Usage(steps: 1)
            merged.reasons += end.reasons
            merged.calls += end.calls
            merged.truncated = merged.truncated ?? end.truncated
            merged.isUnrepeatable = merged.isUnrepeatable || end.isUnrepeatable
            switch end.kind {
            case .finished(let value): results.append(value)
            case .failed(let error) where step.onError != .fail:
                results.append(.null)
                if step.onError == .degrade {
                    merged.reasons.append("\(step.id), element \(number + 1): \(error.message)")
                }
            default: if decisive == nil || end.outranks(decisive) { decisive = end.kind }
            }
        }
        merged.kind = decisive ?? .finished(.array(results))
        return merged
    }

    private func attempts(_ path: String, _ scope: Scope, _ share: Usage) async -> StepEnd {
        var used = Usage()
        var attempt = 1
        while true {
            // Before the delay, so that a step that cannot go on ends in the same way whether it is stopped or not.
            if share.calls - used.calls < 1 { return StepEnd(.starved(budget: "calls"), usage: used) }
            if attempt > 1 {
                let backoff = Backoff(base: .milliseconds(step.retry.backoffMilliseconds))
                do {
                    try await environment.pause(backoff, attempt: attempt - 1, before: "\(path)/a\(attempt)")
                } catch { return StepEnd(.cancelled, usage: used) }
            }
            let call = StepCall(
                site: site, path: "\(path)/a\(attempt)", key: path, scope: scope, share: share - used)
            var end = await result(of: call)
            end.usage += used
            guard case .failed(let error) = end.kind, isWorthAnother(error, end), attempt < step.retry.attempts
            else { return end }
            used = end.usage
            attempt += 1
        }
    }

    private func isWorthAnother(_ error: OperonError, _ end: StepEnd) -> Bool {
        // Something unsafe was done, or may have been: doing it again is not for the playbook to say.
        if end.isUnrepeatable { return false }
        return step.retry.codes.isEmpty ? end.isRetryable : step.retry.codes.contains(error.code)
    }

    /// One attempt; whatever reached the outside counts as a call.
    private func result(of call: StepCall) async -> StepEnd {
        do {
            return try await call.perform()
        } catch let failure as ToolFailure {
            var end = StepEnd(.failed(failure.error), usage: Usage(calls: 1))
            end.isRetryable = failure.isRetryable
            end.isUnrepeatable = failure.error.code == "effect_unknown"
            return end
        } catch let crash as Crash {
            return StepEnd(.failed(crash.error), usage: Usage(calls: 1))
        } catch is CancelledEffect {
            return StepEnd(.cancelled, usage: Usage(calls: 1))
        } catch {
            return StepEnd(ending(error))
        }
    }

    private func ending(_ error: any Error) -> StepEnd.Kind {
        switch error {
        case is CancellationError: .cancelled
        case is Divergence: .diverged
        case let suspension as Suspension: .suspended(suspension)
        case let error as OperonError: .failed(error)
        default: .failed(OperonError(code: "agent_crashed", "step \(step.id) failed unexpectedly", at: path))
        }
    }

    /// A suspended step stays open: it will go on. A diverged one says nothing more.
    private func close(_ end: StepEnd, opened: Bool) -> StepEnd {
        switch end.kind {
        case .suspended, .diverged: return end
        case .cancelled where !opened: return end
        default:
            journal.close(.stepFinished, at: path, sender: agent, payload: end.payload)
            return end
        }
    }
}

extension StepEnd {
    /// Whether this end matters more than `other` for a step of many elements.
    func outranks(_ other: Kind?) -> Bool {
        func weight(_ kind: Kind?) -> Int {
            switch kind {
            case .diverged: 5
            // Above a cancelled one: what waits for a person is still open, and so must the step be.
            case .suspended: 4
            case .cancelled: 3
            case .failed: 2
            case .starved: 1
            default: 0
            }
        }
        return weight(kind) > weight(other)
    }

    /// The payload of `step.finished`.
    var payload: JSON {
        var object: JSONObject = [:]
        switch kind {
        case .finished: object["status"] = "completed"
        case .skipped(let reason):
            object["status"] = "skipped"
            object["reason"] = .string(reason)
        case .failed(let error):
            object["status"] = "failed"
            object["error"] = error.json
        case .starved(let budget):
            object["status"] = "starved"
            object["budget"] = .string(budget)
        case .cancelled: object["status"] = "cancelled"
        case .suspended, .diverged: object["status"] = "open"
        }
        if let truncated { object["truncated"] = .string(truncated) }
        return .object(object)
    }
}
