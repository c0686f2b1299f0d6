extension JSONSchema {
    /// What of the schema is outside the strict subset: the part that OpenAI's strict mode, Anthropic and Kimi all
    /// accept. Empty when there is nothing. Paths are those of the schema: `properties.name.pattern`.
    ///
    /// The subset: the whole is an object; every part has one type, or one and null; objects list their properties,
    /// require all of them and are closed; arrays say what they hold; besides these there are only `enum`, `title` and
    /// `description`. Bounds such as `minimum` are outside, since Anthropic does not take them; so is `$ref`, since
    /// Kimi wants a type everywhere. At most 10 levels, 5000 properties and 1000 values of enums (OpenAI's limits).
    public var strictViolations: [SchemaViolation] {
        var check = StrictCheck()
        check.check(json, at: "", depth: 1)
        if types != ["object"] { check.fail("type", "the whole must be an object") }
        if check.properties > StrictCheck.propertyLimit {
            check.fail(
                "", "has \(check.properties) properties, and at most \(StrictCheck.propertyLimit) are accepted")
        }
        if check.choices > StrictCheck.choiceLimit {
            check.fail(
                "", "has \(check.choices) values in enums, and at most \(StrictCheck.choiceLimit) are accepted")
        }
        return check.violations
    }
}

private struct StrictCheck {
    static let depthLimit = 10
    static let propertyLimit = 5000
    static let choiceLimit = 1000
    private static let keywords: Set<String> = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "title", "description",
    ]
    private static let kinds: Set<String> = ["object", "array", "string", "integer", "number", "boolean", "null"]

    var violations: [SchemaViolation] = []
    var properties = 0
    var choices = 0

    mutating func check(_ schema: JSON, at path: String, depth: Int) {
        guard let members = schema.object else { return fail(path, "must be an object with a type") }
        guard depth <= Self.depthLimit else { return fail(path, "nested deeper than \(Self.depthLimit)") }
        func inside(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        for member in members.members where !Self.keywords.contains(member.key) {
            fail(inside(member.key), "is not accepted everywhere")
        }
        let types = members["type"]?.array?.compactMap(\.string) ?? members["type"]?.string.map { [$0] } ?? []
        let kinds = types.filter { $0 != "null" }
        if types.isEmpty {
            fail(path, "has no type")
        } else if kinds.count > 1 || Set(types).count != types.count || !Self.kinds.isSuperset(of: types) {
            fail(inside("type"), "must be one type, or one and null")
        }
        if kinds.contains("object") { checkObject(members, at: path, depth: depth) }
        if kinds.contains("array") {
            if let items = members["items"] {
                check(items, at: inside("items"), depth: depth + 1)
            } else {
                fail(path, "an array must say what it holds with 'items'")
            }
        }
        if let values = members["enum"] { checkChoices(values, types, at: inside("enum")) }
    }

    private mutating func checkObject(_ members: JSONObject, at path: String, depth: Int) {
        func inside(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        if members["additionalProperties"]?.bool != false {
            fail(inside("additionalProperties"), "must be false")
        }
        guard let parts = members["properties"]?.object else {
            return fail(path, "an object must list its properties")
        }
        properties += parts.count
        let required = members["required"]?.array?.compactMap(\.string) ?? []
        for name in required where parts[name] == nil { fail(inside("required"), "'\(name)' is no property") }
        let names = Set(required)
        for part in parts.members {
            if !names.contains(part.key) {
                fail(inside("required"), "'\(part.key)' must be required; let it be null instead")
            }
            check(part.value, at: inside("properties.\(part.key)"), depth: depth + 1)
        }
    }

    private mutating func checkChoices(_ values: JSON, _ types: [String], at path: String) {
        guard let values = values.array, !values.isEmpty else { return fail(path, "must have at least one value") }
        choices += values.count
        let plain = JSONSchema(["type": .strings(types)])
        for value in values where value.array != nil || value.object != nil || !plain.validate(value).isEmpty {
            return fail(path, "has a value that is not of the type")
        }
    }

    mutating func fail(_ path: String, _ message: String) {
        violations.append(SchemaViolation(path: path, message: message))
    }
}
