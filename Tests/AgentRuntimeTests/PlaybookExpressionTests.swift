import AgentRuntime
import Testing
import Values

@Suite("expressions")
struct PlaybookExpressionTests {
    private let scope = Scope(
        values: [
            "input": ["question": "how many?", "n": 3, "list": [1, 2], "none": nil, "odd key": "k"], "round": 1,
            "context": ["database": "shop"],
        ],
        steps: [
            "rows": .finished(["columns": ["a", "b"], "row_count": 2, "rate": 0.5]), "late": .skipped,
            "bad": .failed("no such table"),
        ])

    private func value(_ text: String) throws -> JSON {
        let (expression, problems) = Expression.parse(text, place: SourcePlace(file: "f", line: 1, column: 1))
        #expect(problems.isEmpty, "\(text): \(problems)")
        return try #require(expression).value(in: scope)
    }

    @Test(
        "expressions have the values that the specification says",
        arguments: [
            ("1", 1), ("-2", -2), ("1.5", 1.5), ("'it''s'", nil), ("\"a\\n\\\"b\"", "a\n\"b"), ("true", true),
            ("null", nil), ("[1, 'a', -2, true, [null]]", [1, "a", -2, true, [nil]]), ("[]", []),
            ("input.question", "how many?"), ("input.list[1]", 2), ("input.list[9]", nil),
            ("input[\"odd key\"]", "k"),
            ("rows.columns[0]", "a"), ("nothing.at.all", nil), ("late", nil), ("bad.x", nil),
            ("1 + 2 - 4", -1), ("'a' + 'b'", "ab"), ("[1] + [2]", [1, 2]), ("1 + 'a'", nil), ("rows.rate + 1", 1.5),
            ("1 == 1.0", true), ("1 != 2", true), ("2 < 10", true), ("'b' > 'a'", true), ("null < 1", false),
            ("null >= null", false), ("2 <= 2", true), ("1 == '1'", false),
            ("1 < 2 and 2 < 3", true), ("false or 'x'", true), ("not true or true", true),
            ("not (true or true)", false),
            ("not 1 == 2", true), ("false and true or true", true), ("true or false and false", true),
            ("'a' in rows.columns", true), ("'z' not in rows.columns", true), ("'n' in input", true),
            ("1 in 2", false),
            ("input.n - 1 == 2", true), ("count(rows.columns)", 2), ("count(null)", 0), ("count('abc')", 3),
            ("empty(input.none)", true), ("exists(rows)", true), ("exists(late)", false),
            ("default(late.x, 'none')", "none"), ("default(0, 1)", 0), ("first(input.list)", 1), ("first([])", nil),
            ("join(rows.columns, '; ')", "a; b"), ("join(rows.columns)", "a, b"), ("failed(bad)", true),
            ("failed(rows)", false), ("skipped(late)", true), ("error(bad)", "no such table"), ("error(rows)", nil),
            ("count(default(late.rows, []))", 0),
        ] as [(String, JSON)])
    func values(text: String, expected: JSON) throws {
        // Quotes are escaped with a backslash; doubled ones are two texts side by side, which is a mistake.
        if text == "'it''s'" {
            #expect(Expression.parse(text, place: SourcePlace(file: "f", line: 1)).0 == nil)
            return
        }
        #expect(try value(text) == expected)
    }

    @Test(
        "mistakes are named with code and column",
        arguments: [
            ("cuont(x)", "unknown_function", 1, "count"), ("1 + cuont(x)", "unknown_function", 5, "count"),
            ("count()", "wrong_arguments", 1, "count(x)"), ("default(a)", "wrong_arguments", 1, "default(x, y)"),
            ("failed(a.b)", "wrong_arguments", 1, "failed(step)"),
            ("failed(1)", "wrong_arguments", 1, "failed(step)"),
            ("a < b < c", "expression_syntax", 7, "and"), ("a == b == c", "expression_syntax", 8, "and"),
            ("a = b", "expression_syntax", 3, "=="), ("a && b", "expression_syntax", 3, "and"),
            ("a || b", "expression_syntax", 3, "or"), ("!a", "expression_syntax", 1, "not"),
            ("a * 2", "expression_syntax", 3, "tool"), ("a ? b : c", "expression_syntax", 3, "default"),
            ("", "expression_syntax", 1, "inserted"), ("a.", "expression_syntax", 3, "root.member"),
            ("a[x]", "expression_syntax", 3, "list[0]"), ("(a", "expression_syntax", 3, "add"),
            ("'abc", "expression_syntax", 1, "add"), ("a b", "expression_syntax", 3, "operator"),
            ("12abc", "expression_syntax", 1, "number"), ("[a]", "expression_syntax", 2, "YAML"),
            ("-a", "expression_syntax", 2, "0 - x"), ("'\\q'", "expression_syntax", 2, "known"),
            ("a +", "expression_syntax", 4, "finish"), ("a not b", "expression_syntax", 7, "operator"),
            ("#", "expression_syntax", 1, "operators"), ("{}", "expression_syntax", 1, "YAML"),
        ])
    func mistakes(text: String, code: String, column: Int, hint: String) throws {
        let (expression, problems) = Expression.parse(text, place: SourcePlace(file: "f", line: 4, column: 1))
        #expect(expression == nil)
        let first = try #require(problems.first)
        #expect(problems.count == 1)
        #expect(first.code == code)
        #expect(first.place == SourcePlace(file: "f", line: 4, column: column))
        #expect(first.hint.contains(hint), "\(first.hint)")
    }

    @Test("deep nesting and endless sums are refused, not followed")
    func bounds() {
        let place = SourcePlace(file: "f", line: 1)
        let deep = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(Expression.parse(deep, place: place).1.first?.message.contains("nested") == true)
        let nots = String(repeating: "not ", count: 5000) + "1"
        #expect(Expression.parse(nots, place: place).1.first?.message.contains("nested") == true)
        let long = Array(repeating: "1", count: 5000).joined(separator: " + ")
        #expect(Expression.parse(long, place: place).1.first?.message.contains("operators") == true)
    }

    @Test("references are strict, but for the first argument of asking functions")
    func references() throws {
        let (expression, _) = Expression.parse(
            "default(a.x, b) == c and exists(d) or count(e) > 1 and failed(f)",
            place: SourcePlace(file: "f", line: 1))
        var strict: [String] = []
        var lenient: [String] = []
        try #require(expression).collectReferences(strict: &strict, lenient: &lenient)
        #expect(strict == ["b", "c", "e"])
        #expect(lenient == ["a", "d", "f"])
    }
}
