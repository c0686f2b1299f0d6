import Schemas
public import Values

/// A retail business, made up from a seed: pure, and the same for the same arguments on every machine.
///
/// Money is counted in whole cents and written with two decimals. Invariants, which the tests hold it to:
/// - an order's total is the sum of its lines, a line's total is quantity × unit price − discount;
/// - payments of an order add up to its total; a cancelled order has none;
/// - a return refers to a line of an order that was not cancelled, comes later, and takes back no more than was sold;
/// - every order comes after its customer's signup and its products' launch.
public struct DemoBusiness: Sendable {
    /// The months that may be asked for.
    public static let monthBounds = 1...120

    /// What the numbers tell.
    public let scenario: DemoScenario
    /// How many months of orders there are.
    public let months: Int
    /// The first day of the month, counted from the start, in which customers leave in ``DemoScenario/churnSpike``:
    /// three quarters of the way; nil in other scenarios.
    public let churnMonth: CivilDate?
    /// The first day of the final twelve months (or of all months, when there are fewer than twelve), over which
    /// retention is exactly 90.0 % in ``DemoScenario/healthRetention``.
    public let retentionPeriodStart: CivilDate
    /// The tables in an order in which each stands after those that it refers to.
    public let tables: [DemoTable]

    /// Makes the business.
    ///
    /// - Parameters:
    ///   - until: A day of the last month; months are always whole. Fixed by default, so that the same seed gives the
    ///     same bytes on every day.
    /// - Throws: `argument_invalid` when `months` lies outside ``monthBounds``.
    public init(
        scenario: DemoScenario = .salesGrowth, seed: UInt64 = 1, months: Int = 36,
        until: CivilDate = CivilDate(year: 2026, month: 10, day: 1)
    ) throws(OperonError) {
        guard Self.monthBounds.contains(months) else {
            throw OperonError(
                code: "argument_invalid", "a demo business covers 1 to 120 months, not \(months)",
                hint: "Give --months a number from 1 to 120; the default is 36", at: "--months")
        }
        var maker = DemoMaker(scenario: scenario, seed: seed, calendar: DemoCalendar(months: months, until: until))
        maker.makeProducts()
        maker.makeStores()
        maker.makeCustomers()
        maker.makePromotions()
        maker.makeOrders()
        if scenario == .healthRetention { maker.makePolicies() }
        self.scenario = scenario
        self.months = months
        churnMonth = maker.churnMonth.map { maker.calendar.date(maker.calendar.monthStarts[$0]) }
        retentionPeriodStart = maker.calendar.date(maker.retentionStart)
        tables = maker.tables
    }
}

/// The business under construction: what later parts need to know of earlier ones, and the rows so far.
struct DemoMaker {
    struct Product {
        let id: Int
        let listCents: Int
        let launchDay: Int
        let category: Vocabulary.Category
    }

    struct Customer {
        let id: Int
        let country: Int
        let homeStore: Int
        let signupDay: Int
        /// How often the customer buys, relative to others: 1 to 8.
        let weight: Int
        /// The last day on which the customer buys.
        var lastDay: Int
    }

    struct Promotion {
        let id: Int
        let days: ClosedRange<Int>
        let percent: Int
    }

    let scenario: DemoScenario
    let calendar: DemoCalendar
    /// The root of all randomness; each part splits its own from it, so that one part's draws do not move another's.
    let random: SeededRandom

    var products: [Product] = []
    var customers: [Customer] = []
    var promotions: [Promotion] = []
    /// The employees of each store, by store number from zero.
    var staff: [[Int]] = []

    var categoryTable = DemoSchema.categories
    var productTable = DemoSchema.products
    var storeTable = DemoSchema.stores
    var employeeTable = DemoSchema.employees
    var customerTable = DemoSchema.customers
    var promotionTable = DemoSchema.promotions
    var orderTable = DemoSchema.orders
    var lineTable = DemoSchema.orderLines
    var paymentTable = DemoSchema.payments
    var returnTable = DemoSchema.returns
    var planTable = DemoSchema.healthPlans
    var policyTable = DemoSchema.policies
    var claimTable = DemoSchema.claims

    init(scenario: DemoScenario, seed: UInt64, calendar: DemoCalendar) {
        self.scenario = scenario
        self.calendar = calendar
        random = SeededRandom(seed: seed).split(scenario.rawValue)
    }

    /// The month in which many customers leave, counted from zero.
    var churnMonth: Int? { scenario.churnShare > 0 ? calendar.monthCount * 3 / 4 : nil }

    /// The first day of the final twelve months.
    var retentionStart: Int { calendar.monthStarts[max(0, calendar.monthCount - 12)] }

    var tables: [DemoTable] {
        let retail = [
            categoryTable, productTable, storeTable, employeeTable, customerTable, promotionTable, orderTable,
            lineTable, paymentTable, returnTable,
        ]
        return scenario == .healthRetention ? retail + [planTable, policyTable, claimTable] : retail
    }

    /// An amount of money as it is stored.
    static func money(_ cents: Int) -> SQLValue { .real(Double(cents) / 100) }
}
