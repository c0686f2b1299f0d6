import AgentRuntime
import Foundation
import Glibc
import MessageBus
import Services
import Support
import Testing
import Traces
import Values

/// Effects that must not be repeated, with a real store and a real kill.
@Suite("An unsafe effect")
struct UnsafeEffectTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    /// An agent that reads, pays, and reads again; each deed is a line in `ledger`.
    static func configuration(ledger: String) -> SessionConfiguration {
        @Sendable func deed(_ name: String) throws -> ToolOutput {
            let file = open(ledger, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            defer { close(file) }
            let line = Array((name + "\n").utf8)
            guard write(file, line, line.count) == line.count else {
                throw ToolFailure(OperonError(code: "ledger", "cannot write the ledger"))
            }
            return ToolOutput(.string("did \(name)"))
        }
        let agent = AgentDefinition(
            name: "payer", title: "Payer", tools: ["look", "pay"],
            playbook: Playbook(steps: [
                .tool("before", "look"), .tool("deed", "pay", after: ["before"]),
                .tool("later", "look", after: ["deed"]), .answer("reply", from: ["before", "deed", "later"]),
            ]))
        let tools = [
            ClosureTool("look", .readOnly) { _, _ in try deed("look") },
            ClosureTool("pay", .unsafe) { _, _ in try deed("pay") },
        ]
        return SessionConfiguration(
            definitions: [agent], agent: "payer", tools: ToolRegistry(tools), time: SystemTime())
    }

    /// Runs the turn on the store at `path`; with `killAfter`, the process ends there.
    static func live(_ path: String, _ ledger: String, killAfter: Int) async throws {
        var options = TraceStore.Options()
        options.onCommit = { if $0 >= killAfter { kill(getpid(), SIGKILL) } }
        let store = try TraceStore(path: path, options: options)
        let log = try await store.openLog(session: "s", time: SystemTime())
        let session = Session(configuration(ledger: ledger), journal: Journal(log: log))
        try await session.open()
        _ = try await session.ask([:])
        await store.close()
    }

    private func resume(
        _ path: String, _ ledger: String, decisions: [String: PersonDecision] = [:]
    ) async throws -> (TurnResult?, [Envelope]) {
        let store = try TraceStore(path: path)
        let log = try await store.openLog(session: "s", time: SystemTime())
        let journal = Journal(
            log: log, mode: .resume, recording: Recording(log.envelopes(after: 0)), decisions: decisions)
        let session = Session(Self.configuration(ledger: ledger), journal: journal)
        await session.restore()
        var result = try await session.resume()
        if result == nil, log.envelopes(after: 0).allSatisfy({ $0.kind != .messageReceived }) {
            result = try await session.ask([:])
        }
        let envelopes = log.envelopes(after: 0)
        await store.close()
        return (result, envelopes)
    }

    private func count(_ deed: String, in ledger: String) -> Int {
        folder.text(of: ledger).split(separator: "\n").count { $0 == deed }
    }

    @Test("is never repeated after a kill at any record: the session asks, and does what the person decides")
    func kills() async throws {
        let whole = folder.file("whole")
        try await Self.live(whole + ".sqlite", whole + ".ledger", killAfter: .max)
        let reference = try await TraceStore(reading: whole + ".sqlite").envelopes(of: "s")
        #expect(count("pay", in: whole + ".ledger") == 1)
        let requested = try #require(
            reference.firstIndex { $0.kind == .effectRequested && $0.payload["class"] == "unsafe" })
        let completed = try #require(
            reference.firstIndex { $0.kind == .effectCompleted && $0.path == reference[requested].path })
        let deed = reference[requested].path

        for killAfter in 1..<reference.count {
            let name = folder.file("k\(killAfter)")
            let (path, ledger) = (name + ".sqlite", name + ".ledger")
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, ledger = ledger as String, killAfter = killAfter as Int] in
                try await UnsafeEffectTests.live(path, ledger, killAfter: killAfter)
            }
            let place = "killed after record \(killAfter)"
            let paidBefore = count("pay", in: ledger)
            #expect(paidBefore <= 1)
            // The request is on disk before the deed is done.
            if killAfter <= requested { #expect(paidBefore == 0, "\(place)") }

            if killAfter > requested && killAfter <= completed {
                try await doubt(path, ledger, deed, paidBefore, reference, place)
            } else {
                let (result, envelopes) = try await resume(path, ledger)
                #expect(result?.outcome == .completed, "\(place)")
                #expect(count("pay", in: ledger) == 1, "\(place)")
                #expect(sameButTheClock(envelopes, reference), "\(place)")
            }
        }
    }

    /// Nobody knows whether it was done: the session waits, however often it is started, until a person decides.
    private func doubt(
        _ path: String, _ ledger: String, _ deed: String, _ paidBefore: Int, _ reference: [Envelope],
        _ place: String
    ) async throws {
        for _ in 0..<2 {
            let (result, envelopes) = try await resume(path, ledger)
            #expect(result?.outcome == nil && result?.suspension?.reason == .unsafeEffect, "\(place)")
            #expect(result?.suspension?.path == deed && result?.suspension?.options == ["again", "abandon"])
            #expect(count("pay", in: ledger) == paidBefore, "\(place)")
            #expect(SessionState(after: envelopes) == .awaiting, "\(place)")
        }
        let decisions: [(String, PersonDecision, paid: Int, Outcome?)] = [
            ("again", .again, paidBefore + 1, .completed), ("told", .result("did pay"), paidBefore, .completed),
            ("abandon", .abandon, paidBefore, nil),
        ]
        for (name, decision, paid, outcome) in decisions {
            let (copy, copied) = ("\(path).\(name)", "\(ledger).\(name)")
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try FileManager.default.copyItem(atPath: ledger, toPath: copied)
            let (result, envelopes) = try await resume(copy, copied, decisions: [deed: decision])
            #expect(count("pay", in: copied) == paid, "\(place), \(name)")
            if let outcome {
                #expect(result?.outcome == outcome, "\(place), \(name)")
                #expect(sameButTheClock(envelopes, reference), "\(place), \(name)")
            } else if case .failed(let error)? = result?.outcome {
                #expect(error.code == "effect_abandoned", "\(place), \(name): \(error)")
            } else {
                Issue.record("\(place), \(name): \(String(describing: result?.outcome))")
            }
            #expect(envelopes.count { $0.kind == .turnFinished } == 1, "\(place), \(name)")
            let report = try await Replay.run(envelopes, Self.configuration(ledger: "/nowhere/ledger"))
            #expect(report.divergence == nil, "\(place), \(name): \(report.divergence?.description ?? "")")
        }
    }

    private func sameButTheClock(_ a: [Envelope], _ b: [Envelope]) -> Bool {
        func lines(_ envelopes: [Envelope]) -> [String] {
            proof(of: envelopes.filter { !($0.path == "t1/clock" && $0.kind == .effectCompleted) })
        }
        return lines(a) == lines(b)
    }
}
