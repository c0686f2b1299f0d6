extension JSONSchema {
    /// A closed object, from a literal.
    ///
    /// - Parameters:
    ///   - properties: name and schema, in the order in which people shall read them.
    ///   - required: the names that must be there; nil means all.
    ///   - isOpen: whether further names are allowed.
    public static func object(
        _ properties: KeyValuePairs<String, JSONSchema>, required: [String]? = nil, isOpen: Bool = false,
        description: String = ""
    ) -> JSONSchema {
        object(
            properties: properties.map { ($0.key, $0.value) }, required: required, isOpen: isOpen,
            description: description)
    }

    /// The same from a list that was put together.
    public static func object(
        properties: [(name: String, schema: JSONSchema)], required: [String]? = nil, isOpen: Bool = false,
        description: String = ""
    ) -> JSONSchema {
        var members = JSONObject()
        for (name, schema) in properties { members[name] = schema.json }
        var json: JSONObject = ["type": "object", "properties": .object(members)]
        let names = required ?? members.keys
        if !names.isEmpty { json["required"] = .strings(names) }
        if !isOpen { json["additionalProperties"] = false }
        return JSONSchema(.object(json)).described(description)
    }

    /// A text.
    public static func string(_ description: String = "") -> JSONSchema {
        JSONSchema(["type": "string"]).described(description)
    }

    /// One of some texts.
    public static func choice(_ values: [String], _ description: String = "") -> JSONSchema {
        JSONSchema(["type": "string", "enum": .strings(values)]).described(description)
    }

    /// A whole number within bounds.
    public static func integer(_ description: String = "", minimum: Int? = nil, maximum: Int? = nil) -> JSONSchema {
        var json: JSONObject = ["type": "integer"]
        if let minimum { json["minimum"] = .int(minimum) }
        if let maximum { json["maximum"] = .int(maximum) }
        return JSONSchema(.object(json)).described(description)
    }

    /// A number within bounds.
    public static func number(
        _ description: String = "", minimum: Double? = nil, maximum: Double? = nil
    ) -> JSONSchema {
        var json: JSONObject = ["type": "number"]
        if let minimum { json["minimum"] = .double(minimum) }
        if let maximum { json["maximum"] = .double(maximum) }
        return JSONSchema(.object(json)).described(description)
    }

    /// A truth value.
    public static func boolean(_ description: String = "") -> JSONSchema {
        JSONSchema(["type": "boolean"]).described(description)
    }

    /// A list.
    public static func array(of items: JSONSchema, _ description: String = "", maximum: Int? = nil) -> JSONSchema {
        var json: JSONObject = ["type": "array", "items": items.json]
        if let maximum { json["maxItems"] = .int(maximum) }
        return JSONSchema(.object(json)).described(description)
    }

    /// Any value.
    public static func any(_ description: String = "") -> JSONSchema { JSONSchema([:]).described(description) }

    /// The same, or null.
    public var orNull: JSONSchema {
        guard case .object(var object) = json, !types.isEmpty else { return self }
        object["type"] = .strings(types.contains("null") ? types : types + ["null"])
        if let choices = object["enum"]?.array, !choices.contains(.null) {
            object["enum"] = .array(choices + [.null])
        }
        return JSONSchema(.object(object))
    }

    /// The same with a description for people and language models; an empty one changes nothing.
    public func described(_ description: String) -> JSONSchema {
        guard !description.isEmpty, case .object(var object) = json else { return self }
        object["description"] = .string(description)
        return JSONSchema(.object(object))
    }
}
