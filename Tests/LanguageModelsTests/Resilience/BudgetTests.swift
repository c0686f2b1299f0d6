import LanguageModels
import Services
import Support
import Testing
import Values

@Suite("Budgets of calls")
struct ModelBudgetTests {
    @Test("a ledger never gives more than there is", arguments: 0..<20)
    func ledger(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ledger = BudgetLedger(tokens: 1000, cost: 500)
        var held: [ModelAmount] = []
        for _ in 0..<500 {
            let amount = ModelAmount(tokens: random.below(200), cost: random.below(100))
            if random.chance(0.6) {
                let left = (
                    1000 - ledger.spent.tokens - ledger.reserved.tokens,
                    500 - ledger.spent.cost - ledger.reserved.cost
                )
                let fits = amount.tokens <= left.0 && amount.cost <= left.1
                #expect(ledger.reserve(amount) == fits)
                if fits { held.append(amount) }
            } else if let amount = held.popLast() {
                switch random.below(3) {
                case 0: ledger.release(amount)
                case 1: ledger.settle(amount, used: nil)
                default:
                    let used = ModelAmount(
                        tokens: random.below(amount.tokens + 1), cost: random.below(amount.cost + 1))
                    ledger.settle(amount, used: used)
                }
            }
            #expect(ledger.spent.tokens + ledger.reserved.tokens <= 1000)
            #expect(ledger.spent.cost + ledger.reserved.cost <= 500)
        }
        for amount in held { ledger.release(amount) }
        #expect(ledger.reserved == ModelAmount())
    }

    @Test("fifty callers at the same time never overspend")
    func concurrent() async {
        let time = ManualTime()
        let usage = TokenUsage(input: 20, output: 90)
        let inner = FaultyModel([.ok(takes: .seconds(1), usage: usage)], time: time)
        // One call reserves 8 + 8 + 5 of input and 100 of output: ten fit, for the eleventh 60 are left.
        let budget = ModelBudget(tokens: 1270)
        let endpoint = Endpoint(name: "p")
        let model = ResilientModel(inner, endpoint: endpoint, budget: budget, time: time)
        let results = await withTaskGroup(of: Result<ModelReply, ModelError>.self) { group in
            for _ in 0..<50 { group.addTask { await outcome(of: model) } }
            var results: [Result<ModelReply, ModelError>] = []
            for await result in group {
                results.append(result)
                // The last of the refused lets time go on.
                if results.count == 40 {
                    #expect(budget.reserved.tokens == 1210 && budget.spent.tokens == 0)
                    await time.waitForSleepers(20)
                    time.advance(nanoseconds: 1_000_000_000)
                }
            }
            return results
        }
        let refused = results.compactMap(\.error)
        #expect(refused.count == 40 && refused.allSatisfy { $0.kind == .budget && $0.attempts == 0 })
        #expect(inner.seen.count == 10)
        #expect(budget.spent.tokens == 1100 && budget.reserved.tokens == 0)
    }

    @Test("without a report of usage the reservation stays booked; a refusal by the provider costs nothing")
    func settlement() async {
        let rows: [(FaultyModel.Step, Int)] = [
            (.ok(), 121), (.ok(usage: TokenUsage(input: 3, output: 4)), 7), (.fail(.badRequest, status: 400), 0),
            (.fail(.rateLimit, status: 429), 0), (.fail(.truncated, parts: [.text("a")]), 121),
            (.fail(.network), 0), (.fail(.network, parts: [.text("a")]), 121), (.hang, 121),
        ]
        for (step, spent) in rows {
            let budget = ModelBudget(tokens: 10_000)
            let bench = Bench([step], ResilienceConfiguration(maxRetries: 0), budget: budget)
            _ = await outcome(of: bench.model, bench.journal.call())
            #expect(budget.spent.tokens == spent && budget.reserved.tokens == 0, "\(step)")
        }
    }

    @Test("an attempt that may have cost is booked, and the next one is made only if it fits, too")
    func retriesCost() async {
        let roomy = ModelBudget(tokens: 250)
        var bench = Bench([.fail(.truncated), .ok(usage: TokenUsage(input: 1, output: 1))], budget: roomy)
        #expect(await outcome(of: bench.model).reply?.attempts == 2)
        #expect(roomy.spent.tokens == 123)
        let tight = ModelBudget(tokens: 200)
        bench = Bench([.fail(.truncated), .ok()], budget: tight)
        #expect(await outcome(of: bench.model).error?.kind == .truncated)
        #expect(tight.spent.tokens == 121 && bench.inner.seen.count == 1)
    }

    @Test("money is reserved at the dearest price, and a model without a price is refused")
    func money() async {
        let time = SteppedTime()
        let price = ModelPrice(input: 1_000_000, output: 2_000_000, cacheWrites: 3_000_000)
        let inner = FaultyModel([.ok(usage: TokenUsage(input: 10, output: 10))], time: time, price: price)
        let budget = ModelBudget(cost: 300)
        func model(_ inner: FaultyModel) -> ResilientModel {
            ResilientModel(inner, endpoint: Endpoint(name: "p"), budget: budget, time: time)
        }
        // 21 tokens in at 3, 100 out at 2: 263 are reserved and 30 used; then 270 are left, then 240.
        #expect(await outcome(of: model(inner)).reply != nil)
        #expect(budget.spent.cost == 30)
        #expect(await outcome(of: model(inner)).reply != nil)
        let refusal = await outcome(of: model(inner)).error
        #expect(refusal?.kind == .budget && refusal?.message.contains("263") == true)
        #expect(await outcome(of: model(FaultyModel([.ok()], time: time))).error?.message.contains("price") == true)
    }
}
