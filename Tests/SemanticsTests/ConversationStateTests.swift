import Modeling
import Schemas
import Testing
import Values

@testable import Semantics

@Suite("What a conversation carries")
struct ConversationStateTests {
    @Test(
        "every query comes back from JSON as it was",
        arguments: [
            "Top 5 customers by revenue in 2025 for Germany", "Products with a list price over 20",
            "Which customers have more than 3 orders?", "Customers who never ordered",
            "Average order value per month",
            "What percentage of orders was cancelled?", "Share of revenue by segment",
            "The cheapest product in each category", "Products above the average list price", "Orders per weekday",
            "Products starting with \"A\"", "Which customers have no segment?",
        ])
    func roundTrip(question: String) throws {
        let query = try #require(reading(question, Fixtures.retail)?.query, "\(question)")
        let json = ConversationState(query, of: Fixtures.retail.catalogue).json
        // Through text, as on the log.
        let read = ConversationState(json: try JSON(parsing: json.description))
        #expect(read?.query == query)
    }

    @Test("formulas of a glossary come back, and nothing that a glossary could not hold")
    func formulas() throws {
        let formula = try FormulaParser.parse(
            "SUM(CASE WHEN a > 1 THEN b ELSE 0 END) / NULLIF(COUNT(DISTINCT c), 0)")
        let written = try JSON.encoding(formula)
        #expect(try written.decoded(as: Formula.self) == formula)
        for wrong: JSON in [
            ["call", "load_extension", [["text", "x"]], false], ["number", "1; DROP TABLE t"],
            ["infix", ["null"], "; --", ["null"]], ["cast", ["null"], "TEXT); --"],
            ["prefix", "ATTACH ", ["null"]],
            ["unknown"], [],
        ] {
            #expect(throws: OperonError.self) { try wrong.decoded(as: Formula.self) }
        }
    }

    @Test("is not carried when it is too large, and not read when it is something else")
    func bounds() throws {
        var query = try #require(reading("How many customers are from Germany?", Fixtures.retail)?.query)
        let state = ConversationState(query, of: Fixtures.retail.catalogue)
        #expect(state.belongs(to: Fixtures.retail.catalogue))
        query.filters = [
            .oneOf(ColumnRef("customers", "country"), (0..<4000).map { .text("country \($0)") }, isNegated: false)
        ]
        #expect(ConversationState(query, of: Fixtures.retail.catalogue).json.isNull)
        for wrong: JSON in [
            nil, [], ["database": "shop"], ["database": "shop", "schema": "x", "query": ["limit": "five"]],
        ] {
            #expect(ConversationState(json: wrong) == nil)
        }
    }

    @Test("belongs to one database as it is now")
    func databases() throws {
        let query = try #require(reading("How many customers are there?", Fixtures.retail)?.query)
        let state = ConversationState(query, of: Fixtures.retail.catalogue)
        #expect(!state.belongs(to: Fixtures.music.catalogue))
        var changed = Fixtures.retail.catalogue
        changed.tables[0].columns.removeLast()
        #expect(!state.belongs(to: changed))
    }
}

@Suite("A choice")
struct ChoiceWordsTests {
    static let choices = ["Total sales per country of customer", "Total sales per country of store"]

    @Test(
        "is a number, a rank, its text, or words that stand in no other",
        arguments: [
            ("1", 0), ("2", 1), ("#2", 1), ("2.", 1), ("option 2", 1), ("the first", 0), ("the second one", 1),
            ("last", 1),
            ("the latter", 1), ("the former", 0), ("customer", 0), ("by store please", 1),
            ("the one with store", 1),
            ("Total sales per country of store", 1), ("total sales per country of customer.", 0),
        ])
    func understood(line: String, index: Int) {
        #expect(ChoiceWords.index(of: line, among: Self.choices) == index)
    }

    @Test(
        "is none of them otherwise",
        arguments: [
            "3", "0", "country", "How many orders are there?", "sales per month", "no", "neither", "", "?", "yes",
        ])
    func other(line: String) {
        #expect(ChoiceWords.index(of: line, among: Self.choices) == nil)
    }

    @Test("one choice is taken with yes, and turned down with no")
    func single() {
        #expect(ChoiceWords.index(of: "Yes!", among: ["Total sales"]) == 0)
        #expect(ChoiceWords.isRefusal("No.") && ChoiceWords.isRefusal("neither") && !ChoiceWords.isRefusal("Total"))
    }
}

@Suite("A glossary that remembers")
struct GlossaryNoteTests {
    @Test("is begun where there is none")
    func begun() throws {
        let text = try #require(
            GlossaryNote.adding(Meaning("country", table: "stores", column: "country"), to: "", name: "shop"))
        let (file, problems) = SemanticModelFile.read(text, file: "shop.yaml")
        #expect(problems.isEmpty && file?.model.dimensions.map(\.name) == ["country"])
    }

    @Test("keeps its comments and the order of its parts")
    func kept() throws {
        let text = """
            # Ours.
            version: 1
            name: shop
            dimensions:
              # The kind.
              - name: kind
                column: customers.segment   # not the status

            # What counts.
            metrics:
              - name: takings
                formula: SUM(orders.total_amount)
            """
        let changed = try #require(
            GlossaryNote.adding(
                Meaning("bev", table: "categories", column: "category_name", value: .text("Beverages")), to: text,
                name: "shop"))
        for line in text.split(separator: "\n") { #expect(changed.contains(line), "\(line)") }
        let (file, problems) = SemanticModelFile.read(changed, file: "shop.yaml")
        #expect(problems.isEmpty, "\(problems)")
        #expect(file?.model.dimensions.map(\.name) == ["kind", "bev in category_name"])
        #expect(file?.model.metrics.map(\.name) == ["takings"])
        let table = try #require(
            GlossaryNote.adding(Meaning("shopper", table: "customers"), to: changed, name: "shop"))
        #expect(SemanticModelFile.read(table, file: "shop.yaml").0?.model.entities.map(\.table) == ["customers"])
    }

    @Test("is left alone where it is not written as blocks")
    func foreign() {
        let meaning = Meaning("country", table: "stores", column: "country")
        #expect(GlossaryNote.adding(meaning, to: #"{"version": 1, "name": "shop"}"#, name: "shop") == nil)
        #expect(GlossaryNote.adding(meaning, to: "version: 1\nname: shop\ndimensions: []\n", name: "shop") == nil)
    }

    @Test("answers the question that was asked back before")
    func answers() throws {
        var context = Fixtures.retail
        for at in context.catalogue.tables.indices where context.catalogue.tables[at].name == "stores" {
            context.catalogue.tables[at].columns.append(.init(name: "country", declaredType: "TEXT", kind: .text))
        }
        let asked = try #require(clarification("Total revenue by country", context))
        let meaning = try #require(asked.choices.last?.means)
        #expect(meaning == Meaning("country", table: "stores", column: "country"))
        let text = try #require(GlossaryNote.adding(meaning, to: "", name: "shop"))
        let file = try #require(SemanticModelFile.read(text, file: "shop.yaml").0)
        context.glossary = Glossary.fit(file, to: context.catalogue).0
        #expect(reading("Total revenue by country", context)?.explanation == "Total sales per country of store")
        // A near name.
        context = Fixtures.retail
        let near = try #require(clarification("How many zenithy products are there?", context))
        let value = try #require(near.choices.first { $0.text.contains("Zenith") }?.means)
        let note = try #require(GlossaryNote.adding(value, to: "", name: "shop"))
        context.glossary =
            Glossary.fit(
                try #require(SemanticModelFile.read(note, file: "shop.yaml").0), to: context.catalogue
            ).0
        #expect(reading("How many zenithy products are there?", context)?.filters == ["brand of product is Zenith"])
    }
}
