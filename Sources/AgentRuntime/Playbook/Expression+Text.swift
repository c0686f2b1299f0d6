import Values

extension Expression: CustomStringConvertible {
    /// The expression as it would be written, with as few parentheses as the grammar allows. Parsing it gives an equal
    /// expression.
    public var description: String { text(above: 0) }

    /// - Parameter level: the binding strength around; what binds weaker needs parentheses.
    private func text(above level: Int) -> String {
        switch self {
        case .literal(let value): return value.expressionText
        case .reference(let root, let path): return root + path.map(\.text).joined()
        case .call(let function, let arguments):
            return "\(function.rawValue)(\(arguments.map { $0.text(above: 0) }.joined(separator: ", ")))"
        case .not(let operand): return wrap("not \(operand.text(above: 3))", 3, level)
        case .binary(let op, let left, let right):
            let own = op.level
            // Comparisons do not chain: both sides must bind tighter. The others lean to the left.
            let leftText = left.text(above: own == 4 ? 5 : own)
            return wrap("\(leftText) \(op.rawValue) \(right.text(above: own + 1))", own, level)
        }
    }

    private func wrap(_ text: String, _ own: Int, _ level: Int) -> String { own < level ? "(\(text))" : text }
}

extension Expression.Operator {
    /// How tight it binds: or 1, and 2, (not 3), comparisons 4, sums 5.
    fileprivate var level: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .plus, .minus: 5
        default: 4
        }
    }
}

extension Expression.Accessor {
    fileprivate var text: String {
        switch self {
        case .index(let index): return "[\(index)]"
        case .member(let name):
            let bytes = Array(name.utf8)
            let isName =
                bytes.first.map { $0 &- 48 >= 10 } ?? false
                && bytes.allSatisfy { $0 | 32 &- 97 < 26 || $0 &- 48 < 10 || $0 == 95 }
            return isName ? ".\(name)" : "[\(JSON.string(name).expressionText)]"
        }
    }
}

extension JSON {
    /// A literal of the expression language.
    fileprivate var expressionText: String {
        switch self {
        case .string(let text):
            var quoted = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"", "\\": quoted += "\\\(scalar)"
                case "\n": quoted += "\\n"
                case "\t": quoted += "\\t"
                default: quoted.unicodeScalars.append(scalar)
                }
            }
            return quoted + "\""
        case .array(let elements): return "[\(elements.map(\.expressionText).joined(separator: ", "))]"
        default: return description
        }
    }
}
