internal import Values

/// The state of a plan while it runs: which steps have ended, which may start. Pure; the turn's loop acts on it.
struct PlanRun: Sendable {
    /// What to do with a step whose dependencies have all ended.
    enum Decision: Sendable {
        case run
        case skip(reason: String)
        /// A budget or the clock kept a step before it from running.
        case cut(budget: String)
        /// A step before it was stopped, waits for a person, or diverged: this one shares its fate.
        case follow(StepEnd.Kind)
    }

    let steps: [PlaybookStep]
    let graph: StepGraph
    private(set) var scope: Scope
    private(set) var ends: [StepEnd?]
    private var waitsFor: [Int]
    private let flow: BudgetFlow
    private let remaining: Usage
    private var pools: [Usage?]

    init(plan: Plan, graph: StepGraph, values: [String: JSON], remaining: Usage) {
        steps = plan.steps
        self.graph = graph
        scope = Scope(values: values)
        ends = Array(repeating: nil, count: plan.steps.count)
        waitsFor = graph.nodes.map { $0.all.count }
        let running = plan.isWhole ? [] : Set(plan.running)
        kept = plan.isWhole ? [] : plan.steps.indices.filter { !running.contains(plan.steps[$0].id) }
        keptStates = plan.kept
        self.remaining = remaining
        pools = Array(repeating: nil, count: plan.steps.count)
        flow =
            kept.isEmpty
            ? graph.flow
            : BudgetFlow(
                dependencies: graph.nodes.map(\.all), costs: graph.nodes.map(\.costs),
                running: plan.steps.map { running.contains($0.id) })
    }

    private let kept: [Int]
    private let keptStates: [String: Scope.StepState]

    /// The steps that may start at once, in declared order.
    mutating func start() -> [Int] {
        var ready = steps.indices.filter { waitsFor[$0] == 0 && !kept.contains($0) }
        for number in kept {
            let state = keptStates[steps[number].id] ?? .skipped
            scope.steps[steps[number].id] = state
            var end: StepEnd
            switch state {
            case .finished(let value): end = StepEnd(.finished(value))
            case .skipped: end = StepEnd(.skipped(reason: "kept"))
            case .failed(let message): end = StepEnd(.failed(OperonError(code: "step_failed", message)))
            }
            end.usage = Usage()
            ends[number] = end
        }
        for number in kept { ready += release(number) }
        return ready.filter { ends[$0] == nil }.sorted()
    }

    /// Books the end of a step; returns the steps that may start now, in declared order.
    mutating func end(_ number: Int, _ end: StepEnd) -> [Int] {
        ends[number] = end
        switch end.kind {
        case .finished(let value): scope.steps[steps[number].id] = .finished(value)
        case .failed(let error): scope.steps[steps[number].id] = .failed(error.message)
        default: scope.steps[steps[number].id] = .skipped
        }
        return release(number).sorted()
    }

    private mutating func release(_ number: Int) -> [Int] {
        var ready: [Int] = []
        for dependent in graph.nodes[number].dependents {
            waitsFor[dependent] -= 1
            if waitsFor[dependent] == 0 && ends[dependent] == nil { ready.append(dependent) }
        }
        return ready
    }

    /// What to do with a step that may start.
    func decide(_ number: Int) -> Decision {
        var isAnswer = false
        if case .answer = steps[number].action { isAnswer = true }
        for dependency in graph.nodes[number].all {
            switch ends[dependency]?.kind {
            case .suspended(let suspension): return .follow(.suspended(suspension))
            case .diverged: return .follow(.diverged)
            case .cancelled where !isAnswer: return .follow(.cancelled)
            // The reserved tail: what a limit leaves is still made into an answer.
            case .starved(let budget) where !isAnswer: return .cut(budget: budget)
            default: break
            }
        }
        for dependency in graph.nodes[number].strict {
            switch ends[dependency]?.kind {
            case .skipped: return .skip(reason: "step \(steps[dependency].id) did not run")
            case .failed: return .skip(reason: "step \(steps[dependency].id) failed")
            default: break
            }
        }
        if let condition = steps[number].condition, condition.value(in: scope).isTruthy == false {
            return .skip(reason: "its condition does not hold")
        }
        return .run
    }

    /// What a step that may start may use.
    mutating func share(of number: Int) -> Usage {
        flow.pool(
            of: number, remaining: remaining, used: { [ends] in ends[$0]?.usage ?? Usage() }, known: &pools)
    }

    /// What all steps used.
    var usage: Usage {
        var sum = Usage()
        for end in ends { if let end { sum += end.usage } }
        return sum
    }

    /// The calls of the round in declared order.
    var calls: [CallRecord] { ends.flatMap { $0?.calls ?? [] } }

    /// What came of the plan, merged in declared order.
    func execution(interruption: Interruption?) -> Execution {
        var result = Execution(scope: scope)
        for (number, step) in steps.enumerated() {
            guard let end = ends[number] else { continue }
            result.truncated = result.truncated ?? end.truncated
            result.reasons += end.reasons
            switch end.kind {
            case .finished(let value):
                if case .answer(_, let outcome) = step.action, result.answer == nil {
                    result.answer = value
                    result.answerOutcome = outcome
                }
            case .failed(let error):
                switch step.onError {
                case .fail: result.failure = result.failure ?? error
                case .degrade: result.reasons.append("\(step.id): \(error.message)")
                case .continue: break
                }
            case .starved(let budget): result.truncated = result.truncated ?? budget
            case .cancelled where interruption == .deadline: result.truncated = result.truncated ?? "wall"
            default: break
            }
        }
        return result
    }

    /// What a person must say before the plan can go on, of the first such step in declared order.
    var suspension: Suspension? {
        for end in ends { if case .suspended(let suspension) = end?.kind { return suspension } }
        return nil
    }

    /// Whether a step did something unsafe, or may have.
    var isUnrepeatable: Bool { ends.contains { $0?.isUnrepeatable ?? false } }
    /// Whether a step was stopped from outside.
    var isCancelled: Bool { ends.contains { if case .cancelled = $0?.kind { true } else { false } } }
    /// Whether a step found the recording to say otherwise.
    var isDiverged: Bool { ends.contains { if case .diverged = $0?.kind { true } else { false } } }
}
