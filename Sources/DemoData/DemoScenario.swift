/// What the numbers of a demo business tell.
public enum DemoScenario: String, Sendable, Hashable, CaseIterable {
    /// Sales grow steadily: more customers, who also buy a little more each month.
    case salesGrowth = "sales-growth"
    /// Sales hardly grow, but each November and December stand far above the other months.
    case seasonalPeak = "seasonal-peak"
    /// In one month (see ``DemoBusiness/churnMonth``) four of ten active customers stop buying.
    case churnSpike = "churn-spike"
    /// The shops also sell health plans, whose retention over the final twelve months is exactly 90.0 %.
    case healthRetention = "health-retention"

    /// One sentence for `--help` and for summaries.
    public var summary: String {
        switch self {
        case .salesGrowth: "a retailer whose sales grow steadily"
        case .seasonalPeak: "a retailer that lives on November and December"
        case .churnSpike: "a retailer that loses four of ten active customers in one month"
        case .healthRetention: "a retailer that also sells health plans, with a retention of exactly 90.0 %"
        }
    }

    /// How orders per active customer change from one month to the next.
    var monthlyTrend: Double {
        switch self {
        case .salesGrowth: 1.008
        case .seasonalPeak: 0.992
        case .churnSpike: 1.003
        case .healthRetention: 1.002
        }
    }

    /// Orders in each month of the year, January first, relative to an even spread.
    var yearlySeason: [Double] {
        switch self {
        case .seasonalPeak: [0.72, 0.70, 0.80, 0.82, 0.85, 0.86, 0.80, 0.78, 0.88, 0.98, 1.75, 2.40]
        default: [0.88, 0.86, 0.95, 0.99, 1.02, 1.03, 0.97, 0.93, 0.98, 1.03, 1.14, 1.25]
        }
    }

    /// The share of active customers who stop buying in the churn month; zero where there is none.
    var churnShare: Double { self == .churnSpike ? 0.4 : 0 }
}
