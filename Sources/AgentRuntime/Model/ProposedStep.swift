internal import LanguageModels
internal import Values

/// Turns a call that a model asks for into a step, or into words on why it cannot be one. The step then goes the way
/// of every step: permissions, schema, budget, timeout and retries are looked at there, not here.
struct ProposedStep {
    enum Verdict {
        case step(PlaybookStep)
        case playbook
        case finish(isDone: Bool, reason: String)
        /// Told to the model; nothing is run.
        case refused(String)
    }

    let offer: FunctionOffer
    /// Steps that have ended, or that stand in the same batch.
    let taken: Set<String>
    /// Steps that ended well: a call of the same function with other arguments is a step of its own.
    let finished: Set<String>

    func verdict(on call: ToolCall) -> Verdict {
        guard let arguments = call.arguments?.object else {
            return .refused("the arguments are no JSON object; nothing was called")
        }
        switch call.name {
        case FunctionOffer.playbook: return .playbook
        case FunctionOffer.finish:
            return .finish(
                isDone: arguments["outcome"]?.string != "impossible", reason: arguments["reason"]?.string ?? "")
        default: break
        }
        let candidates = offer.steps(for: call.name)
        guard let action = action(call.name) else {
            return .refused("\(offer.definition.name) may not call '\(call.name)'; nothing was called")
        }
        if let wanted = arguments[FunctionOffer.stepKey], !wanted.isNull,
            !candidates.contains(where: { $0.id == wanted.string })
        {
            return .refused(
                "'\(FunctionOffer.stepKey)' names no step that calls \(call.name); known: "
                    + candidates.map(\.id).joined(separator: ", "))
        }
        let decided = offer.tools[call.name]?.descriptor.contextArguments ?? []
        if let name = arguments.members.map(\.key).first(where: decided.contains) {
            return .refused("'\(name)' is decided by the session and cannot be given; nothing was called")
        }
        let bound = bind(arguments, candidates)
        var members = decided.map { name in
            Template.Member(name, .expression(.reference(root: "context", path: [.member(name)])))
        }
        for member in arguments.members where member.key != FunctionOffer.stepKey && !member.value.isNull {
            members.append(Template.Member(member.key, Self.template(member.value)))
        }
        let defaults = bound.map { FunctionOffer.arguments(of: $0) }
        for name in defaults?.memberNames ?? [] where !members.contains(where: { $0.key == name }) {
            if let value = defaults?[member: name] { members.append(Template.Member(name, value)) }
        }
        let isUntouched = members.allSatisfy { defaults?[member: $0.key] == $0.value }
        let template = isUntouched ? defaults ?? .object(members) : .object(members)
        var step = PlaybookStep(
            id: bound?.id ?? freshID(call.name), action: action(template),
            // What a loop of the playbook is given element by element cannot be given by the model at once.
            forEach: isUntouched ? bound?.forEach : nil, retry: bound?.retry ?? PlaybookStep.Retry(),
            timeoutMilliseconds: bound?.timeoutMilliseconds, onError: .continue,
            place: bound?.place ?? offer.definition.place)
        step.isProposed = true
        return .step(step)
    }

    private func action(_ function: String) -> ((Template) -> PlaybookStep.Action)? {
        if offer.definition.tools.contains(function) {
            return { .tool(name: function, arguments: $0) }
        }
        if let agent = offer.definition.delegates.first(where: { FunctionOffer.name(ofDelegate: $0) == function }) {
            return { .delegate(agent: agent, goal: $0) }
        }
        return nil
    }

    /// The step of the playbook that a call carries out: the one that it names; otherwise the first that has not been
    /// done well and knows all arguments given.
    private func bind(_ arguments: JSONObject, _ candidates: [PlaybookStep]) -> PlaybookStep? {
        if let name = arguments[FunctionOffer.stepKey]?.string { return candidates.first { $0.id == name } }
        let given = arguments.members.map(\.key)
        let open = candidates.filter { !finished.contains($0.id) && !taken.contains($0.id) }
        return open.first { step in
            let known = FunctionOffer.arguments(of: step).memberNames
            return given.allSatisfy(known.contains)
        } ?? open.first
    }

    private func freshID(_ function: String) -> String {
        var number = 1
        while taken.contains("\(function)_\(number)") || finished.contains("\(function)_\(number)") { number += 1 }
        return "\(function)_\(number)"
    }

    /// An argument: a reference when the whole text is one, otherwise just what it says. A model writes no
    /// expressions: what it read in some table must not become one.
    static func template(_ value: JSON) -> Template {
        guard let text = value.string, text.hasPrefix("${"), text.hasSuffix("}") else { return .literal(value) }
        let inside = String(text.dropFirst(2).dropLast())
        guard case .reference(let root, let path)? = Expression.parse(inside, place: noPlace).0 else {
            return .literal(value)
        }
        return .expression(.reference(root: root, path: path))
    }

    private static let noPlace = SourcePlace(file: "<model>", line: 1)
}
