internal import Values

/// The dataflow between the steps of a playbook: who needs whom, and who may run beside whom. Computed once per
/// definition; pure.
struct StepGraph: Sendable {
    struct Node: Sendable {
        /// Steps that must have run: when one was skipped, so is this one.
        var strict: [Int] = []
        /// Steps that must have ended, however.
        var all: [Int] = []
        /// Steps that wait for this one.
        var dependents: [Int] = []
        /// Whether it costs anything: answers do not.
        var costs = true
        /// `{"id","does","after"}`: the step as plans on the log show it.
        var description = JSON.null
    }

    let nodes: [Node]
    /// How a round in which every step runs divides what there is.
    let flow: BudgetFlow
    let index: [String: Int]

    /// Reads the references of `steps`. The loader has refused cycles and unknown names; here both are left out.
    init(_ steps: [PlaybookStep]) {
        var index: [String: Int] = [:]
        for (number, step) in steps.enumerated() { index[step.id] = number }
        var nodes = steps.map { _ in Node() }
        for (number, step) in steps.enumerated() {
            var strict: [String] = []
            var lenient = step.after
            step.collectReferences(strict: &strict, lenient: &lenient)
            nodes[number].strict = Self.numbers(strict, index, except: number)
            nodes[number].all = Self.numbers(strict + lenient, index, except: number)
            for dependency in nodes[number].all { nodes[dependency].dependents.append(number) }
            if case .answer = step.action { nodes[number].costs = false }
        }
        for (number, step) in steps.enumerated() {
            nodes[number].description = [
                "id": .string(step.id), "does": .string(step.summary),
                "after": .strings(nodes[number].all.map { steps[$0].id }),
            ]
        }
        flow = BudgetFlow(dependencies: nodes.map(\.all), costs: nodes.map(\.costs))
        self.nodes = nodes
        self.index = index
    }

    private static func numbers(_ names: [String], _ index: [String: Int], except own: Int) -> [Int] {
        Array(Set(names.compactMap { index[$0] })).filter { $0 != own }.sorted()
    }

    /// The steps named in `ids` and everything that comes after them in the dataflow, in declared order.
    func closure(of ids: [String]) -> [Int] {
        var seen: Set<Int> = []
        var open = ids.compactMap { index[$0] }
        while let next = open.popLast() {
            if seen.insert(next).inserted { open.append(contentsOf: nodes[next].dependents) }
        }
        return seen.sorted()
    }
}

extension PlaybookStep {
    /// Every name that the step's templates and conditions refer to.
    func collectReferences(strict: inout [String], lenient: inout [String]) {
        switch action {
        case .tool(_, let template), .delegate(_, let template), .answer(let template, _):
            template.collectReferences(strict: &strict, lenient: &lenient)
        case .ask(let question, let options):
            question.collectReferences(strict: &strict, lenient: &lenient)
            options.collectReferences(strict: &strict, lenient: &lenient)
        }
        condition?.collectReferences(strict: &strict, lenient: &lenient)
        forEach?.list.collectReferences(strict: &strict, lenient: &lenient)
        if let variable = forEach?.variable {
            strict.removeAll { $0 == variable }
            lenient.removeAll { $0 == variable }
        }
    }

    /// What the step does, in a few words for plans and traces.
    var summary: String {
        switch action {
        case .tool(let name, _): "tool \(name)"
        case .delegate(let agent, _): "delegate \(agent)"
        case .ask: "ask"
        case .answer: "answer"
        }
    }
}
