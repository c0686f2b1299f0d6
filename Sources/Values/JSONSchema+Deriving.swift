/// A type whose schema tells people and language models what its properties mean.
public protocol JSONSchemaDescribed: Decodable {
    /// Descriptions by the names that stand in the JSON. A name that the type does not read is a mistake.
    static var propertyDescriptions: [String: String] { get }
}

extension JSONSchema {
    /// The schema of the values that `type` decodes, in the strict subset that every provider accepts
    /// (``strictViolations``): every property is required, optional ones may be null, objects are closed, and every
    /// part has its type.
    ///
    /// The type is asked to decode itself from a recorder, which notes what it reads: primitives, nested types, arrays,
    /// optionals, and enums that are `CaseIterable` with texts.
    ///
    /// - Throws: the code `schema_underivable` with the place in the value, for dictionaries and other free keys, for
    ///   types that contain themselves, for enums of other kinds, and for types whose `init(from:)` refuses sample
    ///   values (false, 0, an empty text, one element).
    public static func derived<T: Decodable>(from type: T.Type) throws(OperonError) -> JSONSchema {
        let node = SchemaNode(path: "")
        do {
            _ = try SchemaProbe(node: node, enclosing: []).read(type)
        } catch let error as OperonError {
            throw error
        } catch {
            throw SchemaNode.refusal(
                "\(T.self) does not accept sample values, so its form cannot be seen",
                "Write its schema by hand, or check values after decoding.", at: node.path)
        }
        return try node.schema()
    }
}

/// What has been seen of one value's form.
final class SchemaNode {
    enum Form {
        case unknown
        /// A schema that is known as a whole.
        case known(JSONSchema)
        case array(SchemaNode)
        case object([(name: String, node: SchemaNode)])
    }

    let path: String
    var form = Form.unknown
    var isNullable = false
    var descriptions: [String: String] = [:]
    /// Why there is no schema, when that could not be thrown where it was seen.
    var refused: OperonError?

    init(path: String) { self.path = path }

    static func refusal(_ message: String, _ hint: String, at path: String) -> OperonError {
        OperonError(code: "schema_underivable", message, hint: hint, at: path)
    }

    /// Notes a form that is known; another one at the same place is refused.
    func note(_ schema: JSONSchema) throws(OperonError) {
        switch form {
        case .unknown: form = .known(schema)
        case .known(let before) where before == schema: break
        default: throw Self.readTwice(path)
        }
    }

    /// The node of a member, made when it is new.
    func member(_ name: String) throws(OperonError) -> SchemaNode {
        let child = SchemaNode(path: path.isEmpty ? name : "\(path).\(name)")
        switch form {
        case .unknown: form = .object([(name, child)])
        case .object(let members):
            if let old = members.first(where: { $0.name == name }) { return old.node }
            form = .object(members + [(name, child)])
        default: throw Self.readTwice(path)
        }
        return child
    }

    /// The node of the elements.
    func element() throws(OperonError) -> SchemaNode {
        switch form {
        case .unknown:
            let child = SchemaNode(path: "\(path)[0]")
            form = .array(child)
            return child
        case .array(let child): return child
        default: throw Self.readTwice(path)
        }
    }

    func schema() throws(OperonError) -> JSONSchema {
        if let refused { throw refused }
        let schema: JSONSchema
        switch form {
        case .unknown:
            throw Self.refusal(
                "nothing is read here, so the form is unknown", "Give the type a property, or leave it out.",
                at: path)
        case .known(let known): schema = known
        case .array(let element): schema = .array(of: try element.schema())
        case .object(let members):
            var properties: [(name: String, schema: JSONSchema)] = []
            for (name, node) in members {
                properties.append((name, try node.schema().described(descriptions[name] ?? "")))
            }
            for name in descriptions.keys.sorted() where !members.contains(where: { $0.name == name }) {
                throw Self.refusal(
                    "a property '\(name)' is described that the type does not read",
                    Spelling.hint(name, among: members.map(\.name), otherwise: "Take the description out."),
                    at: path)
            }
            schema = .object(properties: properties)
        }
        return isNullable ? schema.orNull : schema
    }

    private static func readTwice(_ path: String) -> OperonError {
        refusal("the value is read in two ways", "Decode it as one type, or write its schema by hand.", at: path)
    }
}
