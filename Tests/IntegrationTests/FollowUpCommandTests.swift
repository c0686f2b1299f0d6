import AgentRuntime
import Foundation
import MessageBus
import Testing
import Toolbox
import Traces
import Values

/// Acceptance 5. A conversation with a clarification and two follow-up questions, kept in a store, a process for each
/// line.
@Suite("A conversation with a choice and follow-up questions")
struct FollowUpCommandTests {
    static let lines = ["Top 3 customers", "1", "only completed ones", "per city instead"]
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func say(_ line: String, _ session: String, killAfter: Int? = nil) async throws -> Ending {
        try await Operon.run(
            "ask", line, "--db", "shop.sqlite", "--store", "\(session).sqlite", "--session", session, "--today",
            Shop.today,
            "--json", in: folder, environment: killAfter.map { ["OPERON_TEST_KILL_AFTER": "\($0)"] } ?? [:])
    }

    private func log(of session: String) async throws -> [Envelope] {
        try await TraceStore(reading: folder.file("\(session).sqlite")).envelopes(of: session)
    }

    private func replayMatches(_ envelopes: [Envelope]) async throws {
        let report = try await Replay.run(envelopes, try BuiltIn.configuration())
        #expect(report.divergence == nil, "\(report.divergence?.description ?? "")")
        #expect(CanonicalForm.hash(of: report.envelopes) == CanonicalForm.hash(of: envelopes))
    }

    @Test("asks back, goes on with the choice, understands what follows, and replays to the same bytes")
    func whole() async throws {
        let asked = try await say(Self.lines[0], "whole")
        #expect(
            asked.status == 3 && asked.json["abstain"] == true && asked.json["outcome"] == "awaiting", "\(asked)")
        #expect(asked.json["options"]?.array?.isEmpty == false && asked.json["clarification"]?.string != nil)
        let chosen = try await say(Self.lines[1], "whole")
        #expect(chosen.status == 0 && chosen.json["row_count"] == 3, "\(chosen)")
        let narrowed = try await say(Self.lines[2], "whole")
        #expect(
            narrowed.json["explanation"]?.string?.contains("status of order is completed") == true, "\(narrowed)")
        let grouped = try await say(Self.lines[3], "whole")
        #expect(grouped.json["explanation"]?.string?.contains("per city of customer") == true, "\(grouped)")
        #expect(grouped.json["explanation"]?.string?.contains("status of order is completed") == true, "\(grouped)")
        let envelopes = try await log(of: "whole")
        #expect(envelopes.count { $0.kind == .messageReceived } == 3, "the choice is part of the first turn")
        try await replayMatches(envelopes)
    }

    @Test("goes on after a kill in the middle of the choice and of a follow-up")
    func killed() async throws {
        var wanted: [Ending] = []
        for line in Self.lines { wanted.append(try await say(line, "whole")) }
        for count in [1, 4, 20] {
            let session = "k\(count)"
            for (line, end) in zip(Self.lines, wanted) {
                let cut = try await say(line, session, killAfter: count)
                #expect(cut.status == -9, "\(cut)")
                let again = try await say(line, session)
                #expect(again.json["explanation"] == end.json["explanation"], "\(session) \(line): \(again)")
                #expect(again.json["rows"] == end.json["rows"], "\(session) \(line): \(again)")
            }
            try await replayMatches(try await log(of: session))
        }
    }

    @Test("another question gives the choice up; two sessions know nothing of each other")
    func apart() async throws {
        _ = try await say(Self.lines[0], "one")
        let other = try await say(Shop.count, "one")
        #expect(other.status == 0 && other.json["rows"] == [[40]], "\(other)")
        try await replayMatches(try await log(of: "one"))
        let lonely = try await say("only completed ones", "two")
        #expect(lonely.json["explanation"] != "Number of orders, where status of order is completed", "\(lonely)")
        let known = try await say("only completed ones", "one")
        #expect(known.json["explanation"] == "Number of orders, where status of order is completed", "\(known)")
    }

    @Test("without a session the clarification stays as it is")
    func single() async throws {
        let ending = try await Operon.run(
            "ask", Self.lines[0], "--db", "shop.sqlite", "--today", Shop.today, "--json", in: folder)
        #expect(
            ending.status == 3 && ending.json["outcome"] == "awaiting" && ending.json["abstain"] == true,
            "\(ending)")
        #expect(ending.json["options"]?.array?.isEmpty == false)
    }

    @Test("--remember writes what was chosen, and the question is then answered")
    func remembered() async throws {
        let question = "How many customers are in Pariss?"
        let first = try await Operon.run(
            "ask", question, "--db", "shop.sqlite", "--store", "r.sqlite", "--session", "r", "--json", "--remember",
            "shop.yaml", in: folder)
        try #require(first.status == 3, "\(first)")
        let options = first.json["options"]?.array?.compactMap(\.string) ?? []
        let at = try #require(options.firstIndex { $0.contains("Paris") }, "\(first)")
        let chosen = try await Operon.run(
            "ask", "\(at + 1)", "--db", "shop.sqlite", "--store", "r.sqlite", "--session", "r", "--json",
            "--remember",
            "shop.yaml", in: folder)
        #expect(chosen.errors.contains("shop.yaml remembers"), "\(chosen)")
        let again = try await Operon.run(
            "ask", question, "--db", "shop.sqlite", "--json", "--semantic", "shop.yaml", in: folder)
        #expect(again.status == 0 && again.json["rows"] == chosen.json["rows"], "\(again)")
    }
}
