import AgentRuntime
import Testing
import Values

@Suite("expressions as text")
struct PlaybookPrintingTests {
    @Test(
        "expressions are written with as few parentheses as needed",
        arguments: [
            ("a and (b or c)", "a and (b or c)"), ("(a and b) or c", "a and b or c"),
            ("not (a == b)", "not a == b"),
            ("(not a) == b", "(not a) == b"), ("a - (b - c)", "a - (b - c)"), ("(a - b) - c", "a - b - c"),
            ("a not in ['x','y']", "not a in [\"x\", \"y\"]"), ("a['odd key'].b[0]", "a[\"odd key\"].b[0]"),
            ("default( a.b , null )", "default(a.b, null)"), ("'q\"\\\\'", "\"q\\\"\\\\\""),
        ])
    func written(text: String, expected: String) throws {
        let expression = try #require(Expression.parse(text, place: SourcePlace(file: "f", line: 1)).0)
        #expect(expression.description == expected)
    }

    @Test("what is written is parsed to the same expression")
    func roundTrip() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2000 {
            let expression = make(&random, depth: 4)
            let (parsed, problems) = Expression.parse(
                expression.description, place: SourcePlace(file: "f", line: 1))
            #expect(problems.isEmpty, "\(expression): \(problems)")
            #expect(parsed == expression, "\(expression)")
        }
    }

    private func make(_ random: inout SeededRandom, depth: Int) -> Expression {
        switch Int.random(in: 0..<(depth == 0 ? 2 : 6), using: &random) {
        case 0:
            let literals: [JSON] = [nil, true, 0, -3, 1.5, "", "a'\"\\\n\tb", [1, "x", [false]]]
            return .literal(literals.randomElement(using: &random)!)
        case 1:
            let paths: [[Expression.Accessor]] = [
                [], [.member("b")], [.index(2), .member("c_1")],
                [.member("two words"), .member("1st"), .member("")],
            ]
            return .reference(
                root: ["a", "rows", "input"].randomElement(using: &random)!,
                path: paths.randomElement(using: &random)!)
        case 2: return .not(make(&random, depth: depth - 1))
        case 3:
            let functions: [Expression.Function] = [.count, .first, .exists]
            return .call(functions.randomElement(using: &random)!, [make(&random, depth: depth - 1)])
        default:
            return .binary(
                Expression.Operator.allCases.randomElement(using: &random)!, make(&random, depth: depth - 1),
                make(&random, depth: depth - 1))
        }
    }
}
