internal import Values

extension WireQuirks {
    /// The names under which quirks stand in the list of models, and what each may be, in words.
    static let names: [(name: String, form: String)] = [
        ("max_tokens_field", "the name of a member, or null"), ("fixed_sampling", "true or false"),
        ("temperature_limit", "a number"), ("seed", "true or false"), ("stop_limit", "a whole number from 0"),
        ("stop_byte_limit", "a whole number from 0"), ("tool_limit", "a whole number from 0"),
        ("required_tools", "true or false"), ("strict_tools", "true or false"),
        ("response_format", "json_schema, json_object or none"), ("dropped_schema_keywords", "a list of keywords"),
        ("typed_properties", "true or false"), ("stream_usage", "true or false"),
        ("reasoning_back", "never, tool_calls or always"), ("empty_content", "null (in quotes), empty or omit"),
        ("idempotency_header", "the name of a header, or null"), ("body", "a mapping"),
    ]

    /// Takes quirks as they are written; what cannot be read changes nothing.
    mutating func merge(_ written: JSONObject) {
        for member in written.members { _ = set(member.key, member.value) }
    }

    /// Takes one quirk; false when the name is unknown or the value has another form.
    mutating func set(_ name: String, _ value: JSON) -> Bool {
        switch name {
        case "max_tokens_field": return set(optional: \.maxTokensField, value)
        case "fixed_sampling": return set(\.hasFixedSampling, value.bool)
        case "temperature_limit": return set(\.temperatureLimit, value.double)
        case "seed": return set(\.takesSeed, value.bool)
        case "stop_limit": return set(\.stopLimit, value.count)
        case "stop_byte_limit": return set(\.stopByteLimit, value.count)
        case "tool_limit": return set(\.toolLimit, value.count)
        case "required_tools": return set(\.canRequireTools, value.bool)
        case "strict_tools": return set(\.hasStrictTools, value.bool)
        case "response_format": return set(\.responseFormat, value.string.flatMap { ResponseFormat(rawValue: $0) })
        case "dropped_schema_keywords":
            guard let words = value.array, words.allSatisfy({ $0.string != nil }) else { return false }
            droppedSchemaKeywords = words.compactMap(\.string)
            return true
        case "typed_properties": return set(\.needsTypedProperties, value.bool)
        case "stream_usage": return set(\.asksForStreamUsage, value.bool)
        case "reasoning_back": return set(\.reasoningBack, value.string.flatMap { ReasoningBack(rawValue: $0) })
        case "empty_content": return set(\.emptyContent, value.string.flatMap { EmptyContent(rawValue: $0) })
        case "idempotency_header": return set(optional: \.idempotencyHeader, value)
        case "body":
            guard let members = value.object else { return false }
            for member in members.members { body[member.key] = member.value }
            return true
        default: return false
        }
    }

    private mutating func set<Value>(_ path: WritableKeyPath<WireQuirks, Value>, _ value: Value?) -> Bool {
        guard let value else { return false }
        self[keyPath: path] = value
        return true
    }

    private mutating func set(optional path: WritableKeyPath<WireQuirks, String?>, _ value: JSON) -> Bool {
        guard value.isNull || value.string != nil else { return false }
        self[keyPath: path] = value.string
        return true
    }
}
