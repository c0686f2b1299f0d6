import Schemas
import Testing
import Values

@testable import Modeling

@Suite("Keys and references that nobody declared")
struct ReferenceInferenceTests {
    /// A table whose columns have these values, one per row.
    private struct Data {
        var table: String
        var columns: [(name: String, kind: CatalogueColumn.Kind, values: [SQLValue])]

        var catalogue: CatalogueTable {
            CatalogueTable(
                name: table,
                columns: columns.map { CatalogueColumn(name: $0.name, declaredType: "", kind: $0.kind) },
                rowCount: columns[0].values.count)
        }

        func profile(_ combinations: [[String]]) -> Profile.Table {
            let surveyed = columns.map { column -> Profile.Column in
                let survey = ColumnSurvey(name: column.name)
                for value in column.values { _ = Self.take(value, survey) }
                return survey.profile()
            }
            var profile = Profile.Table(name: table, rowCount: columns[0].values.count, columns: surveyed)
            profile.combinations = combinations.map { names in
                let sampler = DistinctSampler(limit: 1000)
                for row in columns[0].values.indices {
                    sampler.add(
                        names.reduce(1) { hash, name in
                            let value = columns.first { $0.name == name }?.values[row] ?? .null
                            return StableHash.combined(hash, Self.take(value, ColumnSurvey(name: name)))
                        })
                }
                return Profile.Combination(columns: names, nullCount: 0, sample: sampler.sample)
            }
            return profile
        }

        static func take(_ value: SQLValue, _ survey: ColumnSurvey) -> UInt64 {
            switch value {
            case .integer(let number): survey.add(number)
            case .real(let number): survey.add(number)
            case .text(let text): Array(text.utf8).withUnsafeBytes { survey.add($0) }
            default: survey.addNull()
            }
        }
    }

    private func model(_ tables: [Data]) -> SchemaModel {
        let catalogue = Catalogue(database: "x", tables: tables.map(\.catalogue))
        let first = Profile(tables: tables.map { $0.profile([]) })
        let wanted = KeyCandidates.combinations(catalogue, first)
        let profile = Profile(
            tables: tables.map { data in data.profile(wanted.first { $0.table == data.table }?.columns ?? []) })
        return SchemaModel(catalogue, profile: profile)
    }

    private func numbers(_ values: some Sequence<Int>) -> [SQLValue] { values.map { .integer($0) } }

    private func edges(_ model: SchemaModel) -> [String] {
        model.joins.edges.map { edge in
            "\(edge.child).\(edge.childColumns.joined(separator: "+"))>\(edge.parent).\(edge.parentColumns.joined(separator: "+"))"
        }
    }

    private var customers: Data {
        Data(
            table: "customers",
            columns: [
                ("id", .integer, numbers(1...100)),
                ("name", .text, (1...100).map { .text("Customer \($0 % 90)") }),
            ])
    }

    @Test("a reference by another word is found when the values fit, and not when they do not")
    func synonym() {
        func orders(_ ids: [SQLValue]) -> Data {
            Data(
                table: "orders",
                columns: [
                    ("id", .integer, numbers(1...300)), ("user_id", .integer, ids),
                    ("total", .real, numbers(1...300)),
                ])
        }
        let inside = numbers((0..<300).map { $0 % 97 + 1 })
        #expect(edges(model([customers, orders(inside)])) == ["orders.user_id>customers.id"])
        let outside = numbers((0..<300).map { $0 + 5000 })
        #expect(edges(model([customers, orders(outside)])).isEmpty)
    }

    @Test("half a percent of wrong values changes nothing")
    func dirt() throws {
        let ids = numbers((0..<1000).map { $0 % 200 == 7 ? -900_000 - $0 : $0 % 100 + 1 })
        let orders = Data(
            table: "orders", columns: [("order_id", .integer, numbers(1...1000)), ("customer_id", .integer, ids)])
        let edge = try #require(model([customers, orders]).joins.edges.first)
        #expect(edge.parent == "customers" && edge.confidence > 0.9 && !edge.isDeclared)
        #expect(edge.evidence.contains { if case .inclusion(let part) = $0 { part > 0.99 } else { false } })
    }

    @Test("a quantity that happens to lie among the keys is no reference")
    func quantity() {
        let lines = Data(
            table: "lines",
            columns: [
                ("line_id", .integer, numbers(1...400)),
                ("customer_id", .integer, numbers((0..<400).map { $0 % 100 + 1 })),
                ("quantity", .integer, numbers((0..<400).map { $0 % 50 + 1 })),
                ("rating", .integer, numbers((0..<400).map { $0 % 5 + 1 })),
            ])
        #expect(edges(model([customers, lines])) == ["lines.customer_id>customers.id"])
    }

    @Test("two columns make a key, and are referred to together")
    func composite() {
        let pairs = (0..<200).map { ($0 / 4 + 1, ($0 % 4) * 7 + $0 / 4 % 3 + 1) }
        let stock = Data(
            table: "stock",
            columns: [
                ("part_id", .integer, numbers(pairs.map(\.0))), ("supplier_id", .integer, numbers(pairs.map(\.1))),
                ("quantity", .integer, numbers(pairs.map { $0.0 % 3 })),
            ])
        let lines = Data(
            table: "lines",
            columns: [
                ("order_id", .integer, numbers((0..<600).map { $0 / 3 + 1 })),
                ("line_number", .integer, numbers((0..<600).map { $0 % 3 + 1 })),
                ("part_id", .integer, numbers((0..<600).map { pairs[$0 * 7 % 200].0 })),
                ("supplier_id", .integer, numbers((0..<600).map { pairs[$0 * 7 % 200].1 })),
            ])
        let model = model([stock, lines])
        #expect(model.entity("stock")?.key == ["part_id", "supplier_id"])
        #expect(model.entity("lines")?.key == ["order_id", "line_number"])
        #expect(edges(model).contains("lines.part_id+supplier_id>stock.part_id+supplier_id"))
    }

    @Test("a manager is a row of the same table")
    func selfReference() throws {
        let staff = Data(
            table: "employees",
            columns: [
                ("employee_id", .integer, numbers(1...40)), ("name", .text, (1...40).map { .text("P\($0)") }),
                ("reports_to", .integer, [.null] + numbers((1..<40).map { $0 % 6 + 1 })),
            ])
        let edge = try #require(model([staff]).joins.selfReferences(of: "employees").first)
        #expect(edge.childColumns == ["reports_to"] && edge.parentColumns == ["employee_id"])
    }

    @Test("the generated column that is unique everywhere is not the key")
    func generated() {
        let table = Data(
            table: "products",
            columns: [
                ("rowguid", .text, (1...50).map { .text("a\($0)-ff") }),
                ("product_number", .text, (1...50).map { .text("PN-\($0 * 7)") }),
                ("weight", .integer, numbers(101...150)),
            ])
        #expect(model([table]).entity("products")?.key == ["product_number"])
    }

    @Test("columns that repeat are no key, whatever they are called")
    func repeating() {
        let table = Data(
            table: "visits",
            columns: [
                ("visit_id", .integer, numbers((0..<50).map { $0 % 20 })),
                ("note", .text, (0..<50).map { .text("n\($0 % 30)") }),
            ])
        #expect(model([table]).entity("visits")?.key.contains("visit_id") == false)
    }

    @Test("where names say nothing, numbers without gaps are keys and values decide")
    func opaque() {
        let parent = Data(
            table: "t01",
            columns: [
                ("c01", .text, (1...60).map { .text("Town \($0)") }),
                ("c02", .integer, numbers((1...60).reversed())),
                ("c03", .real, (1...60).map { .real(Double($0) * 1.5) }),
            ])
        let child = Data(
            table: "t02",
            columns: [
                ("c01", .integer, numbers((0..<200).map { $0 % 3 })),
                ("c02", .integer, numbers((0..<200).map { $0 * 7 % 60 + 1 })),
                ("c03", .integer, numbers(1001...1200)),
            ])
        let model = model([parent, child])
        #expect(model.entity("t01")?.key == ["c02"] && model.entity("t02")?.key == ["c03"])
        #expect(edges(model) == ["t02.c02>t01.c02"])
    }
}
