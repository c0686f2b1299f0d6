import Modeling
import Schemas
import Testing
import Values

@testable import Semantics

@Suite("Glossaries against a database")
struct GlossaryTests {
    static let shop = Fixtures.context(
        "shop",
        """
        customers: customer_id int pk, first_name text, last_name text, status text, country text, joined date
        products: product_id int pk, product_name text, category text
        orders: order_id int pk, customer_id int >customers, ordered_at datetime, total real, is_web int
        lines: line_id int pk, order_id int >orders, product_id int >products, price real, quantity int, discount real
        """, values: [])

    private func glossary(_ text: String) -> (glossary: Glossary?, problems: [Diagnostic]) {
        let (file, problems) = SemanticModelFile.read(text, file: "g.yaml")
        guard let file else { return (nil, problems) }
        let (glossary, further) = Glossary.fit(file, to: Self.shop.catalogue)
        return (glossary, problems + further)
    }

    private func codes(_ text: String) -> [String] {
        glossary(text).problems.map { "\($0.place.line) \($0.code)" }
    }

    private func sql(_ question: String, _ text: String) -> String? {
        var context = Self.shop
        context.glossary = glossary(text).glossary
        guard case .answer(let reading) = QuestionReader().read(question, in: context) else { return nil }
        return reading.sql
    }

    @Test("a figure's formula and filter are what is computed")
    func figure() {
        let text = """
            metrics:
              - name: web takings
                formula: SUM(lines.price * lines.quantity * (1 - lines.discount))
                filters: [orders.is_web = 1]
                time: orders.ordered_at
            """
        #expect(codes(text) == [])
        #expect(
            sql("What are the web takings?", text)
                == #"""
                SELECT SUM((("lines"."price" * "lines"."quantity") * (1 - "lines"."discount"))) AS "web_takings" FROM "lines" JOIN "orders" ON "lines"."order_id" = "orders"."order_id" WHERE "orders"."is_web" = 1
                """#.trimmedLines)
        #expect(
            sql("Web takings per month in 2024", text)?.contains(#""orders"."ordered_at" >= '2024-01-01'"#) == true)
    }

    @Test("a formula over figures is a ratio of sums")
    func ratio() {
        let text = """
            measures:
              - {name: takings, table: orders, expression: total, aggregation: sum}
              - {name: buyers, table: orders, expression: customer_id, aggregation: count_distinct}
            metrics:
              - {name: takings per head, formula: takings / buyers}
            """
        #expect(codes(text) == [])
        let found = sql("Show the takings per head by country", text)
        #expect(
            found?.contains(
                #"1.0 * SUM("orders"."total") / NULLIF(COUNT(DISTINCT "orders"."customer_id"), 0)"#) == true)
    }

    @Test("synonyms of entities, dimensions and values are understood")
    func synonyms() {
        let text = """
            entities:
              - {name: customer, table: customers, label: first_name || ' ' || last_name, synonyms: [wayfarer]}
            dimensions:
              - {name: standing, column: customers.status, values: {vip: [platinum]}}
            sets:
              - {name: newcomer, table: customers, filters: ["joined >= '2026-01-01'"]}
            """
        #expect(codes(text) == [])
        #expect(
            sql("How many wayfarers are there?", text)
                == #"SELECT COUNT(*) AS "number_of_customers" FROM "customers""#)
        #expect(
            sql("How many platinum wayfarers are there?", text)?.contains(#""customers"."status" = 'vip'"#) == true)
        #expect(sql("How many newcomers are there?", text)?.contains(#""joined" >= '2026-01-01'"#) == true)
        #expect(sql("How many wayfarers are there?", "name: none") == nil)
    }

    @Test("what does not fit is told with its line")
    func mistakes() {
        let text = """
            entities:
              - {name: a, table: custmers}
              - {name: b, table: customers, key: id}
            metrics:
              - {name: c, formula: SUM(orders.totl)}
              - {name: d, formula: SUM(total}
              - {name: e, formula: f / 2}
              - {name: f, formula: e * 2}
              - {name: g, formula: SUM(orders.total) + 5 * SUM(lines.quantity)}
              - {name: h, formula: "SUM(orders.total); DROP TABLE orders"}
              - {name: i, formula: SUM((SELECT 1))}
              - {name: j, formula: SUM(customers.country)}
              - {name: k, formula: orders.total}
              - {name: l, formula: SUM(orders.total), filters: [orders.total]}
            joins:
              - orders.total = customers.country
            measures:
              - {name: m, table: orders, expression: lines.price, aggregation: sum}
            terms:
              - {name: n, means: nothing}
            """
        let found = Set(codes(text))
        for code in [
            "2 semantic_unknown_table", "3 semantic_unknown_column", "5 semantic_unknown_column", "6 semantic_sql",
            "7 semantic_circle", "9 semantic_grain", "10 semantic_sql", "11 semantic_sql", "12 semantic_type",
            "13 semantic_sql", "16 semantic_join", "18 semantic_other_table", "20 semantic_unknown_name",
        ] { #expect(found.contains(code), "\(code) in \(found.sorted())") }
    }

    @Test("one name for two figures is told")
    func ambiguous() {
        let text = """
            metrics:
              - {name: takings, formula: SUM(orders.total)}
              - {name: income, formula: SUM(lines.price), synonyms: [takings]}
            """
        #expect(codes(text) == ["3 semantic_ambiguous_name"])
    }

    @Test("of figures that are called alike the one at the right grain is taken")
    func grain() {
        let text = """
            metrics:
              - {name: takings, formula: SUM(orders.total)}
              - {name: line_takings, formula: SUM(lines.price * lines.quantity)}
            """
        #expect(sql("Takings by country", text)?.contains(#"SUM("orders"."total")"#) == true)
        #expect(sql("Takings by category", text)?.contains(#""lines"."price" * "lines"."quantity""#) == true)
    }

    @Test("beside other figures, conditions hold for their own figure only; of a share nothing is made")
    func conditions() {
        let text = """
            metrics:
              - {name: web orders, formula: COUNT(orders.order_id), filters: [orders.is_web = 1]}
              - {name: takings, formula: SUM(orders.total)}
              - {name: pieces, formula: SUM(lines.quantity)}
            """
        #expect(
            sql("How many web orders per country?", text)?.contains(#"WHERE "orders"."is_web" = 1"#) == true)
        let both = sql("Web orders and takings by country", text)
        if let both {
            #expect(!both.contains("WHERE") && both.contains("CASE WHEN"), "\(both)")
            #expect(both.contains(#"SUM("orders"."total")"#), "\(both)")
        }
        let share = sql("What share of orders are web orders?", text)
        #expect(share?.contains(#"WHERE "orders"."is_web""#) != true, "\(share ?? "")")
        #expect(sql("How many pieces were there in 2024?", text)?.contains(#"SUM("lines"."quantity")"#) == true)
    }

    @Test("quotes in a glossary stay within their literal")
    func quotes() {
        let text = """
            sets:
              - {name: odd one, table: customers, filters: ["status = 'a''; DROP TABLE x --'"]}
            """
        #expect(sql("How many odd ones are there?", text)?.contains(#"= 'a''; DROP TABLE x --'"#) == true)
    }

    @Test("a draft fits its database and says so when it is read back")
    func draft() {
        let yaml = GlossaryDraft.yaml(for: Self.shop)
        #expect(yaml.hasPrefix("# Glossary of shop"))
        let (glossary, problems) = glossary(yaml)
        #expect(problems.filter { $0.severity == .error } == [])
        #expect(glossary?.figure("revenue") != nil)
        #expect(glossary?.model.entities.map(\.table) == ["customers", "products", "orders", "lines"])
    }
}

extension String {
    fileprivate var trimmedLines: String { split(separator: "\n").joined(separator: "\n") }
}
