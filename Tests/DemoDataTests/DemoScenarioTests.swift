import DemoData
import Schemas
import Testing
import Values

@Suite("each scenario shows in the numbers")
struct DemoScenarioTests {
    @Test("sales grow from year to year, with a peak at the end of each year and on Saturdays")
    func growth() throws {
        let ledger = try Ledger.standard.get()
        let sales = try ledger.sales()
        #expect(sales.count == 36)
        #expect(sales.keys.min() == "2023-11")
        #expect(sales.keys.max() == "2026-10")
        let years = (0..<3).map { year in
            sales.filter { $0.key >= "\(2023 + year)-11" && $0.key < "\(2024 + year)-11" }.values.reduce(0, +)
        }
        #expect(Double(years[1]) > Double(years[0]) * 1.15)
        #expect(Double(years[2]) > Double(years[1]) * 1.15)
        #expect(try #require(sales["2025-12"]) > #require(sales["2026-01"]))

        var week = [Int](repeating: 0, count: 7)
        for moment in try ledger.texts("orders", "ordered_at") {
            let date = try #require(CivilDate(iso8601: String(moment.prefix(10))))
            week[date.weekday - 1] += 1
        }
        #expect(week.firstIndex(of: try #require(week.max())) == 5)
    }

    @Test("in the seasonal scenario December sells more than twice an average month")
    func season() throws {
        let sales = try Ledger(.seasonalPeak).sales()
        for year in [2024, 2025] {
            let months = sales.filter { $0.key.hasPrefix("\(year)-") }
            let mean = months.values.reduce(0, +) / 12
            #expect(try #require(sales["\(year)-12"]) > mean * 2)
        }
    }

    @Test("in the churn scenario about four of ten active customers never buy again after the churn month")
    func churn() throws {
        func lost(_ scenario: DemoScenario) throws -> Double {
            let ledger = try Ledger(scenario)
            let month = CivilDate(year: 2026, month: 2, day: 1)
            if scenario == .churnSpike { #expect(ledger.business.churnMonth == month) }
            let before = month.adding(months: -3).description
            let after = month.adding(days: 4).description
            var active: Set<Int> = []
            var stayed: Set<Int> = []
            for (moment, customer) in zip(
                try ledger.texts("orders", "ordered_at"), try ledger.integers("orders", "customer_id"))
            {
                if moment >= before, moment < month.description { active.insert(customer) }
                if moment >= after { stayed.insert(customer) }
            }
            return Double(active.subtracting(stayed).count) / Double(active.count)
        }
        #expect((0.38...0.50).contains(try lost(.churnSpike)))
        #expect(try lost(.salesGrowth) < 0.15)
    }

    @Test("retention over the final twelve months is 90.0 % to the bit", arguments: [1, 2, 12, 13, 24])
    func retention(months: Int) throws {
        for seed: UInt64 in [1, 99] {
            let ledger = try Ledger(.healthRetention, seed: seed, months: months)
            let begin = ledger.business.retentionPeriodStart.description
            #expect(begin == CivilDate(year: 2026, month: 11, day: 1).adding(months: -min(12, months)).description)
            let end = "2026-11-01"
            let spans = Array(
                zip(try ledger.texts("policies", "start_date"), try ledger.texts("policies", "end_date")))
            func inForce(_ day: String) -> Int { spans.count { $0 < day && ($1.isEmpty || $1 >= day) } }
            let new = spans.count { $0.0 >= begin && $0.0 < end }
            #expect(inForce(begin) >= 100)
            #expect(new > 0)
            #expect(Double(inForce(end) - new) / Double(inForce(begin)) == 0.9)
        }
    }

    @Test("only the health scenario has policies, and claims lie within them")
    func claims() throws {
        #expect(!(try Ledger.standard.get()).business.tables.contains { $0.name == "policies" })
        let ledger = try Ledger(.healthRetention, months: 24)
        let starts = try ledger.texts("policies", "start_date")
        let ends = try ledger.texts("policies", "end_date")
        let policies = try ledger.integers("claims", "policy_id")
        #expect(policies.count > 500)
        for (index, day) in try ledger.texts("claims", "claim_date").enumerated() {
            let policy = policies[index] - 1
            #expect(day >= starts[policy] && (ends[policy].isEmpty || day <= ends[policy]))
        }
    }
}
