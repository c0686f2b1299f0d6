import Schemas
import Values

extension DemoMaker {
    /// Health plans, policies and claims.
    ///
    /// Over the final twelve months, from ``DemoBusiness/retentionPeriodStart`` P to the end of the last month Q:
    /// `start` policies are in force on P, a tenth of them ends within the period, and `new` policies begin in it, none
    /// of which ends. So `end` = start − start / 10 + new, and (end − new) / start is exactly 0.9. No policy begins or
    /// ends within two days of P or Q, so that it does not matter whether a boundary day counts in or out.
    mutating func makePolicies() {
        var random = random.split("policies")
        for (index, plan) in Vocabulary.healthPlans.enumerated() {
            planTable.rows.append([.integer(index + 1), .text(plan.name), Self.money(plan.premiumCents)])
        }
        let begin = retentionStart
        let end = calendar.dayCount
        var holders = customers.filter { $0.signupDay < begin - 40 }
        random.shuffle(&holders)
        let inForce = holders.count / 20 * 10
        let former = inForce / 10
        var spans: [(holder: Int, start: Int, end: Int?)] = []
        for (index, holder) in holders.prefix(inForce + former).enumerated() {
            let start = random.integer((holder.signupDay + 1)...(begin - 31))
            let last: Int? =
                index < inForce / 10
                ? random.integer((begin + 3)...(end - 4))
                : index < inForce ? nil : random.integer((start + 14)...(begin - 3))
            spans.append((holder.id, start, last))
        }
        let late = customers.filter { $0.signupDay >= begin && $0.signupDay < end - 10 }
        for holder in Array(holders.dropFirst(inForce + former).prefix(inForce / 10)) + late.prefix(inForce / 20) {
            spans.append((holder.id, random.integer(max(begin + 3, holder.signupDay + 1)...(end - 4)), nil))
        }
        spans.sort { ($0.start, $0.holder) < ($1.start, $1.holder) }
        for (index, span) in spans.enumerated() {
            let plan = min(random.below(4), random.below(4))
            policyTable.rows.append([
                .integer(index + 1), .integer(span.holder), .integer(plan + 1), .text(calendar.text(span.start)),
                span.end.map { .text(calendar.text($0)) } ?? .null,
                Self.money(Vocabulary.healthPlans[plan].premiumCents),
            ])
        }
        makeClaims(spans.map { (first: max(0, $0.start), last: min(end - 1, $0.end ?? end)) }, &random)
    }

    /// About two claims per policy and year, each on one of its policy's days that the demo covers; a policy that
    /// ended before the first day has its last day before its first one here, and no claims.
    private mutating func makeClaims(_ covered: [(first: Int, last: Int)], _ random: inout SeededRandom) {
        var claims: [(day: Int, policy: Int)] = []
        for (index, days) in covered.enumerated() where days.first <= days.last {
            for _ in 0..<random.rounded(Double(days.last - days.first + 1) / 180) {
                claims.append((random.integer(days.first...days.last), index + 1))
            }
        }
        claims.sort { ($0.day, $0.policy) < ($1.day, $1.policy) }
        for (index, claim) in claims.enumerated() {
            let claimed = random.integer(20...400) * random.integer(50...300)
            let approved = random.chance(0.1) ? 0 : claimed * random.integer(6...10) / 10
            claimTable.rows.append([
                .integer(index + 1), .integer(claim.policy), .text(calendar.text(claim.day)),
                .text(random.pick(Vocabulary.treatments)), Self.money(claimed), Self.money(approved),
            ])
        }
    }
}
