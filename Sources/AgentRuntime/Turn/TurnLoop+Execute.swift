internal import Values

extension TurnLoop {
    /// Runs a plan as a dataflow: a step starts when everything that it refers to has ended; a failing branch stops
    /// nobody beside it.
    func execute(
        _ plan: Plan, _ graph: StepGraph, _ observation: Observation, _ base: String, _ ledger: inout Ledger
    ) async -> PlanRun {
        var run = PlanRun(plan: plan, graph: graph, values: observation.values, remaining: ledger.remaining)
        var ready = run.start()[...]
        var running = 0
        await withTaskGroup(of: (Int, StepEnd).self) { group in
            while true {
                while let number = ready.popFirst() {
                    let path = "\(base)/\(run.steps[number].id)"
                    switch run.decide(number) {
                    case .skip(let reason):
                        ready += settle(number, StepEnd(.skipped(reason: reason)), path, &run)
                    case .cut(let budget):
                        ready += settle(number, StepEnd(.starved(budget: budget)), path, &run)
                    case .follow(let kind):
                        ready += run.end(number, StepEnd(kind))
                    case .run:
                        if case .answer(let template, _) = run.steps[number].action {
                            ready += answer(number, template, path, &run)
                            continue
                        }
                        let runner = self.runner(number, path, &run)
                        if ready.isEmpty && running == 0 {
                            // Alone: nothing can run beside it, so it needs no task of its own.
                            let end = await runner.run()
                            ready += run.end(number, end)
                            warn(&ledger, run)
                        } else {
                            running += 1
                            group.addTask { (number, await runner.run()) }
                        }
                    }
                }
                guard running > 0, let (number, end) = await group.next() else { return }
                running -= 1
                ready += run.end(number, end)
                warn(&ledger, run)
            }
        }
        ledger.settle(run.usage)
        return run
    }

    private func runner(_ number: Int, _ path: String, _ run: inout PlanRun) -> StepRunner {
        let share = run.share(of: number)
        return StepRunner(
            site: StepRunner.Site(
                step: run.steps[number], agent: definition.name, delegates: definition.delegates,
                tools: definition.tools, context: request.context, environment: environment),
            path: path, scope: run.scope, share: share)
    }

    private func settle(_ number: Int, _ end: StepEnd, _ path: String, _ run: inout PlanRun) -> [Int] {
        environment.journal.close(.stepFinished, at: path, sender: definition.name, payload: end.payload)
        return run.end(number, end)
    }

    /// Answer steps are the reserved tail: they cost nothing and run also when a limit has been reached.
    private func answer(_ number: Int, _ template: Template, _ path: String, _ run: inout PlanRun) -> [Int] {
        environment.journal.close(.stepStarted, at: path, sender: definition.name, payload: ["does": "answer"])
        return settle(number, StepEnd(.finished(template.value(in: run.scope))), path, &run)
    }

    private func warn(_ ledger: inout Ledger, _ run: PlanRun) {
        for (name, used, limit) in ledger.warnings(inFlight: run.usage) {
            environment.journal.remark(
                .budgetWarned, at: request.path, sender: definition.name,
                payload: ["budget": .string(name), "used": .int(used), "limit": .int(limit)])
        }
    }
}
