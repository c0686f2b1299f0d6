import Schemas
import Testing
import Values

@Suite("Glossaries as text")
struct SemanticModelTests {
    static let text = """
        version: 1
        name: shop
        default_time: orders.ordered_at
        calendar:
          fiscal_year_start: april
          weekend: [friday, saturday]
        entities:
          - name: customer
            table: customers
            key: customer_id
            label: first_name || ' ' || last_name
            synonyms: [client, "buyer: large"]
        dimensions:
          - name: customer type
            column: customers.customer_type
            values: {repeat: [returning], "1": one-time}
          - name: track length
            column: Track.Milliseconds
            type: numeric (milliseconds)
        measures:
          - name: stock
            table: stock
            expression: quantity
            aggregation: sum
            additivity: semi_additive
        metrics:
          - name: revenue
            expression: SUM(orders.order_total)
            tables: [orders]
            time: orders.ordered_at
            filter: orders.status <> 'cancelled'
          - name: average order value
            formula: revenue / order_count
            format: money
        joins:
          - orders.customer_id = customers.customer_id
          - on: orders.seller_id = staff.id
            role: seller
        sets:
          - name: active customer
            table: customers
            filters: [customers.is_active = 1]
        terms:
          - name: turnover
            means: revenue
        """

    private func model() throws -> SemanticModel {
        let (file, problems) = SemanticModelFile.read(Self.text, file: "shop.yaml")
        #expect(problems == [])
        return try #require(file).model
    }

    @Test("every part is read")
    func parts() throws {
        let model = try model()
        #expect(model.defaultTime == SemanticColumn("orders", "ordered_at"))
        #expect(model.calendar == BusinessCalendar(fiscalYearStart: 4, weekend: [5, 6]))
        #expect(model.entities[0].key == ["customer_id"])
        #expect(model.entities[0].synonyms == ["client", "buyer: large"])
        #expect(
            model.dimensions[0].values == [
                SemanticValue("repeat", synonyms: ["returning"]), SemanticValue("1", synonyms: ["one-time"]),
            ])
        #expect(model.dimensions[1].kind == .number)
        #expect(model.dimensions[1].unit == "milliseconds")
        #expect(model.measures[0].additivity == .semiAdditive)
        #expect(model.metrics[0].filters == ["orders.status <> 'cancelled'"])
        #expect(model.metrics[1].format == .money)
        #expect(model.joins[0].from == [SemanticColumn("orders", "customer_id")])
        #expect(model.joins[1].role == "seller")
        #expect(model.sets[0].filters == ["customers.is_active = 1"])
        #expect(model.terms[0].means == "revenue")
    }

    @Test("what is written is read back as the same model")
    func roundTrip() throws {
        let model = try model()
        let text = model.yaml(comments: ["": "a remark\n\nof three lines", "metrics[1]": "#odd: [", "joins": "x"])
        let (again, problems) = SemanticModelFile.read(text, file: "again.yaml")
        #expect(problems == [])
        #expect(again?.model == model)
        #expect(again?.model.yaml() == model.yaml())
    }

    @Test("texts that YAML would take for something else survive")
    func oddTexts() {
        let odd = [
            "yes", "1", "1.5", "null", "- a", "a: b", "a #b", "[x", "\"q\"", "'s'", "a\nb", "ä", "~", "a,b", "é:",
        ]
        var model = SemanticModel(name: "true")
        model.entities = odd.map {
            SemanticEntity(name: $0, table: $0, key: [$0], label: $0, synonyms: odd, summary: $0)
        }
        let (again, problems) = SemanticModelFile.read(model.yaml(), file: "x")
        #expect(problems == [])
        #expect(again?.model == model)
    }

    @Test("value synonyms may be written from what people say to what is stored")
    func valueSynonyms() {
        let text = """
            dimensions:
              - {name: kind, column: c.kind, value_synonyms: {repeat: returning, back again: returning, fresh: new}}
            """
        let (file, problems) = SemanticModelFile.read(text, file: "g.yaml")
        #expect(problems == [])
        #expect(
            file?.model.dimensions[0].values == [
                SemanticValue("returning", synonyms: ["repeat", "back again"]),
                SemanticValue("new", synonyms: ["fresh"]),
            ])
    }

    @Test("JSON is read like YAML, also with tabs")
    func json() {
        let text =
            "{\n\t\"database\": \"d\",\n\t\"metrics\": [{\"name\": \"m\", \"expression\": \"SUM(t.a)\", "
            + "\"tables\": [\"t\"], \"synonyms\": [], \"description\": \"\"}], \"joins\": []\n}"
        let (file, problems) = SemanticModelFile.read(text, file: "d.json")
        #expect(problems == [])
        #expect(file?.model.name == "d")
        #expect(file?.model.metrics == [SemanticMetric(name: "m", table: "t", formula: "SUM(t.a)")])
    }

    @Test("mistakes are told with their line and a remedy")
    func mistakes() {
        let text = """
            entities:
              - name: a
              - tabel: b
            metrics:
              - name: m
                formula: SUM(t.a)
                time: ordered
                formt: money
            joins:
              - a.b
            measures:
              - {name: x, table: t, aggregation: median}
            """
        let (_, problems) = SemanticModelFile.read(text, file: "g.yaml")
        let told = problems.map { "\($0.place.line) \($0.severity.rawValue) \($0.code)" }
        #expect(
            told.sorted() == [
                "10 error semantic_join", "12 error semantic_missing", "12 error semantic_value",
                "2 error semantic_missing", "3 error semantic_missing", "3 warning semantic_unknown_member",
                "7 error semantic_value", "8 warning semantic_unknown_member",
            ])
        #expect(problems.contains { $0.hint.contains("format") })
        #expect(problems.contains { $0.hint.contains("table") })
    }

    @Test("a text that is no glossary gives none")
    func noGlossary() {
        for text in ["", "- a", "a: [", "just words"] {
            let (file, problems) = SemanticModelFile.read(text, file: "g.yaml")
            #expect(file == nil)
            #expect(!problems.isEmpty)
        }
    }

    @Test("places name the nearest part that is known")
    func places() throws {
        let (file, _) = SemanticModelFile.read(Self.text, file: "shop.yaml")
        let read = try #require(file)
        #expect(read.place("metrics[0].formula").line == 28)
        #expect(read.place("metrics[1].nothing").line == 32)
        #expect(read.place("joins[1].role").line == 38)
        #expect(read.place("nowhere").line == 1)
    }

    @Test("columns are read plain and quoted")
    func columns() {
        #expect(SemanticColumn("a.b") == SemanticColumn("a", "b"))
        #expect(SemanticColumn("\"Order Details\".\"Unit Price\"") == SemanticColumn("Order Details", "Unit Price"))
        for text in ["a", "a.b.c", "a + b.c", "", ".", "a.", "a b.c", "\"a.b"] {
            #expect(SemanticColumn(text) == nil)
        }
    }
}
