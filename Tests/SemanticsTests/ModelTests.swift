import Schemas
import Testing
import Values

@testable import Modeling
@testable import Semantics

@Suite("Understanding a schema")
struct ModelTests {
    @Test(
        "names are split and abbreviations written out",
        arguments: [
            ("InvoiceLine", ["invoice", "line"]), ("order_qty", ["order", "quantity"]),
            ("CustomerID", ["customer", "id"]),
            ("HTTPServerName", ["http", "server", "name"]), ("emp_fname", ["employee", "first", "name"]),
            ("Pick #", ["pick", "number"]), ("day7_score", ["day7", "score"]),
        ])
    func split(name: String, words: [String]) { #expect(Words.split(name) == words) }

    @Test(
        "nouns are reduced to their singular",
        arguments: [
            ("categories", "category"), ("addresses", "address"), ("boxes", "box"), ("status", "status"),
            ("people", "person"),
            ("movies", "movie"), ("analysis", "analysis"), ("sales", "sale"), ("days", "day"), ("has", "has"),
        ])
    func lemma(word: String, lemma: String) { #expect(Words.lemma(word) == lemma) }

    @Test("roles follow names, types and samples")
    func roles() {
        let model = Fixtures.retail.model
        func role(_ table: String, _ column: String) -> ColumnRole? { model.column(ColumnRef(table, column))?.role }
        #expect(role("orders", "customer_id") == .key)
        #expect(role("orders", "ordered_at") == .time)
        #expect(role("orders", "total_amount") == .measure)
        #expect(role("orders", "status") == .category)
        #expect(model.entity("customers")?.label == ["first_name", "last_name"])
        #expect(model.column(ColumnRef("order_lines", "unit_price"))?.measure == .unitPrice)
        #expect(Fixtures.hospital.model.column(ColumnRef("stays", "admission_date"))?.role == .time)
        #expect(Fixtures.hospital.model.column(ColumnRef("stays", "is_emergency"))?.role == .flag)
    }

    @Test("dates that are no ISO text are no dates, since text would sort them wrongly")
    func otherDates() {
        let catalogue = Fixtures.catalogue("x", "trips: trip_id int pk, start_date text")
        let profile = ColumnProfile(column: ColumnRef("trips", "start_date"), samples: [.text("8/21/2015 17:03")])
        #expect(SchemaModel(catalogue, profiles: [profile]).column(ColumnRef("trips", "start_date"))?.role != .time)
    }

    @Test("references that nobody declared are found by name and type")
    func undeclared() {
        let edges = Fixtures.hospital.model.joins.edges
        let pairs = edges.map { "\($0.child).\($0.childColumns[0])>\($0.parent)" }
        #expect(pairs.contains("stays.patient_id>patients"))
        #expect(pairs.contains("stays.physician_id>physicians"))
        #expect(pairs.contains("physicians.dept_id>departments"))
        #expect(edges.allSatisfy { !$0.isDeclared && $0.weight > 1 })
    }

    @Test("paths know when they multiply rows")
    func paths() {
        let joins = Fixtures.retail.model.joins
        #expect(joins.path(from: "order_lines", to: "customers")?.isToOne == true)
        #expect(joins.path(from: "orders", to: "categories")?.isToOne == false)
        #expect(joins.path(from: "orders", to: "nowhere") == nil)
    }

    @Test("keys, notes and numbers are not indexed")
    func indexed() {
        let columns = ValueIndex.columnsToIndex(of: Fixtures.retail.catalogue).map { "\($0.table).\($0.column)" }
        #expect(columns.contains("customers.country"))
        #expect(columns.contains("products.product_name"))
        #expect(!columns.contains("orders.total_amount"))
        #expect(!columns.contains("orders.ordered_at"))
    }

    @Test("output columns come back from their JSON")
    func outputColumn() {
        for role in [OutputColumn.Role.dimension, .measure, .time(.quarter)] {
            let column = OutputColumn(name: "a", title: "A", role: role, format: .money)
            #expect(OutputColumn(json: column.json) == column)
        }
    }
}
