/// The part of JSON Schema 2020-12 that tools use. It is kept as JSON, so that what is published is what is checked.
///
/// Checked are `type` (one or several), `properties`, `required`, `additionalProperties`, `enum`, `const`, `items`,
/// `minItems`, `maxItems`, `minimum`, `maximum`, `minLength`, `maxLength` and a `$ref` to the schema's own `$defs`.
/// `title`, `description`, `default`, `examples`, `format`, `$comment`, `$schema` and `$defs` are carried along. Every
/// other keyword, `pattern` among them, would be promised and not kept: ``unsupportedKeywords`` finds it, and a tool
/// with such a schema is refused.
public struct JSONSchema: Sendable, Hashable {
    /// The schema itself.
    public var json: JSON

    /// Takes a schema.
    public init(_ json: JSON) { self.json = json }

    /// The names that an object must have, in the schema's order.
    public var requiredProperties: [String] { resolved["required"]?.array?.compactMap(\.string) ?? [] }

    /// The names that an object may have, in the schema's order.
    public var propertyNames: [String] { resolved["properties"]?.object?.keys ?? [] }

    /// Whether names beyond ``propertyNames`` are refused.
    public var isClosed: Bool { resolved["additionalProperties"]?.bool == false }

    /// The schema of a property, with the `$defs` that it may refer to; nil when there is no such property.
    public func property(_ name: String) -> JSONSchema? {
        resolved["properties"]?[name].map { withDefinitions($0) }
    }

    /// The schema of the elements of a list, with the `$defs` that it may refer to; nil when it says nothing of them.
    public var items: JSONSchema? { resolved["items"].map { withDefinitions($0) } }

    /// The types that a value may have, in the words of JSON Schema; empty when every type is allowed.
    public var types: [String] {
        guard let type = resolved["type"] else { return [] }
        return type.array?.compactMap(\.string) ?? type.string.map { [$0] } ?? []
    }

    private var resolved: JSON { JSONSchemaChecker(root: json).resolve(json) }

    private func withDefinitions(_ part: JSON) -> JSONSchema {
        guard let definitions = json["$defs"], case .object(var object) = part, object["$defs"] == nil else {
            return JSONSchema(part)
        }
        object["$defs"] = definitions
        return JSONSchema(.object(object))
    }
}

/// One way in which a value does not fit a schema.
public struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
    /// Where in the value: `columns[2].name`; empty for the value itself.
    public var path: String
    /// What is wrong.
    public var message: String

    /// Makes a violation.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// `path: message`.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}
