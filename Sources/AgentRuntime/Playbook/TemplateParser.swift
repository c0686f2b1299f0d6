public import Values

extension Template {
    /// Makes a template from a YAML node: scalars by the core schema of YAML 1.2, with `${…}` inside texts read as
    /// expressions and `$${` as a plain `${`.
    ///
    /// - Returns: the template, in which wrong texts are null; and what is wrong, with columns inside the file.
    public static func parse(_ node: YAMLNode) -> (Template, [Diagnostic]) {
        var parser = TemplateParser()
        let template = parser.template(node)
        return (template, parser.diagnostics)
    }
}

/// A reference inside a node, with its place.
struct PlacedReference {
    var root: String
    var path: [Expression.Accessor]
    var asks: Expression.Function?
    var place: SourcePlace
}

/// Reads templates and conditions, and collects the references in them.
struct TemplateParser {
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var references: [PlacedReference] = []

    mutating func template(_ node: YAMLNode) -> Template {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.text.contains("${") else { return .literal(scalar.json) }
            return text(scalar, node)
        case .sequence(let elements):
            let templates = elements.map { template($0) }
            let literals = templates.compactMap(\.literalValue)
            return literals.count == templates.count ? .literal(.array(literals)) : .array(templates)
        case .mapping(let entries):
            let members = entries.map { Member($0.key, template($0.value)) }
            let literals = members.compactMap { member in
                member.value.literalValue.map { JSONObject.Member(member.key, $0) }
            }
            guard literals.count == members.count else { return .object(members) }
            return .literal(.object(JSONObject(uniqueMembers: literals)))
        }
    }

    /// A condition or a list: exactly one `${…}`.
    mutating func expression(_ node: YAMLNode, key: String) -> Expression? {
        let before = diagnostics.count
        if case .expression(let expression) = template(node) { return expression }
        if diagnostics.count == before {
            let inside = node.scalar.map { $0.text } ?? "…"
            let example = inside.contains("${") ? "one ${…} around all of it" : "${\(inside)}"
            diagnostics.append(
                Diagnostic(
                    code: "not_an_expression", message: "'\(key)' is not one whole expression",
                    hint: "write \(key): \(example)", place: node.place))
        }
        return nil
    }

    private typealias Member = Template.Member

    private mutating func text(_ scalar: YAMLScalar, _ node: YAMLNode) -> Template {
        let source = Array(scalar.text.unicodeScalars)
        var parts: [Template.Part] = []
        var plain = String.UnicodeScalarView()
        var at = 0
        var isWrong = false
        func starts(_ text: String) -> Bool { source[at...].starts(with: text.unicodeScalars) }
        func flush() {
            if !plain.isEmpty { parts.append(.text(String(plain))) }
            plain = String.UnicodeScalarView()
        }
        while at < source.count {
            if starts("$${") {
                plain.append(contentsOf: "${".unicodeScalars)
                at += 3
            } else if starts("${") {
                flush()
                let (expression, end) = hole(source, at, node)
                if let expression { parts.append(.expression(expression)) } else { isWrong = true }
                at = end
            } else {
                plain.append(source[at])
                at += 1
            }
        }
        flush()
        if isWrong { return .literal(.null) }
        if parts.count == 1, case .expression(let expression) = parts[0] { return .expression(expression) }
        if parts.count <= 1 {
            if case .text(let text) = parts.first { return .literal(.string(text)) }
            return .literal("")
        }
        return .text(parts)
    }

    /// Reads the `${…}` at `start`; returns the expression and the character after it.
    private mutating func hole(_ source: [UnicodeScalar], _ start: Int, _ node: YAMLNode) -> (Expression?, Int) {
        guard let close = closing(source, from: start + 2) else {
            report(
                ExpressionMistake(
                    code: "expression_unclosed", message: "the '${' that begins here has no '}'",
                    hint: "close the expression with '}', or write '$${' for the characters themselves",
                    offset: start),
                node)
            return (nil, source.count)
        }
        var parser = ExpressionParser(source, at: start + 2)
        let expression = parser.parse(closing: .symbol("}"))
        for mistake in parser.mistakes { report(mistake, node) }
        for reference in parser.references {
            references.append(
                PlacedReference(
                    root: reference.root, path: reference.path, asks: reference.asks,
                    place: node.place(at: reference.offset)))
        }
        let isRight = parser.mistakes.isEmpty
        return (isRight ? expression : nil, isRight ? parser.offset : close + 1)
    }

    /// The first `}` outside quotes, or the first one at all when the quotes are wrong.
    private func closing(_ source: [UnicodeScalar], from start: Int) -> Int? {
        var quote: UnicodeScalar?
        var isEscaped = false
        for index in start..<source.count {
            let character = source[index]
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                if character == "\\" { isEscaped = true } else if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "}" {
                return index
            }
        }
        return quote == nil ? nil : source[start...].firstIndex(of: "}")
    }

    private mutating func report(_ mistake: ExpressionMistake, _ node: YAMLNode) {
        diagnostics.append(
            Diagnostic(
                code: mistake.code, message: mistake.message, hint: mistake.hint,
                place: node.place(at: mistake.offset)))
    }
}

extension Template {
    fileprivate var literalValue: JSON? { if case .literal(let value) = self { value } else { nil } }
}
