public import Values

extension Expression {
    /// The value in `scope`. Total: what is missing is null, what cannot be compared is not equal and not ordered.
    public func value(in scope: Scope) -> JSON {
        switch self {
        case .literal(let value): return value
        case .reference(let root, let path): return Self.resolve(root, path, scope)
        case .not(let operand): return .bool(!operand.value(in: scope).isTruthy)
        case .binary(let op, let left, let right): return Self.apply(op, left, right, scope)
        case .call(let function, let arguments): return Self.call(function, arguments, scope)
        }
    }

    private static func resolve(_ root: String, _ path: [Accessor], _ scope: Scope) -> JSON {
        var value: JSON
        if let known = scope.values[root] {
            value = known
        } else if case .finished(let result) = scope.steps[root] {
            value = result
        } else {
            return .null
        }
        for accessor in path {
            switch accessor {
            case .member(let name): value = value[name] ?? .null
            case .index(let index): value = value[index] ?? .null
            }
        }
        return value
    }

    private static func apply(_ op: Operator, _ left: Expression, _ right: Expression, _ scope: Scope) -> JSON {
        let a = left.value(in: scope)
        if op == .or { return .bool(a.isTruthy || right.value(in: scope).isTruthy) }
        if op == .and { return .bool(a.isTruthy && right.value(in: scope).isTruthy) }
        let b = right.value(in: scope)
        switch op {
        case .equal: return .bool(a.isSame(as: b))
        case .notEqual: return .bool(!a.isSame(as: b))
        case .less: return .bool(a.isBefore(b))
        case .lessOrEqual: return .bool(a.isBefore(b) || a.isOrderedSame(as: b))
        case .greater: return .bool(b.isBefore(a))
        case .greaterOrEqual: return .bool(b.isBefore(a) || a.isOrderedSame(as: b))
        case .isIn:
            if let list = b.array { return .bool(list.contains { $0.isSame(as: a) }) }
            if let object = b.object, let key = a.string { return .bool(object[key] != nil) }
            return .bool(false)
        case .plus:
            if case .int(let x) = a, case .int(let y) = b { return .int(x &+ y) }
            if let x = a.double, let y = b.double { return .double(x + y) }
            if let x = a.string, let y = b.string { return .string(x + y) }
            if let x = a.array, let y = b.array { return .array(x + y) }
            return .null
        case .minus:
            if case .int(let x) = a, case .int(let y) = b { return .int(x &- y) }
            if let x = a.double, let y = b.double { return .double(x - y) }
            return .null
        case .or, .and: return .null
        }
    }

    private static func call(_ function: Function, _ arguments: [Expression], _ scope: Scope) -> JSON {
        func argument(_ index: Int) -> JSON {
            arguments.indices.contains(index) ? arguments[index].value(in: scope) : .null
        }
        func state() -> Scope.StepState? {
            guard case .reference(let root, _) = arguments.first else { return nil }
            return scope.steps[root]
        }
        switch function {
        case .count: return .int(argument(0).elementCount)
        case .empty: return .bool(argument(0).elementCount == 0)
        case .exists: return .bool(!argument(0).isNull)
        case .default:
            let value = argument(0)
            return value.isNull ? argument(1) : value
        case .first: return argument(0)[0] ?? .null
        case .join:
            let texts = (argument(0).array ?? []).map(\.plainText)
            return .string(texts.joined(separator: argument(1).string ?? ", "))
        case .failed: if case .failed = state() { return true } else { return false }
        case .skipped: if case .skipped = state() { return true } else { return false }
        case .error: if case .failed(let message) = state() { return .string(message) } else { return .null }
        }
    }

    /// The roots that must have run for the expression to make sense, and those that it only asks about (inside
    /// `default`, `exists`, `failed`, `skipped`, `error`). A step is skipped when a strict one was skipped.
    public func collectReferences(strict: inout [String], lenient: inout [String], isLenient: Bool = false) {
        switch self {
        case .literal: return
        case .reference(let root, _):
            if isLenient { lenient.append(root) } else { strict.append(root) }
        case .not(let operand): operand.collectReferences(strict: &strict, lenient: &lenient, isLenient: isLenient)
        case .binary(_, let left, let right):
            left.collectReferences(strict: &strict, lenient: &lenient, isLenient: isLenient)
            right.collectReferences(strict: &strict, lenient: &lenient, isLenient: isLenient)
        case .call(let function, let arguments):
            let asks = [.default, .exists, .failed, .skipped, .error].contains(function)
            for (index, argument) in arguments.enumerated() {
                let soft = isLenient || (asks && index == 0)
                argument.collectReferences(strict: &strict, lenient: &lenient, isLenient: soft)
            }
        }
    }
}

extension Template {
    /// The value in `scope`.
    public func value(in scope: Scope) -> JSON {
        switch self {
        case .literal(let value): return value
        case .expression(let expression): return expression.value(in: scope)
        case .text(let parts):
            var text = ""
            for part in parts {
                switch part {
                case .text(let plain): text += plain
                case .expression(let expression): text += expression.value(in: scope).plainText
                }
            }
            return .string(text)
        case .object(let members):
            return .object(
                JSONObject(uniqueMembers: members.map { JSONObject.Member($0.key, $0.value.value(in: scope)) }))
        case .array(let elements): return .array(elements.map { $0.value(in: scope) })
        }
    }

    /// See ``Expression/collectReferences(strict:lenient:isLenient:)``.
    public func collectReferences(strict: inout [String], lenient: inout [String]) {
        switch self {
        case .literal: return
        case .expression(let expression): expression.collectReferences(strict: &strict, lenient: &lenient)
        case .text(let parts):
            for case .expression(let expression) in parts {
                expression.collectReferences(strict: &strict, lenient: &lenient)
            }
        case .object(let members):
            for member in members { member.value.collectReferences(strict: &strict, lenient: &lenient) }
        case .array(let elements):
            for element in elements { element.collectReferences(strict: &strict, lenient: &lenient) }
        }
    }
}

extension JSON {
    /// Whether a condition holds: true, or a value that is neither null, false, 0, nor empty.
    var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let value): !value.isEmpty
        case .array(let value): !value.isEmpty
        case .object(let value): !value.isEmpty
        }
    }

    /// Equality in which 1 equals 1.0.
    func isSame(as other: JSON) -> Bool {
        if let a = double, let b = other.double { return a == b }
        return self == other
    }

    func isOrderedSame(as other: JSON) -> Bool { !isNull && isSame(as: other) }

    /// The order of numbers, and of texts by their bytes; everything else is unordered.
    func isBefore(_ other: JSON) -> Bool {
        if let a = double, let b = other.double { return a < b }
        if let a = string, let b = other.string { return a.utf8.lexicographicallyPrecedes(b.utf8) }
        return false
    }

    var elementCount: Int {
        switch self {
        case .string(let value): value.count
        case .array(let value): value.count
        case .object(let value): value.count
        case .null: 0
        default: 1
        }
    }

    /// The value as it is written into a text: a string without quotes, null as nothing, the rest as JSON.
    var plainText: String {
        switch self {
        case .null: ""
        case .string(let value): value
        default: description
        }
    }
}
