import LanguageModels
import Services
import Synchronization
import Testing
import Values

@Suite("A resilient model: one call")
struct ResilientModelTests {
    @Test("what succeeds takes one request and leaves no trace")
    func success() async {
        let bench = Bench([.ok("fine")])
        let reply = await outcome(of: bench.model, bench.journal.call()).reply
        #expect(reply?.text == "fine" && reply?.attempts == 1)
        #expect(bench.journal.line == "ok" && bench.endpoint.activeCount == 0)
        #expect(bench.journal.parts == [.text("fine"), .finish(.stop)])
    }

    @Test(
        "the line of attempts and waits",
        arguments: [
            (
                "server", [FaultyModel.Step.fail(.server, status: 500), .fail(.server, status: 529), .ok()],
                "x +0.25 x +0.5 ok"
            ),
            ("network", [.fail(.network), .ok()], "x +0.25 ok"),
            ("timeout", [.fail(.timeout), .ok()], "x +0.25 ok"),
            ("truncated", [.fail(.truncated), .ok()], "x +0.25 ok"),
            ("all fail", [.fail(.server, status: 503)], "x +0.25 x +0.5 x end"),
            (
                "408, 409", [.fail(.badRequest, status: 408), .fail(.badRequest, status: 409), .ok()],
                "x +0.25 x +0.5 ok"
            ),
            ("400", [.fail(.badRequest, status: 400)], "x end"),
            ("401", [.fail(.auth, status: 401)], "x end"),
            ("quota", [.fail(.quota, status: 429)], "x end"),
            ("limit on a 500", [.fail(.limit, status: 500)], "x end"),
            ("redirect", [.fail(.redirect, status: 302)], "x end"),
            ("429 bare", [.fail(.rateLimit, status: 429), .ok()], "x +0.25 ok"),
            (
                "429 with a wait", [.fail(.rateLimit, status: 429, retryAfter: .seconds(7)), .ok()],
                "x pause(7) +7 ok"
            ),
            ("429 with no wait", [.fail(.rateLimit, status: 429, retryAfter: .zero), .ok()], "x +0.25 ok"),
            ("429 for a day", [.fail(.rateLimit, status: 429, retryAfter: .seconds(86400))], "x pause(300) end"),
            ("503 with a wait", [.fail(.server, status: 503, retryAfter: .seconds(3)), .ok()], "x +3 ok"),
            ("told not to", [.fail(.server, status: 500, shouldRetry: false)], "x end"),
            ("told to", [.fail(.badRequest, status: 400, shouldRetry: true), .ok()], "x +0.25 ok"),
            ("told to, empty account", [.fail(.quota, status: 429, shouldRetry: true), .ok()], "x +0.25 ok"),
        ])
    func lines(name: String, steps: [FaultyModel.Step], line: String) async {
        let bench = Bench(steps)
        let result = await outcome(of: bench.model, bench.journal.call())
        #expect(bench.journal.line == line, "\(name)")
        let sent = bench.inner.seen.count
        #expect((result.reply?.attempts ?? result.error?.attempts) == sent, "\(name)")
        #expect(bench.endpoint.activeCount == 0, "\(name)")
    }

    @Test("a wait that does not fit is told at once, with status and time")
    func tooLong() async {
        let bench = Bench([.fail(.rateLimit, status: 429, retryAfter: .seconds(130))])
        let error = await outcome(of: bench.model, bench.journal.call()).error
        #expect(error?.kind == .rateLimit && error?.status == 429 && error?.retryAfter == .seconds(130))
        #expect(bench.time.seconds == 0)
    }

    @Test("all attempts carry the same identifier and what is left of the time")
    func identifiers() async {
        let bench = Bench([.fail(.server, status: 500, takes: .seconds(10)), .fail(.server, status: 500), .ok()])
        #expect(await outcome(of: bench.model, bench.journal.call(id: "run-7")).reply?.attempts == 3)
        #expect(bench.inner.seen.map(\.id) == ["run-7", "run-7", "run-7"])
        #expect(bench.inner.seen.map(\.timeout) == [.seconds(120), .milliseconds(109_750), .milliseconds(109_250)])
    }

    @Test("nothing is tried again once a part has reached the caller, and what came is kept")
    func afterParts() async {
        let bench = Bench([.fail(.streamError, parts: [.text("Once upon")]), .ok()])
        let error = await outcome(of: bench.model, bench.journal.call()).error
        #expect(error?.kind == .streamError && error?.hasPassedParts == true && error?.partialText == "Once upon")
        #expect(bench.journal.line == "x end")
    }

    @Test("news of usage are no part of an answer, and a caller who takes no parts has seen none")
    func invisibleParts() async {
        let usage = Bench([.fail(.streamError, parts: [.usage(TokenUsage(input: 3))]), .ok()])
        #expect(await outcome(of: usage.model, usage.journal.call()).reply?.attempts == 2)
        let blind = Bench([.fail(.truncated, parts: [.text("Once")]), .ok("whole")])
        #expect(await outcome(of: blind.model).reply?.text == "whole")
    }

    @Test("a hanging provider is given up at the total deadline, and the text so far is kept")
    func totalDeadline() async {
        let bench = Bench([.hang])
        let error = await outcome(of: bench.model, bench.journal.call(timeout: .seconds(30))).error
        #expect(error?.kind == .timeout && error?.attempts == 1 && error?.hasPassedParts == false)
        #expect(bench.time.seconds == 30 && bench.journal.line == "ok end")
        let midway = Bench([.fail(.network, takes: .seconds(500), parts: [.text("Once")])])
        let late = await outcome(of: midway.model, midway.journal.call()).error
        #expect(late?.kind == .timeout && late?.partialText == "Once" && late?.hasPassedParts == true)
        #expect(midway.time.seconds == 120 && midway.endpoint.activeCount == 0)
    }

    @Test("whatever happens, no call lasts longer than its total", arguments: 0..<60)
    func neverLonger(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let kinds: [ModelError.Kind] = [.server, .rateLimit, .network, .timeout, .truncated, .badRequest]
        let steps = (0..<8).map { _ in
            FaultyModel.Step.fail(
                kinds[random.below(kinds.count)], status: [nil, 429, 500, 409][random.below(4)],
                retryAfter: random.chance(0.4) ? .milliseconds(random.below(20_000)) : nil,
                takes: .milliseconds(random.below(9000)))
        }
        var endpoint = EndpointConfiguration(requestsPerMinute: 1 + random.below(20))
        endpoint.breaker.minimumCalls = 2
        let bench = Bench(steps, ResilienceConfiguration(maxRetries: 20), endpoint)
        for _ in 0..<4 {
            let start = bench.time.seconds
            let total = Double(1 + random.below(25))
            _ = await outcome(of: bench.model, bench.journal.call(timeout: .seconds(total)))
            #expect(bench.time.seconds - start <= total + 1e-9)
        }
        #expect(bench.endpoint.activeCount == 0 && bench.endpoint.waitingCount == 0)
    }

    @Test("a call that is cancelled while it waits ends at once as cancelled", arguments: [false, true])
    func cancellation(whileRunning: Bool) async {
        // Three must sleep before time moves: it stands still.
        let time = SteppedTime(parties: 3)
        let inner = FaultyModel(whileRunning ? [.hang] : [.fail(.server, status: 500)], time: time)
        let endpoint = Endpoint(name: "p")
        let model = ResilientModel(inner, endpoint: endpoint, time: time, draws: Draws { 0.5 })
        let task = Task { await outcome(of: model) }
        while inner.seen.isEmpty { await Task.yield() }
        task.cancel()
        let error = await task.value.error
        #expect(error?.kind == .cancelled || (error?.kind == .server && !whileRunning))
        #expect(error?.attempts == 1 && time.seconds == 0 && endpoint.activeCount == 0)
    }

    @Test("a call that is cancelled before it begins sends nothing")
    func cancelledBefore() async {
        let bench = Bench([.ok()])
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await outcome(of: bench.model)
        }
        let error = await task.value.error
        #expect(error?.kind == .cancelled && error?.attempts == 0 && bench.inner.seen.isEmpty)
    }

    @Test("retries end when the endpoint's store is empty, whatever their number")
    func retryBudget() async {
        let bench = Bench(
            [.fail(.server, status: 500)], ResilienceConfiguration(maxRetries: 9),
            EndpointConfiguration(retries: RetryBudget(capacity: 12)))
        #expect(await outcome(of: bench.model, bench.journal.call()).error?.attempts == 3)
    }
}
