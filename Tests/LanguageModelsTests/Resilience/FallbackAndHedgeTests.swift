import LanguageModels
import Services
import Support
import Testing
import Values

@Suite("Chains of models and hedged calls")
struct FallbackAndHedgeTests {
    let time = SteppedTime()
    let journal = Journal()

    func model(_ name: String, _ steps: FaultyModel.Step...) -> FaultyModel {
        FaultyModel(steps, time: time, name: name)
    }

    @Test("the next model takes over when one cannot answer", arguments: FallbackModel.usualKinds)
    func takesOver(kind: ModelError.Kind) async {
        let chain = FallbackModel(
            model("a", .fail(kind)), then: [model("b", .fail(kind)), model("c", .ok("third"))], time: time)
        let reply = await outcome(of: chain, journal.call()).reply
        #expect(reply?.text == "third" && reply?.attempts == 3)
        #expect(journal.line == "p:a->p:b p:b->p:c")
    }

    @Test(
        "what another model would not help against ends the call",
        arguments: [
            ModelError.Kind.badRequest, .budget, .cancelled, .invalidOutput, .liveCallRefused, .notRecorded,
        ])
    func stays(kind: ModelError.Kind) async {
        let second = model("b", .ok())
        let chain = FallbackModel(model("a", .fail(kind)), then: [second], time: time)
        #expect(await outcome(of: chain, journal.call()).error?.kind == kind)
        #expect(second.seen.isEmpty && journal.line == "")
    }

    @Test("in mid-stream it takes over before the first part and never after it")
    func midStream() async {
        let before = FallbackModel(
            model("a", .fail(.streamError, parts: [.usage(TokenUsage())])), then: [model("b", .ok("second"))],
            time: time)
        #expect(await outcome(of: before, journal.call()).reply?.text == "second")
        let second = model("b", .ok())
        let after = FallbackModel(model("a", .fail(.truncated, parts: [.text("Once")])), then: [second], time: time)
        let error = await outcome(of: after, journal.call()).error
        #expect(error?.kind == .truncated && error?.hasPassedParts == true && second.seen.isEmpty)
    }

    @Test("the chain has one deadline, and a share leaves time for the next")
    func deadline() async {
        // The inner models keep the time that they are given, as resilient ones do.
        func resilient(_ inner: FaultyModel) -> ResilientModel {
            ResilientModel(
                inner, endpoint: Endpoint(name: inner.profile.model),
                configuration: ResilienceConfiguration(maxRetries: 0), time: time)
        }
        let shared = FallbackModel(
            resilient(model("a", .hang)), then: [resilient(model("b", .ok("late")))], total: .seconds(60),
            share: .seconds(20), time: time)
        #expect(await outcome(of: shared, journal.call()).reply?.text == "late")
        #expect(time.seconds == 20)
        let greedy = FallbackModel(
            resilient(model("a", .hang)), then: [resilient(model("b", .ok()))], total: .seconds(60), time: time)
        #expect(await outcome(of: greedy, journal.call()).error?.kind == .timeout)
        #expect(time.seconds == 80)
    }

    @Test("a refused breaker lets the next model answer without a wait")
    func breaker() async {
        let endpoint = Endpoint(name: "a")
        _ = endpoint.force(.forcedOpen)
        let first = ResilientModel(model("a", .ok()), endpoint: endpoint, time: time)
        let chain = FallbackModel(first, then: [model("b", .ok("second"))], time: time)
        #expect(await outcome(of: chain, journal.call()).reply?.text == "second")
        #expect(time.seconds == 0)
    }

    @Test("a call that begins in time is not hedged")
    func quick() async {
        let clock = ManualTime()
        let first = FaultyModel([.ok("quick")], time: clock)
        let second = FaultyModel([.ok("second")], time: clock)
        let hedged = HedgedModel(first, second: second, after: .seconds(2), time: clock)
        let reply = await outcome(of: hedged, journal.call()).reply
        #expect(reply?.text == "quick" && reply?.attempts == 1 && second.seen.isEmpty && journal.line == "")
    }

    @Test("of two requests the first with a part wins, and only its parts pass")
    func secondWins() async {
        // The hanging one and the delay sleep: time goes on to the delay; then the second answers.
        let hedged = HedgedModel(
            model("a", .hang), second: model("b", .ok("second")), after: .seconds(2), time: time)
        let reply = await outcome(of: hedged, journal.call()).reply
        #expect(reply?.text == "second" && reply?.attempts == 2)
        #expect(journal.parts == [.text("second"), .finish(.stop)] && journal.line == "hedged")
        #expect(time.seconds == 2)
    }

    @Test("one that has begun to answer is not hedged any more, however long it takes")
    func firstHasBegun() async {
        let clock = ManualTime()
        let first = FaultyModel([.fail(.truncated, takes: .seconds(9), parts: [.text("Once")])], time: clock)
        let second = FaultyModel([.ok()], time: clock)
        let hedged = HedgedModel(first, second: second, after: .seconds(2), time: clock)
        let call = journal.call()
        let task = Task { await outcome(of: hedged, call) }
        while journal.parts.isEmpty { await Task.yield() }
        // The delay is called off as soon as there is a winner.
        while clock.sleeperCount != 1 { await Task.yield() }
        clock.advance(nanoseconds: 9_000_000_000)
        let error = await task.value.error
        #expect(error?.kind == .truncated && error?.partialText == "Once" && second.seen.isEmpty)
    }

    @Test("hedging is no retry: a failure before the delay ends the call; one of two lets the other go on")
    func failures() async {
        let clock = ManualTime()
        let second = FaultyModel([.ok()], time: clock)
        let failing = FaultyModel([.fail(.server, status: 500)], time: clock)
        let early = HedgedModel(failing, second: second, after: .seconds(2), time: clock)
        #expect(await outcome(of: early).error?.status == 500)
        #expect(second.seen.isEmpty)

        let broken = FaultyModel([.fail(.server, status: 503)], time: clock)
        let slow = HedgedModel(
            FaultyModel([.ok("first", takes: .seconds(5))], time: clock), second: broken, after: .seconds(2),
            time: clock)
        let task = Task { await outcome(of: slow) }
        await clock.waitForSleepers(2)
        clock.advance(nanoseconds: 2_000_000_000)
        while broken.seen.isEmpty { await Task.yield() }
        clock.advance(nanoseconds: 3_000_000_000)
        let reply = await task.value.reply
        #expect(reply?.text == "first" && reply?.attempts == 2)
    }

    @Test("cancelling a hedged call cancels both")
    func cancelled() async {
        let clock = ManualTime()
        let inner = FaultyModel([.hang], time: clock)
        let hedged = HedgedModel(inner, after: .seconds(2), time: clock)
        let task = Task { await outcome(of: hedged) }
        await clock.waitForSleepers(2)
        clock.advance(nanoseconds: 2_000_000_000)
        await clock.waitForSleepers(2)
        task.cancel()
        #expect(await task.value.error?.kind == .cancelled)
        #expect(inner.seen.count == 2 && clock.sleeperCount == 0)
    }
}
