extension JSONSchema {
    /// All ways in which `value` does not fit, in the value's order; empty when it fits. At most 100 are reported.
    public func validate(_ value: JSON) -> [SchemaViolation] {
        var checker = JSONSchemaChecker(root: json)
        checker.check(value, json, path: "", depth: 0)
        return checker.violations
    }

    /// Keywords that this library does not check, as paths into the schema (`properties.name.pattern`); also a `$ref`
    /// that leads nowhere. A schema that has any must not be published.
    public var unsupportedKeywords: [String] {
        var found: [String] = []
        JSONSchemaChecker(root: json).collectUnsupported(json, path: "", into: &found)
        return found
    }
}

/// Walks a value and a schema side by side.
struct JSONSchemaChecker {
    let root: JSON
    var violations: [SchemaViolation] = []

    init(root: JSON) { self.root = root }

    private static let violationLimit = 100
    private static let depthLimit = 128
    private static let known: Set<String> = [
        "type", "properties", "required", "additionalProperties", "enum", "const", "items", "minItems", "maxItems",
        "minimum", "maximum", "minLength", "maxLength", "title", "description", "default", "examples", "format",
        "$comment", "$schema", "$defs", "$ref",
    ]

    /// Follows `$ref` to the schema that is meant.
    func resolve(_ schema: JSON) -> JSON {
        var schema = schema
        for _ in 0..<16 {
            guard let reference = schema["$ref"]?.string else { return schema }
            guard let target = target(reference) else { return schema }
            schema = target
        }
        return schema
    }

    private func target(_ reference: String) -> JSON? {
        guard reference.hasPrefix("#/$defs/") else { return reference == "#" ? root : nil }
        return root["$defs"]?[String(reference.dropFirst("#/$defs/".count))]
    }

    mutating func check(_ value: JSON, _ unresolved: JSON, path: String, depth: Int) {
        guard violations.count < Self.violationLimit else { return }
        guard depth <= Self.depthLimit else { return fail(path, "nested deeper than \(Self.depthLimit)") }
        let schema = resolve(unresolved)
        if case .bool(let allowed) = schema {
            if !allowed { fail(path, "nothing is allowed here") }
            return
        }
        guard let keywords = schema.object else { return }
        if let type = keywords["type"], !fits(value, type) {
            return fail(path, "must be \(Self.words(type)), not \(Self.describe(value))")
        }
        if let constant = keywords["const"], !Self.isSame(constant, value) { fail(path, "must be \(constant)") }
        if let choices = keywords["enum"]?.array, !choices.contains(where: { Self.isSame($0, value) }) {
            fail(path, "must be one of \(choices.map(\.description).joined(separator: ", "))")
        }
        switch value {
        case .object(let object): check(object, keywords, path, depth)
        case .array(let elements): check(elements, keywords, path, depth)
        case .string(let text): check(text, keywords, path)
        case .int, .double: check(number: value, keywords, path)
        case .null, .bool: break
        }
    }

    private mutating func check(_ object: JSONObject, _ keywords: JSONObject, _ path: String, _ depth: Int) {
        for name in keywords["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            fail(path, "'\(name)' is missing")
        }
        let properties = keywords["properties"]?.object
        let others = keywords["additionalProperties"]
        for member in object.members {
            let place = path.isEmpty ? member.key : "\(path).\(member.key)"
            if let schema = properties?[member.key] {
                check(member.value, schema, path: place, depth: depth + 1)
            } else if others == .bool(false) {
                let known = properties?.keys ?? []
                fail(place, "is not known; " + Spelling.hint(member.key, among: known, otherwise: "remove it"))
            } else if let others {
                check(member.value, others, path: place, depth: depth + 1)
            }
        }
    }

    private mutating func check(_ elements: [JSON], _ keywords: JSONObject, _ path: String, _ depth: Int) {
        if let least = keywords["minItems"]?.int, elements.count < least {
            fail(path, "must have at least \(least) elements, not \(elements.count)")
        }
        if let most = keywords["maxItems"]?.int, elements.count > most {
            fail(path, "must have at most \(most) elements, not \(elements.count)")
        }
        guard let schema = keywords["items"] else { return }
        for (index, element) in elements.enumerated() {
            check(element, schema, path: "\(path)[\(index)]", depth: depth + 1)
        }
    }

    private mutating func check(_ text: String, _ keywords: JSONObject, _ path: String) {
        if let least = keywords["minLength"]?.int, text.unicodeScalars.count < least {
            fail(path, "must have at least \(least) characters")
        }
        if let most = keywords["maxLength"]?.int, text.unicodeScalars.count > most {
            fail(path, "must have at most \(most) characters")
        }
    }

    private mutating func check(number value: JSON, _ keywords: JSONObject, _ path: String) {
        guard let number = value.double else { return }
        if let least = keywords["minimum"], let bound = least.double, number < bound {
            fail(path, "must be at least \(least)")
        }
        if let most = keywords["maximum"], let bound = most.double, number > bound {
            fail(path, "must be at most \(most)")
        }
    }

    private mutating func fail(_ path: String, _ message: String) {
        violations.append(SchemaViolation(path: path, message: message))
    }

    private func fits(_ value: JSON, _ type: JSON) -> Bool {
        if let types = type.array { return types.contains { fits(value, $0) } }
        switch type.string {
        case "number": return value.double != nil
        case "integer": return value.int != nil
        case let name: return value.typeName == name
        }
    }

    /// 1 and 1.0 are the same number, also inside lists and objects.
    private static func isSame(_ a: JSON, _ b: JSON) -> Bool {
        if let x = a.double, let y = b.double { return x == y }
        return a == b
    }

    private static func words(_ type: JSON) -> String {
        let names = type.array?.compactMap(\.string) ?? [type.string ?? ""]
        return names.map { $0 == "null" ? $0 : ("aeio".contains($0.prefix(1)) ? "an \($0)" : "a \($0)") }
            .joined(separator: " or ")
    }

    /// The kind of a value; the value itself may be private.
    private static func describe(_ value: JSON) -> String { words(.string(value.typeName)) }

    func collectUnsupported(_ schema: JSON, path: String, into found: inout [String]) {
        guard let keywords = schema.object else { return }
        func inside(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        for member in keywords.members {
            switch member.key {
            case "properties", "$defs":
                for part in member.value.object?.members ?? [] {
                    collectUnsupported(part.value, path: inside("\(member.key).\(part.key)"), into: &found)
                }
            case "items", "additionalProperties":
                if member.value.array != nil { found.append(inside(member.key)) }
                collectUnsupported(member.value, path: inside(member.key), into: &found)
            case "$ref":
                // Beside a $ref, other checks would not be looked at.
                if target(member.value.string ?? "") == nil || keywords["type"] != nil
                    || keywords["properties"] != nil
                {
                    found.append(inside("$ref"))
                }
            default: if !Self.known.contains(member.key) { found.append(inside(member.key)) }
            }
        }
    }
}
