import Testing
import Traces
import Values

/// An envelope for tests.
func event(
    _ seq: Int, _ path: String, _ kind: EventName = .stepStarted, session: String = "s1", sender: String = "data",
    payload: JSON = ["n": 1]
) -> Envelope {
    Envelope(
        seq: seq, at: Timestamp(microseconds: 1_795_168_800_000_000 + Int64(seq) * 1000), session: session,
        path: path,
        topic: TopicName.reasoningStep(session), sender: sender, kind: kind, payload: payload)
}

/// A small run: two branches with effects, one failing.
func smallRun(session: String = "s1", rows: JSON = [["Ada", 3]]) -> [Envelope] {
    [
        event(
            1, "", .sessionOpened, session: session, sender: "runtime",
            payload: ["format": 1, "session": .string(session), "agent": "coordinator"]),
        event(2, "t1", .turnStarted, session: session, payload: ["goal": "top customers"]),
        event(
            3, "t1/execute/s1/a1", .effectRequested, session: session,
            payload: ["effect": "tool", "name": "run_sql", "class": "readOnly", "request": ["sql": "SELECT 1"]]),
        event(
            4, "t1/execute/s2/a1", .effectRequested, session: session,
            payload: ["effect": "tool", "name": "chart", "class": "pure", "request": [:]]),
        event(5, "t1", .log, session: session, payload: ["text": "half way"]),
        event(
            6, "t1/execute/s2/a1", .effectFailed, session: session,
            payload: ["error": ["code": "chart_failed", "message": "no"]]),
        event(
            7, "t1/execute/s1/a1", .effectCompleted, session: session,
            payload: ["result": ["rows": rows], "usage": ["calls": 1]]),
        event(8, "t1", .turnFinished, session: session, payload: ["outcome": "completed"]),
        event(9, "", .sessionClosed, session: session, sender: "runtime", payload: [:]),
    ]
}

@Suite("The canonical form")
struct CanonicalFormTests {
    @Test("orders paths by the value of their numbers, and a path before what is below it")
    func order() {
        let paths = ["t10", "t2", "", "t2/execute/s10/a1", "t2/execute/s9/a1", "t2/execute", "t2-b", "t02"]
        let envelopes = paths.enumerated().map { event($0.offset + 1, $0.element) }
        #expect(
            CanonicalForm.events(of: envelopes).map(\.path) == [
                "", "t2", "t02", "t2/execute", "t2/execute/s9/a1", "t2/execute/s10/a1", "t2-b", "t10",
            ])
    }

    @Test("holds kind, path, payload and sender in canonical JSON, and nothing that a run decides for itself")
    func form() {
        let lines = CanonicalForm.lines(of: smallRun()).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == 8)
        #expect(
            lines[0]
                == #"{"kind":"session.opened","path":"","payload":{"agent":"coordinator","format":1},"sender":"runtime"}"#
        )
        #expect(!lines.contains { $0.contains("s1\"") && $0.contains("session\"") })
        #expect(
            CanonicalForm.hash(of: smallRun(session: "s1")) == CanonicalForm.hash(of: smallRun(session: "other")))
    }

    @Test("what a resumed or forked run says about its origin does not change the hash")
    func runLocal() {
        var run = smallRun()
        let hash = CanonicalForm.hash(of: run)
        run[0] = event(
            1, "", .sessionOpened, sender: "runtime",
            payload: [
                "format": 1, "session": "zz", "agent": "coordinator", "parent_trace": "p", "fork_at": "t1",
                "resumed_at": "now", "threads": 8,
            ])
        #expect(CanonicalForm.hash(of: run) == hash)
        run[0] = event(1, "", .sessionOpened, sender: "runtime", payload: ["format": 1, "agent": "data"])
        #expect(CanonicalForm.hash(of: run) != hash)
    }

    @Test(
        "the order of arrival between paths does not change the hash, any change of a payload does",
        arguments: 0..<50)
    func shuffled(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var queues: [[Envelope]] = (0..<6).map { branch in
            (0..<(1 + random.below(6))).map { step in
                event(0, "t1/execute/s\(branch)", payload: ["step": .int(step), "text": .string("b\(branch)")])
            }
        }
        func arrival(_ queues: [[Envelope]], _ random: inout SeededRandom) -> [Envelope] {
            var queues = queues
            var result: [Envelope] = []
            while queues.contains(where: { !$0.isEmpty }) {
                let index = random.below(queues.count)
                if queues[index].isEmpty { continue }
                let next = queues[index].removeFirst()
                result.append(event(result.count + 1, next.path, payload: next.payload))
            }
            return result
        }
        let hash = CanonicalForm.hash(of: arrival(queues, &random))
        for _ in 0..<5 { #expect(CanonicalForm.hash(of: arrival(queues, &random)) == hash) }
        let branch = random.below(queues.count)
        let step = random.below(queues[branch].count)
        queues[branch][step] = event(0, queues[branch][step].path, payload: ["step": .int(step), "text": "other"])
        #expect(CanonicalForm.hash(of: arrival(queues, &random)) != hash)
    }
}

@Suite("Comparing and forking traces")
struct TraceDiffTests {
    @Test("equal runs of different sessions have no difference")
    func equal() {
        let diff = TraceDiff(smallRun(session: "a"), smallRun(session: "b"))
        #expect(diff.isEqual && diff.equalCount == 8)
        #expect(diff.description == "equal: 8 events")
        #expect(diff.json["first"]?.isNull == true)
    }

    @Test("the first difference is named by path, ordinal and place in the payload")
    func changed() {
        let diff = TraceDiff(smallRun(), smallRun(rows: [["Ada", 4]]))
        #expect(diff.changedCount == 1 && diff.equalCount == 7)
        #expect(diff.first?.path == "t1/execute/s1/a1" && diff.first?.ordinal == 2)
        #expect(diff.first?.place == "payload/result/rows/0/1")
        #expect(diff.description.contains("first difference at t1/execute/s1/a1, event 2"))
        #expect(diff.json["first"]?["place"] == "payload/result/rows/0/1")
    }

    @Test("events that only one side has are counted on that side")
    func missing() {
        let run = smallRun()
        let diff = TraceDiff(run, run.filter { $0.seq != 6 })
        #expect(diff.onlyLeftCount == 1 && diff.onlyRightCount == 0 && diff.first?.right == nil)
        #expect(TraceDiff(run.filter { $0.seq != 6 }, run).onlyRightCount == 1)
    }

    @Test("a fork keeps what came before the effect ended and replaces its result")
    func fork() throws {
        let fork = try Fork.recording(from: smallRun(), at: "t1/execute/s1/a1", result: ["rows": []])
        #expect(fork.map(\.seq) == [1, 2, 3, 4, 6, 7])
        #expect(fork.last?.payload == ["result": ["rows": []], "usage": ["calls": 1]])
        let failed = try Fork.recording(from: smallRun(), at: "t1/execute/s2/a1", result: "bar")
        #expect(failed.map(\.seq) == [1, 2, 3, 4, 6])
        #expect(failed.last?.kind == .effectCompleted && failed.last?.payload == ["result": "bar"])
        let open = try Fork.recording(from: Array(smallRun().prefix(4)), at: "t1/execute/s2/a1", result: "bar")
        #expect(open.map(\.seq) == [1, 2, 3, 4, 5] && open.last?.kind == .effectCompleted)
    }

    @Test("an unknown path is refused with the nearest ones")
    func unknownPath() {
        let error = #expect(throws: OperonError.self) {
            try Fork.recording(from: smallRun(), at: "t1/execute/s2/a9", result: .null)
        }
        #expect(error?.code == "fork_path_unknown")
        #expect(error?.hint == "Nearest effects: t1/execute/s2/a1, t1/execute/s1/a1.")
    }
}
