internal import Values

/// Schemas as providers want them.
enum WireSchema {
    /// What providers accept in schemas that they enforce.
    private static let strictKeywords: Set<String> = [
        "type", "properties", "required", "additionalProperties", "enum", "const", "items", "minItems", "maxItems",
        "minimum", "maximum", "title", "description", "$ref", "$defs",
    ]

    /// Whether a provider can enforce the schema: every object is closed and requires all that it may have, every
    /// value has a type, and no keyword is outside the common subset.
    static func isStrict(_ schema: JSON) -> Bool { schema["type"]?.string == "object" && isStrictPart(schema) }

    private static func isStrictPart(_ schema: JSON) -> Bool {
        guard let keywords = schema.object else { return false }
        guard keywords.members.allSatisfy({ strictKeywords.contains($0.key) }) else { return false }
        guard ["type", "enum", "const", "$ref"].contains(where: { keywords[$0] != nil }) else { return false }
        if types(schema).contains("object") {
            let names = Set(keywords["properties"]?.object?.keys ?? [])
            guard keywords["additionalProperties"]?.bool == false,
                names == Set(keywords["required"]?.array?.compactMap(\.string) ?? [])
            else { return false }
        }
        if types(schema).contains("array"), keywords["items"] == nil { return false }
        return parts(of: keywords).allSatisfy(isStrictPart)
    }

    private static func types(_ schema: JSON) -> [String] {
        guard let type = schema["type"] else { return [] }
        return type.array?.compactMap(\.string) ?? type.string.map { [$0] } ?? []
    }

    private static func parts(of keywords: JSONObject) -> [JSON] {
        let named = ["properties", "$defs"].flatMap { keywords[$0]?.object?.members.map(\.value) ?? [] }
        return named + [keywords["items"]].compactMap { $0 }
    }

    /// The schema without some keywords, at every level. Names of properties are no keywords.
    static func dropping(_ dropped: [String], from schema: JSON) -> JSON {
        guard !dropped.isEmpty else { return schema }
        return rewritten(schema) { keywords in for key in dropped { keywords[key] = nil } }
    }

    /// The schema with a `type` at every level below the root that has none: that of its constants, `object` or
    /// `array` where it looks like one, else `string`.
    static func typed(_ schema: JSON) -> JSON {
        rewritten(schema) { keywords in
            guard keywords["type"] == nil, keywords["$ref"] == nil else { return }
            let constants = (keywords["enum"]?.array ?? []) + [keywords["const"]].compactMap { $0 }
            let kind: String
            if let first = constants.first {
                kind = first.typeName
            } else if keywords["properties"] != nil {
                kind = "object"
            } else if keywords["items"] != nil {
                kind = "array"
            } else {
                kind = "string"
            }
            keywords = JSONObject(uniqueMembers: [.init("type", .string(kind))] + keywords.members)
        }
    }

    /// Changes the keywords of a schema and of all schemas in it.
    private static func rewritten(_ schema: JSON, depth: Int = 0, _ change: (inout JSONObject) -> Void) -> JSON {
        guard case .object(var keywords) = schema, depth < JSONReader.depthLimit else { return schema }
        change(&keywords)
        for key in ["properties", "$defs"] {
            guard let named = keywords[key]?.object else { continue }
            keywords[key] = .object(
                JSONObject(
                    uniqueMembers: named.members.map {
                        .init($0.key, rewritten($0.value, depth: depth + 1, change))
                    }))
        }
        for key in ["items", "additionalProperties"] {
            if let part = keywords[key] { keywords[key] = rewritten(part, depth: depth + 1, change) }
        }
        return .object(keywords)
    }

    /// The wish for an answer of a form, in words.
    static func words(_ output: OutputFormat) -> String {
        "Answer with one JSON object and nothing else. It must fit this JSON Schema: \(output.schema.json)"
    }

    /// The wish for calls, in words; nil when there is none.
    static func words(_ choice: ToolChoice) -> String? {
        switch choice {
        case .automatic, .never: nil
        case .required: "Do not answer with text alone: call at least one of the tools."
        case .named(let name): "Do not answer with text alone: call the tool \(name)."
        }
    }

    /// A tool's name that every provider accepts: a model may have called one that does not exist, and its answer
    /// goes back all the same.
    static func toolName(_ name: String) -> String {
        var bytes = name.utf8.map { isNameByte($0) ? $0 : UInt8(ascii: "_") }
        if bytes.first.map({ $0 &- 48 < 10 || $0 == 45 }) ?? true || bytes.count < 3 {
            bytes = Array("tool_".utf8) + bytes
        }
        return String(decoding: bytes.prefix(64), as: UTF8.self)
    }

    /// Whether a byte may stand in identifiers and names on the wire: `[A-Za-z0-9_-]`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        byte == 95 || byte == 45 || byte &- 48 < 10 || (byte | 32) &- 97 < 26
    }
}
