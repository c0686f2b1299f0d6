import DemoData
import Schemas
import Testing
import Values

/// A made business with its columns at hand, so that tests can add up.
struct Ledger {
    let business: DemoBusiness

    init(_ scenario: DemoScenario = .salesGrowth, seed: UInt64 = 1, months: Int = 36) throws {
        business = try DemoBusiness(scenario: scenario, seed: seed, months: months)
    }

    /// The default business, made once: most tests only read it.
    static let standard = Result { try Ledger() }

    func table(_ name: String) throws -> DemoTable {
        try #require(business.tables.first { $0.name == name }, "no table \(name)")
    }

    func column(_ table: String, _ name: String) throws -> [SQLValue] {
        let table = try self.table(table)
        let index = try #require(table.columns.firstIndex { $0.name == name }, "no column \(name)")
        return table.rows.map { $0[index] }
    }

    func integers(_ table: String, _ name: String) throws -> [Int] {
        try column(table, name).map { if case .integer(let value) = $0 { value } else { 0 } }
    }

    /// Amounts in whole cents.
    func cents(_ table: String, _ name: String) throws -> [Int] {
        try column(table, name).map { if case .real(let value) = $0 { Int((value * 100).rounded()) } else { 0 } }
    }

    /// Texts; an empty one for NULL.
    func texts(_ table: String, _ name: String) throws -> [String] {
        try column(table, name).map { if case .text(let value) = $0 { value } else { "" } }
    }

    /// The sum of order totals by month, `YYYY-MM`.
    func sales() throws -> [String: Int] {
        var sums: [String: Int] = [:]
        for (moment, cents) in zip(try texts("orders", "ordered_at"), try cents("orders", "total_amount")) {
            sums[String(moment.prefix(7)), default: 0] += cents
        }
        return sums
    }
}
