import Testing
import Values

@Suite("JSON Schema")
struct JSONSchemaTests {
    private let schema = JSONSchema.object(
        [
            "name": .string("a name"), "age": .integer(minimum: 0, maximum: 150),
            "tags": .array(of: .string(), maximum: 2), "kind": .choice(["a", "b"]).orNull, "score": .number(),
        ], required: ["name"])

    @Test("a value that fits has no violation")
    func fits() {
        #expect(schema.validate(["name": "x", "age": 3, "tags": ["t"], "kind": nil, "score": 1]).isEmpty)
        #expect(schema.validate(["name": "x", "age": 3.0]).isEmpty)
    }

    @Test("all violations are reported with their paths")
    func violations() {
        let found = schema.validate(["age": 200, "tags": ["a", 1, "c"], "kind": "z", "scor": 1])
        #expect(
            found.map(\.description) == [
                "'name' is missing", "age: must be at most 150", "tags: must have at most 2 elements, not 3",
                "tags[1]: must be a string, not an integer", "kind: must be one of \"a\", \"b\", null",
                "scor: is not known; did you mean 'score'?",
            ])
    }

    @Test("a wrong type is reported once")
    func type() {
        #expect(schema.validate([1]).map(\.description) == ["must be an object, not an array"])
    }

    @Test("local definitions are followed, also through themselves")
    func references() {
        let tree = JSONSchema([
            "$ref": "#/$defs/tree",
            "$defs": [
                "tree": [
                    "type": "object", "required": ["value"],
                    "properties": [
                        "value": ["type": "integer"],
                        "children": ["type": "array", "items": ["$ref": "#/$defs/tree"]],
                    ],
                ]
            ],
        ])
        #expect(tree.unsupportedKeywords.isEmpty)
        #expect(tree.propertyNames == ["value", "children"])
        #expect(tree.property("children")?.items?.requiredProperties == ["value"])
        let found = tree.validate(["value": 1, "children": [["value": 2], ["children": []]]])
        #expect(found.map(\.description) == ["children[1]: 'value' is missing"])
    }

    @Test("a schema that refers to itself ends")
    func endless() {
        let loop = JSONSchema(["$ref": "#/$defs/a", "$defs": ["a": ["$ref": "#/$defs/a"]]])
        #expect(loop.validate(1).isEmpty)
    }

    @Test("keywords that would not be checked are named")
    func unsupported() {
        let schema = JSONSchema([
            "type": "object", "anyOf": [],
            "properties": ["a": ["type": "string", "pattern": "x"], "b": ["items": ["$ref": "#/$defs/none"]]],
        ])
        #expect(schema.unsupportedKeywords == ["anyOf", "properties.a.pattern", "properties.b.items.$ref"])
        #expect(self.schema.unsupportedKeywords.isEmpty)
    }

    @Test("const, lengths and nested additional properties are checked")
    func rest() {
        let schema = JSONSchema([
            "properties": ["v": ["const": 1], "t": ["minLength": 2, "maxLength": 3], "l": ["minItems": 1]],
            "additionalProperties": ["type": "boolean"],
        ])
        #expect(schema.validate(["v": 1.0, "t": "ab", "l": [0], "x": true]).isEmpty)
        #expect(schema.validate(["v": 2, "t": "a", "l": [], "x": 1]).count == 4)
    }
}
