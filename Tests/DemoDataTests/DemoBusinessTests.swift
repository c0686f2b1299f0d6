import DemoData
import Schemas
import Testing
import Values

@Suite("a demo business is consistent")
struct DemoBusinessTests {
    @Test("the default business has about 2 000 customers, 15 to 30 thousand orders and 40 to 90 thousand lines")
    func size() throws {
        let ledger = try Ledger.standard.get()
        #expect((1_800...2_200).contains(try ledger.table("customers").rows.count))
        #expect((15_000...30_000).contains(try ledger.table("orders").rows.count))
        #expect((40_000...90_000).contains(try ledger.table("order_lines").rows.count))
        #expect(try ledger.table("returns").rows.count > 1_000)
    }

    @Test("the same arguments give the same rows, another seed or scenario gives others")
    func determinism() throws {
        func rows(_ scenario: DemoScenario, _ seed: UInt64) throws -> [[[SQLValue]]] {
            try DemoBusiness(scenario: scenario, seed: seed, months: 3).tables.map(\.rows)
        }
        let first = try rows(.salesGrowth, 7)
        #expect(try rows(.salesGrowth, 7) == first)
        #expect(try rows(.salesGrowth, 8) != first)
        #expect(try rows(.churnSpike, 7) != first)
    }

    @Test("every row has a value for each column, and primary keys count from one")
    func shape() throws {
        for table in try Ledger(.healthRetention, months: 14).business.tables {
            #expect(table.rows.allSatisfy { $0.count == table.columns.count }, "\(table.name)")
            #expect(table.rows.map { $0[0] } == (0..<table.rows.count).map { .integer($0 + 1) }, "\(table.name)")
        }
    }

    @Test("lines add up to orders, and payments to the orders that were not cancelled")
    func sums() throws {
        let ledger = try Ledger.standard.get()
        let totals = try ledger.cents("orders", "total_amount")
        var lines = [Int](repeating: 0, count: totals.count)
        let quantities = try ledger.integers("order_lines", "quantity")
        let prices = try ledger.cents("order_lines", "unit_price")
        let discounts = try ledger.cents("order_lines", "discount")
        let lineTotals = try ledger.cents("order_lines", "line_total")
        for (index, order) in try ledger.integers("order_lines", "order_id").enumerated() {
            #expect(lineTotals[index] == quantities[index] * prices[index] - discounts[index])
            lines[order - 1] += lineTotals[index]
        }
        #expect(lines == totals)
        #expect(totals.allSatisfy { $0 > 0 })

        var paid = [Int](repeating: 0, count: totals.count)
        for (order, cents) in zip(
            try ledger.integers("payments", "order_id"), try ledger.cents("payments", "amount"))
        {
            paid[order - 1] += cents
        }
        let cancelled = try ledger.texts("orders", "status").map { $0 == "cancelled" }
        #expect(cancelled.contains(true))
        #expect(paid == zip(totals, cancelled).map { $1 ? 0 : $0 })
    }

    @Test("returns come after their order, take back no more than was sold and refund no more than was paid")
    func returns() throws {
        let ledger = try Ledger.standard.get()
        let orderOfLine = try ledger.integers("order_lines", "order_id")
        let sold = try ledger.integers("order_lines", "quantity")
        let lineTotals = try ledger.cents("order_lines", "line_total")
        let ordered = try ledger.texts("orders", "ordered_at")
        let status = try ledger.texts("orders", "status")
        let lines = try ledger.integers("returns", "order_line_id")
        let quantities = try ledger.integers("returns", "quantity")
        let refunds = try ledger.cents("returns", "refund_amount")
        for (index, moment) in try ledger.texts("returns", "returned_at").enumerated() {
            let line = lines[index] - 1
            let order = orderOfLine[line] - 1
            #expect(moment > ordered[order])
            #expect(status[order] != "cancelled")
            #expect((1...sold[line]).contains(quantities[index]))
            #expect(refunds[index] <= lineTotals[line])
        }
        #expect(Set(lines).count == lines.count)
    }

    @Test("customers buy after they signed up, products sell after their launch")
    func chronology() throws {
        let ledger = try Ledger.standard.get()
        let ordered = try ledger.texts("orders", "ordered_at").map { String($0.prefix(10)) }
        let signups = try ledger.texts("customers", "signup_date")
        for (index, customer) in try ledger.integers("orders", "customer_id").enumerated() {
            #expect(ordered[index] >= signups[customer - 1])
        }
        let launches = try ledger.texts("products", "launch_date")
        let orders = try ledger.integers("order_lines", "order_id")
        for (index, product) in try ledger.integers("order_lines", "product_id").enumerated() {
            #expect(ordered[orders[index] - 1] >= launches[product - 1])
        }
    }

    @Test("months outside 1 to 120 are refused with the remedy", arguments: [Int.min, 0, 121, .max])
    func bounds(months: Int) {
        let error = #expect(throws: OperonError.self) { try DemoBusiness(months: months) }
        #expect(error?.code == "argument_invalid")
        #expect(error?.hint.contains("1 to 120") == true)
    }

    @Test("one month is enough for every scenario", arguments: DemoScenario.allCases)
    func oneMonth(scenario: DemoScenario) throws {
        let ledger = try Ledger(scenario, months: 1)
        #expect(try ledger.sales().keys.sorted() == ["2026-10"])
    }
}
