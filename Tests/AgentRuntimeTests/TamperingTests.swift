import AgentRuntime
import MessageBus
import Services
import Support
import Testing
import Values

@Suite("Tampered recordings")
struct TamperingTests {
    let stage = Stage(
        [
            agent(
                "boss",
                [
                    .tool("a", "echo", .literal(["n": 1])), .tool("b", "echo", .literal(["n": 2])),
                    .delegate("d", "helper", .object([.init("v", .expression(.reference(root: "a", path: [])))])),
                    .answer("r", from: ["a", "b", "d"]),
                ], delegates: ["helper"]),
            agent(
                "helper",
                [
                    .tool("x", "echo", .object([.init("w", .expression(.reference(root: "input", path: [])))])),
                    .answer("r", from: ["x"]),
                ]),
        ]) { _ in [echo] }

    /// Replays what `change` makes of the recording.
    func divergence(_ change: (inout [Envelope]) -> Void) async throws -> Divergence? {
        var (_, log) = try await stage.run()
        change(&log)
        return try await Replay.run(log, stage.playground.configuration).divergence
    }

    func changed(_ envelope: Envelope, _ payload: JSON) -> Envelope {
        Envelope(
            seq: envelope.seq, at: envelope.at, session: envelope.session, path: envelope.path,
            topic: envelope.topic, sender: envelope.sender, kind: envelope.kind, payload: payload)
    }

    func index(_ log: [Envelope], _ kind: EventName, _ path: String) -> Int {
        log.firstIndex { $0.kind == kind && $0.path == path }!
    }

    @Test("a changed result shows where it is used first")
    func changedResult() async throws {
        let found = try await divergence { log in
            let at = index(log, .effectCompleted, "t1/execute/a/a1")
            log[at] = changed(log[at], ["result": ["n": 7]])
        }
        #expect(found?.path == "t1/execute/d/a1")
        #expect(found?.kind == .different)
        #expect(found?.recorded["payload"]?["goal"] == ["v": ["n": 1]])
        #expect(found?.replayed["payload"]?["goal"] == ["v": ["n": 7]])
    }

    @Test("a changed request shows both requests")
    func changedRequest() async throws {
        let found = try await divergence { log in
            let at = index(log, .effectRequested, "t1/execute/b/a1")
            var payload = log[at].payload.object!
            payload["request"] = ["n": 3]
            log[at] = changed(log[at], .object(payload))
        }
        #expect(found?.path == "t1/execute/b/a1")
        #expect(found?.recorded["payload"]?["request"] == ["n": 3])
        #expect(found?.replayed["payload"]?["request"] == ["n": 2])
    }

    @Test("a missing result is where the recording is exhausted")
    func missingResult() async throws {
        let found = try await divergence {
            $0.remove(at: index($0, .effectCompleted, "t1/execute/d/a1/execute/x/a1"))
        }
        #expect(found?.path == "t1/execute/d/a1/execute/x/a1")
        #expect(found?.kind == .exhausted)
        #expect(found?.recorded == .null)
        #expect(found?.replayed["kind"] == "effect.requested")
    }

    @Test("a missing event is extra in the replay")
    func missingEvent() async throws {
        let found = try await divergence { $0.remove(at: index($0, .phaseEntered, "t1/execute")) }
        #expect(found?.path == "t1/execute")
        #expect(found?.kind == .extra)
        #expect(found?.recorded == .null)
    }

    @Test("an event too many is left over")
    func extraEvent() async throws {
        let found = try await divergence { log in
            let last = log.removeLast()
            log.append(
                Envelope(
                    seq: last.seq, at: last.at, session: last.session, path: "t1/execute/e/a1", topic: last.topic,
                    sender: "boss", kind: .effectCompleted, payload: ["result": 1]))
            log.append(last)
        }
        #expect(found?.path == "t1/execute/e/a1")
        #expect(found?.kind == .leftOver)
        #expect(found?.recorded["payload"] == ["result": 1])
        #expect(found?.replayed == .null)
    }

    @Test("swapped results show at the first place that tells them apart")
    func swapped() async throws {
        let found = try await divergence { log in
            let a = index(log, .effectCompleted, "t1/execute/a/a1")
            let b = index(log, .effectCompleted, "t1/execute/b/a1")
            (log[a], log[b]) = (changed(log[a], log[b].payload), changed(log[b], log[a].payload))
        }
        #expect(found?.path == "t1/execute/d/a1")
        #expect(found?.replayed["payload"]?["goal"] == ["v": ["n": 2]])
    }

    @Test("a changed answer shows at the turn")
    func changedAnswer() async throws {
        let found = try await divergence { log in
            let at = log.lastIndex { $0.kind == .messageSent && $0.path == "t1" }!
            log[at] = changed(log[at], ["to": "person", "answer": "42"])
        }
        #expect(found?.path == "t1")
        #expect(found?.recorded["payload"]?["answer"] == "42")
    }

    @Test("any single envelope changed, dropped or doubled is noticed")
    func anywhere() async throws {
        let (_, log) = try await stage.run()
        for (at, envelope) in log.enumerated() where envelope.kind.isCanonical {
            // The clock is input too: here nothing that is said depends on the time.
            let isInput = envelope.path == "t1/clock" && envelope.kind == .effectCompleted
            for change in isInput ? ["drop", "double"] : ["payload", "drop", "double"] {
                var tampered = log
                switch change {
                case "payload":
                    var payload = envelope.payload.object ?? [:]
                    payload["tampered"] = true
                    // What a run does not read of a result is copied as it is, and no difference.
                    if envelope.kind == .effectCompleted { payload["result"] = "tampered" }
                    // How the session was opened and what was said are the run's own input.
                    if [.sessionOpened, .messageReceived].contains(envelope.kind) { payload["agent"] = "nobody" }
                    tampered[at] = changed(envelope, .object(payload))
                case "drop":
                    if envelope.kind == .sessionClosed { continue }
                    tampered.remove(at: at)
                default: tampered.insert(envelope, at: at)
                }
                let report = try await Replay.run(tampered, stage.playground.configuration)
                #expect(report.divergence != nil, "\(change) of \(envelope.kind.rawValue) at \(envelope.path)")
            }
        }
    }
}
