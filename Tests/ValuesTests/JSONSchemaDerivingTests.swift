import Testing
import Values

private enum Kind: String, Decodable, CaseIterable { case bar, line }

private struct Column: Decodable {
    var name: String
    var kind: Kind?
}

private struct Plan: JSONSchemaDescribed {
    var title: String
    var columns: [Column]
    var limit: UInt8
    var share: Double?
    var isFinal: Bool
    var first: Column?
    var texts: [[String?]]
    var kinds: Set<Kind>

    enum CodingKeys: String, CodingKey {
        case title, columns, limit, share, first, texts, kinds
        case isFinal = "is_final"
    }

    static let propertyDescriptions = ["title": "what people see", "share": "0 to 1"]
}

private struct Tree: Decodable {
    var name: String
    var children: [Tree]
}

private enum Payload: Decodable { case text(String), number(Int) }
private enum Bare: String, Decodable { case a }
private enum Numbered: Int, Decodable, CaseIterable { case one = 1 }

@Suite("Schemas from types")
struct JSONSchemaDerivingTests {
    private let column: JSON = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "kind": ["type": ["string", "null"], "enum": ["bar", "line", nil]],
        ],
        "required": ["name", "kind"], "additionalProperties": false,
    ]

    @Test("every property is required, optional ones may be null, and all is closed and typed")
    func derived() throws {
        let schema = try JSONSchema.derived(from: Plan.self)
        guard case .object(var first) = column else { return }
        first["type"] = ["object", "null"]
        let expected: JSON = [
            "type": "object",
            "properties": [
                "title": ["type": "string", "description": "what people see"],
                "columns": ["type": "array", "items": column], "limit": ["type": "integer"],
                "share": ["type": ["number", "null"], "description": "0 to 1"], "is_final": ["type": "boolean"],
                "first": .object(first),
                "texts": [
                    "type": "array", "items": ["type": "array", "items": ["type": ["string", "null"]]],
                ],
                "kinds": ["type": "array", "items": ["type": "string", "enum": ["bar", "line"]]],
            ],
            "required": ["title", "columns", "limit", "share", "first", "texts", "kinds", "is_final"],
            "additionalProperties": false,
        ]
        #expect(schema.json == expected, "\(schema.json)")
        #expect(schema.strictViolations.isEmpty)
        #expect(schema.unsupportedKeywords.isEmpty)
        #expect(
            schema.propertyNames == ["title", "columns", "limit", "share", "first", "texts", "kinds", "is_final"])
    }

    @Test("what fits the schema is decoded")
    func agreement() throws {
        let value: JSON = [
            "title": "t", "columns": [["name": "a", "kind": nil]], "limit": 3, "share": nil, "is_final": true,
            "first": ["name": "b", "kind": "bar"], "texts": [["x", nil]], "kinds": ["line"],
        ]
        #expect(try JSONSchema.derived(from: Plan.self).validate(value).isEmpty)
        let plan = try value.decoded(as: Plan.self)
        #expect(plan.first?.kind == .bar && plan.texts == [["x", nil]] && plan.kinds == [.line])
    }

    @Test("what has no strict form is refused with its place and a remedy")
    func refused() {
        struct Free: Decodable { var inner: [String: Int] }
        struct Lists: Decodable { var list: [Payload] }
        struct Choice: Decodable { var list: [Bare] }
        struct Number: Decodable { var value: Numbered }
        struct Positive: Decodable {
            var value: Value
            struct Value: Decodable {
                init(from decoder: any Decoder) throws {
                    guard try decoder.singleValueContainer().decode(Int.self) > 0 else { throw CancellationError() }
                }
            }
        }
        struct Twice: Decodable {
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Keys.self)
                _ = try container.decode(Int.self, forKey: .a)
                _ = try container.decode(String.self, forKey: .a)
            }
            enum Keys: String, CodingKey { case a }
        }
        struct Empty: Decodable { struct Nothing: Decodable {}; var nothing: Nothing }
        struct Mistyped: JSONSchemaDescribed {
            var title: String
            static let propertyDescriptions = ["titel": "x"]
        }
        func failure<T: Decodable>(_ type: T.Type) -> String {
            do {
                return "\(try JSONSchema.derived(from: type).json)"
            } catch {
                return "\(error.at): \(error.message)"
            }
        }
        #expect(failure(Free.self) == "inner: free keys, as in a dictionary, have no place in a closed object")
        #expect(failure(Lists.self) == "list[0]: free keys, as in a dictionary, have no place in a closed object")
        #expect(failure(Choice.self) == "list[0]: the values of Bare are not known")
        #expect(failure(Number.self) == "value: the values of Numbered are not known")
        #expect(failure(Tree.self) == "children[0]: Tree contains itself, which providers do not accept")
        #expect(failure(Positive.self).hasSuffix("does not accept sample values, so its form cannot be seen"))
        #expect(failure(Twice.self) == "a: the value is read in two ways")
        #expect(failure(Empty.self) == "nothing: nothing is read here, so the form is unknown")
        #expect(failure(Mistyped.self) == ": a property 'titel' is described that the type does not read")
    }

    @Test(
        "what a provider may not accept is named",
        arguments: [
            (["type": "string"], "type: the whole must be an object"),
            (
                ["type": ["object", "null"], "properties": [:], "additionalProperties": false],
                "type: the whole must"
            ),
            (
                ["type": "object", "properties": ["a": ["type": "string"]], "additionalProperties": false],
                "required: 'a'"
            ),
            (["type": "object", "properties": [:]], "additionalProperties: must be false"),
            (["type": "object", "additionalProperties": false], "must list its properties"),
            (JSONSchema.object(["a": .any()]).json, "properties.a: has no type"),
            (
                JSONSchema.object(["a": .integer(minimum: 1)]).json,
                "properties.a.minimum: is not accepted everywhere"
            ),
            (JSONSchema.object(["a": .array(of: .string(), maximum: 3)]).json, "properties.a.maxItems: is not"),
            (JSONSchema.object(["a": JSONSchema(["type": "array"])]).json, "must say what it holds"),
            (
                JSONSchema.object(["a": JSONSchema(["type": ["string", "integer"]])]).json,
                "properties.a.type: must be one"
            ),
            (
                JSONSchema.object(["a": JSONSchema(["type": "string", "enum": [1]])]).json,
                "properties.a.enum: has a value"
            ),
            (
                JSONSchema.object(["a": JSONSchema(["$ref": "#/$defs/x"])]).json,
                "properties.a.$ref: is not accepted"
            ),
        ] as [(JSON, String)])
    func strict(schema: JSON, violation: String) {
        let found = JSONSchema(schema).strictViolations.map(\.description)
        #expect(found.contains { $0.contains(violation) }, "\(found)")
    }

    @Test("depth and size have limits")
    func limits() {
        var deep = JSONSchema.string()
        for _ in 0..<9 { deep = .object(["a": deep]) }
        #expect(deep.strictViolations.isEmpty)
        #expect(!JSONSchema.object(["a": deep]).strictViolations.isEmpty)
        let many = JSONSchema.object(["a": .choice((0...1000).map { "\($0)" })])
        #expect(many.strictViolations.count == 1)
    }
}
