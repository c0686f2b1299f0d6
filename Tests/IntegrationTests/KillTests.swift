import AgentRuntime
import Foundation
import MessageBus
import Support
import Testing
import Toolbox
import Traces
import Values

/// Acceptance 4. The session is killed by SIGKILL after each record that reached the disk, and asked again.
@Suite("A killed session")
struct KillTests {
    /// Ends as a process that SIGKILL ended does.
    static let killed: Int32 = -9

    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func ask(_ session: String, killAfter: Int? = nil) async throws -> Ending {
        try await Operon.run(
            "ask", Shop.top, "--db", "shop.sqlite", "--store", "\(session).sqlite", "--session", session, "--today",
            Shop.today, "--json", in: folder,
            environment: killAfter.map { ["OPERON_TEST_KILL_AFTER": "\($0)"] } ?? [:])
    }

    private func log(of session: String) async throws -> [Envelope] {
        let store = try TraceStore(reading: folder.file("\(session).sqlite"))
        return try await store.envelopes(of: session)
    }

    /// What proves, with the clock's reading replaced wherever it stands: it is the one thing in which two runs of the
    /// same question on the same day may differ.
    private func proofWithoutClock(_ envelopes: [Envelope]) -> [String] {
        let clock = envelopes.first { $0.path == "t1/clock" && $0.kind == .effectCompleted }?.payload["result"]?
            .string
        return CanonicalForm.lines(of: envelopes).map { line in
            let text = String(decoding: line, as: UTF8.self)
            return clock.map { text.replacingOccurrences(of: $0, with: "CLOCK") } ?? text
        }
    }

    /// The answer without what belongs to one run.
    private func answer(_ ending: Ending) -> JSON {
        var object = ending.json.object ?? [:]
        for key in ["id", "session", "trace", "duration_ms"] { object[key] = nil }
        return .object(object)
    }

    private func replayMatches(_ envelopes: [Envelope]) async throws {
        let report = try await Replay.run(envelopes, try BuiltIn.configuration())
        #expect(report.divergence == nil, "\(report.divergence?.description ?? "")")
        #expect(CanonicalForm.hash(of: report.envelopes) == CanonicalForm.hash(of: envelopes))
    }

    /// Each effect was requested once and ended once.
    private func effectsHappenedOnce(_ envelopes: [Envelope], _ place: String) {
        let requested = envelopes.filter { $0.kind == .effectRequested }.map(\.path)
        let ended = envelopes.filter { $0.kind == .effectCompleted || $0.kind == .effectFailed }.map(\.path)
        #expect(Set(requested).count == requested.count && requested.count >= 5, "\(place): \(requested)")
        #expect(ended.sorted() == requested.sorted(), "\(place)")
    }

    private func check(_ session: String, like whole: Ending, _ wholeLog: [Envelope], kept: [Envelope]) async throws
    {
        let ending = try await ask(session)
        #expect(ending.status == 0, "\(session): \(ending)")
        #expect(answer(ending) == answer(whole), "\(session)")
        let after = try await log(of: session)
        // What had reached the disk is still there, byte by byte: also the clock's reading, if it had been taken.
        #expect(after.count >= kept.count, "\(session)")
        for (old, new) in zip(kept, after) { #expect(old.bytes() == new.bytes(), "\(session) at \(old.seq)") }
        if let difference = difference(proofWithoutClock(after), proofWithoutClock(wholeLog)) {
            Issue.record("\(session): \(difference)")
        }
        effectsHappenedOnce(after, session)
        #expect(after.count { $0.kind == .turnFinished && $0.path == "t1" } == 1, "\(session)")
        try await replayMatches(after)
    }

    /// Runs `body` for all numbers, two at a time.
    private func twoAtATime(_ numbers: [Int], _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, number) in numbers.enumerated() {
                if index >= 2 { try await group.next() }
                group.addTask { try await body(number) }
            }
            try await group.waitForAll()
        }
    }

    @Test("goes on from every record to the answer, the effects and the proof of a run that nobody killed")
    func everyRecord() async throws {
        let whole = try await ask("whole")
        try #require(whole.status == 0, "\(whole)")
        let wholeLog = try await log(of: "whole")
        try #require(wholeLog.count > 60)
        effectsHappenedOnce(wholeLog, "whole")
        try await replayMatches(wholeLog)

        // After the last record the answer is on disk, and only its showing was lost: see below.
        try await twoAtATime(Array(1..<wholeLog.count)) { [self] count in
            let session = "k\(count)"
            let first = try await ask(session, killAfter: count)
            #expect(first.status == Self.killed && first.output.isEmpty, "\(session): \(first)")
            let kept = try await log(of: session)
            #expect(kept.count == count, "\(session)")
            try await check(session, like: whole, wholeLog, kept: kept)
        }
    }

    @Test("goes on also when the process that went on is killed, again and again")
    func again() async throws {
        let whole = try await ask("whole")
        let wholeLog = try await log(of: "whole")
        let numbers = Array(stride(from: 1, to: wholeLog.count - 12, by: 5))
        try await twoAtATime(numbers) { [self] count in
            let session = "d\(count)"
            var length = 0
            for next in [count, 1 + count % 7, 1 + count % 3] {
                let ending = try await ask(session, killAfter: next)
                #expect(ending.status == Self.killed, "\(session): \(ending)")
                let kept = try await log(of: session)
                #expect(kept.count == length + next, "\(session): a resumed session adds to what was there")
                length += next
            }
            try await check(session, like: whole, wholeLog, kept: try await log(of: session))
        }
    }

    @Test("killed after its last record has its answer on disk; the same question is then a new turn")
    func lastRecord() async throws {
        _ = try await ask("whole")
        let count = try await log(of: "whole").count
        let first = try await ask("last", killAfter: count)
        #expect(first.status == Self.killed)
        #expect(Session.openTurn(in: try await log(of: "last")) == nil)
        let second = try await ask("last")
        #expect(second.status == 0)
        let envelopes = try await log(of: "last")
        #expect(
            envelopes.filter { $0.kind == .turnFinished && !$0.path.contains("/") }.map(\.path) == ["t1", "t2"])
        try await replayMatches(envelopes)
    }

    @Test("is marked interrupted when another session starts in its store, and can still be gone on with")
    func interrupted() async throws {
        func ask(_ session: String, _ killAfter: Int?) async throws -> Ending {
            try await Operon.run(
                "ask", Shop.count, "--db", "shop.sqlite", "--store", "both.sqlite", "--session", session, "--json",
                in: folder, environment: killAfter.map { ["OPERON_TEST_KILL_AFTER": "\($0)"] } ?? [:])
        }
        #expect(try await ask("cut", 30).status == Self.killed)
        #expect(try await ask("other", nil).status == 0)
        let listed = try await Operon.run("trace", "list", "--store", "both.sqlite", "--json", in: folder)
        let states = (listed.json.array ?? []).map { "\($0["session"]?.string ?? "") \($0["state"]?.string ?? "")" }
        #expect(states == ["cut interrupted", "other open"])
        let resumed = try await ask("cut", nil)
        #expect(resumed.status == 0, "\(resumed)")
        let store = try TraceStore(reading: folder.file("both.sqlite"))
        let envelopes = try await store.envelopes(of: "cut")
        #expect(envelopes.count { $0.kind == .sessionInterrupted } == 1)
        #expect(try await store.record(of: "cut")?.state == .open)
        effectsHappenedOnce(envelopes, "cut")
        try await replayMatches(envelopes)
    }

    @Test("another question to a killed session is asked after the open one has been answered")
    func otherQuestion() async throws {
        #expect(try await ask("next", killAfter: 25).status == Self.killed)
        let ending = try await Operon.run(
            "ask", Shop.count, "--db", "shop.sqlite", "--store", "next.sqlite", "--session", "next", "--json",
            in: folder)
        #expect(ending.status == 0)
        #expect(ending.json["rows"] == [[40]])
        let envelopes = try await log(of: "next")
        #expect(
            envelopes.filter { $0.kind == .turnFinished && !$0.path.contains("/") }.map(\.path) == ["t1", "t2"])
        try await replayMatches(envelopes)
    }
}

/// The agents that stand in the repository, which are the ones that the binary carries.
enum BuiltIn {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func configuration() throws -> SessionConfiguration {
        let folder = root + "/Agents"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }
            .sorted()
        let texts = try names.map {
            (file: "Agents/" + $0, text: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
        }
        let tools = StandardTools.registry(DatabasePool())
        let result = DefinitionLoader.load(texts: texts, tools: tools)
        try #require(!result.diagnostics.contains { $0.severity == .error })
        return SessionConfiguration(definitions: result.definitions, tools: tools)
    }
}
