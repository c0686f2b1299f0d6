import Schemas
import Testing
import Values

@testable import Semantics

@Suite("A glossary's calendar, levels, formulas of two grains and computed dimensions")
struct GlossaryMeasureTests {
    @Test("answers are those that were worked out by hand", arguments: MeasuredSamples.glossaryAnswers)
    func answers(question: String, rows: [String]) async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop, glossary: MeasuredSamples.glossary)
        #expect(await shop.ask(question) == rows)
    }

    @Test("the glossary fits the database without a complaint")
    func fits() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        let file = try #require(SemanticModelFile.read(MeasuredSamples.glossary, file: "g.yaml").0)
        #expect(Glossary.fit(file, to: shop.context.catalogue).1.map(\.message) == [])
    }

    @Test("a level cannot be a part of a formula, and a dimension is a value of one row")
    func refused() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        let text = """
            measures:
              - name: stock
                table: stock_levels
                expression: quantity_on_hand
                additivity: semi_additive
            metrics:
              - name: double stock
                formula: stock * 2
            dimensions:
              - name: share
                expression: SUM(orders.total_amount)
            """
        let file = try #require(SemanticModelFile.read(text, file: "g.yaml").0)
        let codes = Glossary.fit(file, to: shop.context.catalogue).1.map { "\($0.place.line) \($0.code)" }
        #expect(codes.contains("8 semantic_grain"))
        #expect(codes.contains("11 semantic_sql"))
    }

    @Test("fiscal years without a calendar are not guessed")
    func noCalendar() async throws {
        let shop = try await MeasuredDatabase(MeasuredSamples.shop)
        #expect(await shop.ask("revenue by fiscal year")[0].contains("fiscal"))
    }
}
