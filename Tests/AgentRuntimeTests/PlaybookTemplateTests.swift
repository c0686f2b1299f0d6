import AgentRuntime
import Testing
import Values

@Suite("templates")
struct PlaybookTemplateTests {
    private let scope = Scope(values: ["input": ["q": "why?", "n": 3, "list": [1, "a"], "none": nil]])

    private func template(_ yaml: String) throws -> (Template, [Diagnostic]) {
        let (node, problems) = YAML.parse(yaml, file: "f", line: 10)
        #expect(problems.isEmpty)
        return Template.parse(try #require(node))
    }

    @Test(
        "templates have the values that the specification says",
        arguments: [
            ("${input.n}", 3), ("\"${input.list}\"", [1, "a"]), ("n = ${input.n}!", "n = 3!"),
            ("${input.q}${input.n}", "why?3"), ("'[${input.none}]'", "[]"), ("'${input.list}!'", "[1,\"a\"]!"),
            ("$${input.n}", "${input.n}"), ("costs $5", "costs $5"), ("12", 12), ("'12'", "12"), ("$", "$"),
            ("'a $${b} ${input.n}'", "a ${b} 3"), ("${\"}\"}", "}"), ("'${''}''}'", "}"),
            ("$$${input.n}", "$${input.n}"),
            (
                "{a: \"${input.n}\", b: [1, \"${input.q}\"], c: {d: null}}",
                ["a": 3, "b": [1, "why?"], "c": ["d": nil]]
            ),
        ] as [(String, JSON)])
    func values(yaml: String, expected: JSON) throws {
        let (template, problems) = try template(yaml)
        #expect(problems.isEmpty)
        #expect(template.value(in: scope) == expected)
    }

    @Test("what has no expressions becomes one literal")
    func literals() throws {
        let (template, _) = try template("{a: [1, {b: x}], c: 'y'}")
        #expect(template == .literal(["a": [1, ["b": "x"]], "c": "y"]))
    }

    @Test(
        "mistakes stand at their place in the file",
        arguments: [
            ("a: ${input.n", "expression_unclosed", 10, 4), ("a: x ${'}", "expression_syntax", 10, 8),
            ("a: \"x\\n${ cuont(1) }\"", "unknown_function", 10, 11),
            ("a: |\n  one\n  two ${1 +}\n", "expression_syntax", 12, 12),
            ("a: ${}", "expression_syntax", 10, 6),
        ])
    func mistakes(yaml: String, code: String, line: Int, column: Int) throws {
        let (_, problems) = try template(yaml)
        #expect(problems.map(\.code) == [code])
        #expect(problems.first?.place == SourcePlace(file: "f", line: line, column: column))
    }

    @Test("one wrong expression does not hide the next")
    func several() throws {
        let (_, problems) = try template("a: '${1 +} and ${x = 1} and ${fine} and ${2 2}'\nb: ['${nope(1)}']")
        #expect(
            problems.map(\.code) == [
                "expression_syntax", "expression_syntax", "expression_syntax", "unknown_function",
            ])
    }
}
