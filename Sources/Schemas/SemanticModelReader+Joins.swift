internal import Values

extension SemanticModelReader {
    /// A join as a text (`orders.customer_id = customers.id`), under `on`, or as two columns or lists of columns under
    /// `from` and `to`.
    mutating func join(_ node: YAMLNode, _ path: String) -> SemanticJoin? {
        if let scalar = node.scalar {
            places[path] = node.place
            return sides(scalar.text, node.place).map { SemanticJoin(from: $0.from, to: $0.to) }
        }
        var fields = Fields(node, path, &self)
        defer { fields.finish(&self) }
        let cardinality: SemanticJoin.Cardinality? = fields.choice("cardinality", &self)
        let role = fields.text("role")
        fields.pass("name")
        var found: (from: [SemanticColumn], to: [SemanticColumn])?
        if let on = fields.text("on") {
            found = sides(on, fields.place("on"))
        } else {
            let from = fields.columns("from", &self) ?? fields.columns("left", &self)
            let to = fields.columns("to", &self) ?? fields.columns("right", &self)
            if let from, let to {
                found = (from, to)
            } else {
                report(
                    "semantic_missing", "the join does not say what it joins",
                    "write on: orders.customer_id = customers.id", node.place)
            }
        }
        guard let found else { return nil }
        guard found.from.count == found.to.count, Set(found.from.map(\.table)).count == 1,
            Set(found.to.map(\.table)).count == 1
        else {
            report(
                "semantic_join", "the two sides of the join do not fit together",
                "each side names as many columns as the other, all of one table", node.place)
            return nil
        }
        return SemanticJoin(
            from: found.from, to: found.to, cardinality: cardinality ?? .manyToOne, role: role)
    }

    /// `a.x = b.y AND a.z = b.w`
    private mutating func sides(
        _ text: String, _ place: SourcePlace
    ) -> (from: [SemanticColumn], to: [SemanticColumn])? {
        var from: [SemanticColumn] = []
        var to: [SemanticColumn] = []
        for condition in text.split(separator: /\s+(?i:and)\s+/) {
            let parts = condition.split(separator: "=").map { SemanticColumn(Self.trimmed($0)) }
            guard parts.count == 2, let left = parts[0], let right = parts[1] else {
                report(
                    "semantic_join", "\"\(text)\" does not say what is joined",
                    "write orders.customer_id = customers.id", place)
                return nil
            }
            from.append(left)
            to.append(right)
        }
        return (from, to)
    }

    static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
