import Schemas
import Testing
import Values

@testable import Semantics

@Suite("What counts as the same answer")
struct ResultComparisonTests {
    /// A case as JSON: the right rows, the rows found, and what is expected of them.
    struct Sample: Sendable {
        var gold: JSON
        var found: JSON
        var isRight: Bool
        var isStrict: Bool
        var question = ""
        var names: [String] = []
        var isOrdered = false
        var groups: [Int]?
        var isSet = false
        var forbidsNumbers = false
    }

    static let samples: [Sample] = [
        Sample(gold: [[1]], found: [[1]], isRight: true, isStrict: true),
        Sample(gold: [[1]], found: [[2]], isRight: false, isStrict: false),
        Sample(gold: [[1]], found: [[1.0]], isRight: true, isStrict: true),
        Sample(gold: [["5"]], found: [[5]], isRight: true, isStrict: true),
        Sample(gold: [[25.98765]], found: [[25.99]], isRight: true, isStrict: false),
        Sample(gold: [[25.98765]], found: [[25.9]], isRight: false, isStrict: false),
        Sample(gold: [[0.3333]], found: [[0.33]], isRight: true, isStrict: false),
        Sample(gold: [[0.004]], found: [[0.001]], isRight: false, isStrict: false),
        Sample(gold: [[100]], found: [[101]], isRight: false, isStrict: false),
        Sample(
            gold: [["2024-01", 5], ["2024-02", 6]], found: [["Jan", 5], ["Feb", 6]], isRight: true, isStrict: false),
        Sample(
            gold: [["2024-01", 5], ["2024-02", 6]], found: [[1, 5], [2, 6]], isRight: true, isStrict: false),
        Sample(
            gold: [["2023-12", 5], ["2024-01", 6]], found: [[2023, 12, 5], [2024, 1, 6]], isRight: true,
            isStrict: false),
        Sample(
            gold: [["2023-12", 5], ["2024-01", 6]], found: [[12, 5], [1, 6]], isRight: false, isStrict: false),
        Sample(
            gold: [["2024-Q1", 1.5], ["2024-Q2", 2]], found: [["Q1", 1.5], ["Q2", 2]], isRight: true,
            isStrict: false),
        Sample(
            gold: [["2017", 3], ["2018", 4]], found: [[2017, 3], [2018, 4]], isRight: true, isStrict: true),
        Sample(gold: [["Nancy Davolio", 3]], found: [["Nancy", "Davolio", 3]], isRight: true, isStrict: false),
        Sample(gold: [["a", 1], ["b", 2]], found: [[1, "a"], [2, "b"]], isRight: true, isStrict: true),
        Sample(
            gold: [["a", 3], ["b", 2]], found: [["b", 2], ["a", 3]], isRight: false, isStrict: false,
            isOrdered: true),
        Sample(
            gold: [["a", 3], ["b", 3], ["c", 1]], found: [["b", 3], ["a", 3], ["c", 1]], isRight: true,
            isStrict: true, isOrdered: true, groups: [2, 1]),
        Sample(gold: [["a"], ["a"], ["b"]], found: [["a"], ["b"]], isRight: false, isStrict: false),
        Sample(gold: [["a"], ["a"], ["b"]], found: [["a"], ["b"]], isRight: true, isStrict: false, isSet: true),
        Sample(
            gold: [["a"], ["b"]], found: [["a", 1], ["b", 2]], isRight: false, isStrict: false, forbidsNumbers: true
        ),
        Sample(gold: [[12.5]], found: [[0.125]], isRight: true, isStrict: false, question: "what percentage"),
        Sample(gold: [[12.5]], found: [[0.125]], isRight: false, isStrict: false, question: "what is the average"),
        Sample(gold: [["x"]], found: [["x", 5]], isRight: true, isStrict: false),
        Sample(gold: [["x"]], found: [["x", "y"]], isRight: false, isStrict: false),
        Sample(
            gold: [["x"]], found: [["x", "y"]], isRight: true, isStrict: false, names: ["name", "customer_id"]),
        Sample(gold: [["x"]], found: [["x", 1, 2, 3]], isRight: false, isStrict: false),
        Sample(gold: [[nil]], found: [[0]], isRight: false, isStrict: false),
        Sample(gold: [["a"]], found: [], isRight: false, isStrict: false),
        Sample(gold: [], found: [], isRight: true, isStrict: true),
    ]

    @Test("rows are judged as the rules say", arguments: samples)
    func rules(sample: Sample) {
        func rows(_ json: JSON) -> [[SQLValue]] {
            (json.array ?? []).map { ($0.array ?? []).map { SQLValue(json: $0) ?? .null } }
        }
        var comparison = ResultComparison(gold: rows(sample.gold))
        comparison.question = sample.question
        comparison.isOrdered = sample.isOrdered
        comparison.groups = sample.groups
        comparison.isSet = sample.isSet
        comparison.forbidsNumbers = sample.forbidsNumbers
        let found = rows(sample.found)
        #expect(comparison.accepts(found, names: sample.names, tolerantly: true) == sample.isRight)
        #expect(comparison.accepts(found, names: sample.names, tolerantly: false) == sample.isStrict)
    }
}
