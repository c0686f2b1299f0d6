import LanguageModels
import Services
import Support
import Synchronization
import Testing
import Values

@Suite("A resilient model: what callers share")
struct EndpointTests {
    static func breaker(minimum: Int = 4) -> EndpointConfiguration {
        var configuration = EndpointConfiguration()
        configuration.breaker.minimumCalls = minimum
        return configuration
    }

    @Test("a run against a failing provider: attempts, waits, opening, a failed probe, recovery")
    func marbles() async {
        let fail = FaultyModel.Step.fail(.server, status: 500)
        let bench = Bench(Array(repeating: fail, count: 6) + [.ok()], ResilienceConfiguration(), Self.breaker())
        var lines: [String] = []
        for _ in 0..<5 {
            let before = bench.journal.line.count
            _ = await outcome(of: bench.model, bench.journal.call())
            lines.append(String(bench.journal.line.dropFirst(before)).trimmedSpaces)
        }
        #expect(
            lines == [
                "x +0.25 x +0.5 x end",
                // The fourth failure opens it; the retry is refused, waits ten seconds and is a probe that fails. A
                // second probe may run beside it, and its failure decides.
                "x |open| +0.25 refused +9.75 |half_open| x end",
                "x |open| +0.25 refused +19.75 |half_open| ok",
                "ok |closed|",
                "ok",
            ])
        #expect(bench.endpoint.breakerState == .closed)
    }

    @Test("a refusal whose wait does not fit, or that shall not be waited out, ends the call at once")
    func refusals() async {
        let bench = Bench(
            [.fail(.server, status: 500)], ResilienceConfiguration(maxRetries: 0), Self.breaker(minimum: 2))
        _ = await outcome(of: bench.model)
        _ = await outcome(of: bench.model)
        #expect(bench.endpoint.breakerState == .open)
        let short = await outcome(of: bench.model, bench.journal.call(timeout: .seconds(9))).error
        #expect(short?.kind == .breakerOpen && short?.attempts == 0 && short?.isRetryable == true)
        #expect(short?.retryAfter == .seconds(10) + .nanoseconds(1))
        let unwilling = ResilientModel(
            bench.inner, endpoint: bench.endpoint, configuration: ResilienceConfiguration(retriesRefusals: false),
            time: bench.time)
        #expect(await outcome(of: unwilling).error?.kind == .breakerOpen)
        #expect(bench.inner.seen.count == 2 && bench.time.seconds == 0)
    }

    @Test(
        "what says nothing about the provider's health does not open the breaker",
        arguments: [
            FaultyModel.Step.fail(.rateLimit, status: 429, retryAfter: .milliseconds(1)),
            .fail(.quota, status: 429),
            .fail(.badRequest, status: 400), .fail(.auth, status: 401), .fail(.notFound, status: 404),
            .fail(.cancelled), .fail(.limit), .fail(.liveCallRefused), .fail(.notRecorded),
        ])
    func harmless(step: FaultyModel.Step) async {
        let bench = Bench([step], ResilienceConfiguration(), Self.breaker(minimum: 2))
        for _ in 0..<10 { _ = await outcome(of: bench.model) }
        #expect(bench.endpoint.breakerState == .closed)
        #expect(bench.endpoint.activeCount == 0)
    }

    @Test(
        "what the provider or the way to it does wrong opens it",
        arguments: [
            FaultyModel.Step.fail(.rateLimit, status: 429), .fail(.server, status: 529), .fail(.network),
            .fail(.timeout), .fail(.streamError), .fail(.truncated), .fail(.badRequest, status: 408),
            .fail(.protocol),
            .fail(.decode),
        ])
    func harmful(step: FaultyModel.Step) async {
        let bench = Bench([step], ResilienceConfiguration(maxRetries: 0), Self.breaker(minimum: 2))
        for _ in 0..<2 { _ = await outcome(of: bench.model) }
        #expect(bench.endpoint.breakerState == .open)
    }

    @Test("a caller in a hurry does not open the breaker for all, one who waited long does")
    func hurry() async {
        for (seconds, state) in [(4.0, CircuitBreaker.State.closed), (5, .open)] {
            let bench = Bench([.hang], ResilienceConfiguration(maxRetries: 0), Self.breaker(minimum: 2))
            for _ in 0..<2 { _ = await outcome(of: bench.model, bench.journal.call(timeout: .seconds(seconds))) }
            #expect(bench.endpoint.breakerState == state)
        }
    }

    @Test("a hundred failures at the same time are one event")
    func hundredFailures() async {
        let time = ManualTime()
        let inner = FaultyModel([.fail(.server, status: 500, takes: .seconds(1))], time: time)
        let endpoint = Endpoint(name: "p", configuration: EndpointConfiguration(concurrency: 200))
        let model = ResilientModel(
            inner, endpoint: endpoint, configuration: ResilienceConfiguration(maxRetries: 0), time: time)
        let journal = Journal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { _ = await outcome(of: model, journal.call()) } }
            // Each call sleeps twice: for its deadline and in the model.
            await time.waitForSleepers(200)
            time.advance(nanoseconds: 1_000_000_000)
        }
        let changes = journal.events.filter { if case .breakerChanged = $0 { true } else { false } }
        #expect(changes.count == 1)
        #expect(journal.events.count == 101 && endpoint.activeCount == 0)
    }

    @Test("25 agents and one place: each is served once before any is served twice")
    func fairness() async {
        let time = ManualTime()
        let inner = FaultyModel([.ok(takes: .seconds(1))], time: time)
        let endpoint = Endpoint(name: "p", configuration: EndpointConfiguration(concurrency: 1))
        let model = ResilientModel(inner, endpoint: endpoint, time: time)
        await withTaskGroup(of: Void.self) { group in
            for agent in 0..<25 {
                group.addTask {
                    for _ in 0..<3 {
                        let result = await outcome(of: model, ModelCall(caller: "agent\(agent)"))
                        #expect(result.reply != nil)
                    }
                }
            }
            for round in 1...75 {
                // Whoever was served has queued again before the next one is done.
                while inner.seen.count < round || endpoint.waitingCount < min(24, 75 - round) { await Task.yield() }
                #expect(endpoint.activeCount == 1)
                while time.sleeperCount < 1 + min(25, 76 - round) { await Task.yield() }
                time.advance(nanoseconds: 1_000_000_000)
            }
        }
        let order = inner.seen.map(\.caller)
        for round in 0..<3 { #expect(Set(order[round * 25..<round * 25 + 25]).count == 25, "round \(round)") }
    }

    @Test("a pause holds all callers of the endpoint, and each waits no longer than it lasts")
    func pauseForAll() async {
        let bench = Bench(
            [.fail(.rateLimit, status: 429, retryAfter: .seconds(7)), .ok()], ResilienceConfiguration(maxRetries: 0)
        )
        #expect(await outcome(of: bench.model, bench.journal.call()).error?.retryAfter == .seconds(7))
        // Too short for the pause: refused at once, without a request.
        let hasty = await outcome(of: bench.model, bench.journal.call(timeout: .seconds(5))).error
        #expect(hasty?.kind == .rateLimit && hasty?.attempts == 0 && hasty?.retryAfter == .seconds(7))
        #expect(bench.inner.seen.count == 1 && bench.time.seconds == 0)
        #expect(await outcome(of: bench.model, bench.journal.call()).reply?.attempts == 1)
        #expect(bench.time.seconds == 7)
        #expect(bench.endpoint.breakerState == .closed)
    }

    @Test("rates per minute are kept by waiting, and by refusing what cannot be waited for")
    func rates() async {
        let bench = Bench([.ok()], ResilienceConfiguration(), EndpointConfiguration(requestsPerMinute: 2))
        for expected in [0, 0, 30, 60] as [Double] {
            #expect(await outcome(of: bench.model).reply != nil)
            #expect(abs(bench.time.seconds - expected) < 1e-6)
        }
        let hasty = await outcome(of: bench.model, ModelCall(timeout: .seconds(20))).error
        #expect(hasty?.kind == .rateLimit && hasty?.attempts == 0)
        // The refused one took nothing from the next.
        #expect(await outcome(of: bench.model).reply != nil)
        #expect(abs(bench.time.seconds - 90) < 1e-6)
    }

    @Test("tokens per minute are settled with the usage that was reported")
    func tokenRate() async {
        let used = TokenUsage(input: 10, output: 10)
        let bench = Bench(
            [.ok(usage: used)], ResilienceConfiguration(), EndpointConfiguration(tokensPerMinute: 200))
        // Each reserves 100 of output and some input; settled with 20 they all fit into the burst.
        for _ in 0..<5 { #expect(await outcome(of: bench.model).reply != nil) }
        #expect(bench.time.seconds == 0)
    }

    @Test("a call that leaves the queue gives its probe back")
    func probesComeBack() async {
        let time = ManualTime()
        var configuration = Self.breaker(minimum: 1)
        configuration.concurrency = 1
        configuration.breaker.probes = 1
        let inner = FaultyModel([.fail(.server, status: 500), .ok(takes: .seconds(50)), .ok()], time: time)
        let endpoint = Endpoint(name: "p", configuration: configuration)
        let model = ResilientModel(
            inner, endpoint: endpoint, configuration: ResilienceConfiguration(maxRetries: 0), time: time,
            draws: Draws { 0.5 })
        _ = await outcome(of: model)
        #expect(endpoint.breakerState == .open)
        time.advance(nanoseconds: 11_000_000_000)
        let probe = Task { await outcome(of: model) }
        while inner.seen.count < 2 { await Task.yield() }
        #expect(await outcome(of: model).error?.kind == .breakerOpen)
        probe.cancel()
        #expect(await probe.value.error?.kind == .cancelled)
        // The cancelled probe is free again: the next call is one, and closes it.
        #expect(await outcome(of: model).reply != nil)
        #expect(endpoint.breakerState == .closed)
    }

    @Test("those who queued before the breaker opened do not call what is broken")
    func queueAsksAgain() async {
        let time = ManualTime()
        var configuration = Self.breaker(minimum: 1)
        configuration.concurrency = 1
        let inner = FaultyModel([.fail(.server, status: 500, takes: .seconds(1))], time: time)
        let endpoint = Endpoint(name: "p", configuration: configuration)
        let model = ResilientModel(
            inner, endpoint: endpoint, configuration: ResilienceConfiguration(maxRetries: 0), time: time)
        let kinds = await withTaskGroup(of: ModelError.Kind?.self) { group in
            for agent in 0..<10 {
                group.addTask { await outcome(of: model, ModelCall(caller: "\(agent)")).error?.kind }
            }
            while endpoint.waitingCount < 9 { await Task.yield() }
            await time.waitForSleepers(11)
            time.advance(nanoseconds: 1_000_000_000)
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.filter { $0 == .breakerOpen }.count == 9)
        #expect(inner.seen.count == 1 && endpoint.activeCount == 0)
    }

    @Test("a queue that is full refuses at once")
    func fullQueue() async {
        let time = ManualTime()
        let inner = FaultyModel([.hang], time: time)
        let endpoint = Endpoint(name: "p", configuration: EndpointConfiguration(concurrency: 1, queue: 0))
        let model = ResilientModel(inner, endpoint: endpoint, time: time)
        let first = Task { await outcome(of: model) }
        while inner.seen.isEmpty { await Task.yield() }
        #expect(await outcome(of: model).error?.kind == .limit)
        first.cancel()
        _ = await first.value
        #expect(endpoint.activeCount == 0)
    }

    @Test("the directory gives the same endpoint for the same account, and names nothing secret")
    func directory() {
        let directory = EndpointDirectory()
        func endpoint(_ provider: String, _ url: String, _ key: String) -> Endpoint {
            directory.endpoint(provider: provider, baseURL: url, key: key)
        }
        let url = "https://user:pa@ss@api.example.com:8443/v1/?key=topsecret#x"
        let one = endpoint("openai", url, "sk-1")
        #expect(one === endpoint("openai", url, "sk-1"))
        #expect(one !== endpoint("openai", url, "sk-2") && one !== endpoint("kimi", url, "sk-1"))
        #expect(one.name == "openai at api.example.com:8443/v1")
        #expect(directory.all.count == 3)
    }

    @Test("a person can open and close it by hand, and it is told")
    func forced() async {
        let bench = Bench([.ok()])
        #expect(
            bench.endpoint.force(.forcedOpen)
                == .breakerChanged(endpoint: "p", from: "closed", to: "forced_open", reason: "by order"))
        let error = await outcome(of: bench.model).error
        #expect(error?.kind == .breakerOpen && error?.retryAfter == nil && bench.inner.seen.isEmpty)
        _ = bench.endpoint.force(.closed)
        #expect(await outcome(of: bench.model).reply != nil)
    }
}

extension String {
    fileprivate var trimmedSpaces: String { split(separator: " ").joined(separator: " ") }
}
