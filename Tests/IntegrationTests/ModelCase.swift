import Support
import Testing
import Values

/// One line of the table of hostile cases: what the server does, and what must come of it.
struct ModelCase: Sendable, CustomTestStringConvertible {
    /// How an answer is asked for.
    enum Mode: String, Sendable, CaseIterable { case stream, whole }

    /// What must come out.
    enum Expected: Sendable {
        case text(String, attempts: Int)
        /// Any of the kinds; the partial text is compared when it is given.
        case failure(Set<String>, status: Int? = nil, attempts: Int, partial: String? = nil, retryable: Bool? = nil)
    }

    var name: String
    var replies: [FaultReply]
    var expected: Expected
    var flags: [String] = []
    var apis: [FaultAPI] = FaultAPI.allCases
    var modes: [Mode] = Mode.allCases
    /// The least and the greatest time that the call may take.
    var least: Duration = .zero
    var most: Duration = .seconds(20)
    /// Requests that the server may see; as many as attempts when nil.
    var requests: ClosedRange<Int>?
    /// The most memory that the process may hold.
    var mostMiB: Int?
    /// A further look at the object.
    var check: (@Sendable (JSON) -> Bool)?

    var testDescription: String { name }

    /// Few and short waits, so that a case that needs none loses no time.
    static let quick = [
        "--max-retries", "2", "--retry-base-ms", "1", "--retry-max-ms", "5", "--total-timeout-ms", "30000",
    ]

    /// The flags given over the quick ones.
    private func words(_ mode: Mode) -> [String] {
        var pairs: [(String, String)] = []
        for index in stride(from: 0, to: Self.quick.count, by: 2) where !flags.contains(Self.quick[index]) {
            pairs.append((Self.quick[index], Self.quick[index + 1]))
        }
        return pairs.flatMap { [$0.0, $0.1] } + flags + ["--json"] + (mode == .stream ? ["--stream"] : [])
    }

    /// Runs the case for each API and mode at once and holds it against what is expected.
    func run(on server: FaultServer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for api in apis { for mode in modes { group.addTask { try await run(on: server, api, mode) } } }
            try await group.waitForAll()
        }
    }

    private func run(on server: FaultServer, _ api: FaultAPI, _ mode: Mode) async throws {
        let scenario =
            name.replacing(" ", with: "-").filter { $0.isASCII && ($0.isLetter || $0 == "-") }
            + "-\(api.rawValue)-\(mode.rawValue)-\(replies.count)-\(abs(name.hashValue))"
        server.script(scenario, replies)
        let run = try await ModelRun.call(server, scenario, api, words(mode), watchesMemory: mostMiB != nil)
        let about = Comment(rawValue: "\(name) (\(api.rawValue), \(mode.rawValue)): \(run)")
        #expect(run.wall >= least, about)
        #expect(run.wall <= most * Int64(slowFactor), about)
        if let mostMiB { #expect(run.peakMiB > 0 && run.peakMiB <= mostMiB * slowFactor, about) }
        if let check { #expect(check(run.json), about) }
        let object = run.json
        switch expected {
        case .text(let text, let attempts):
            #expect(run.status == 0, about)
            #expect(object["ok"] == true && object["text"] == .string(text), about)
            #expect(object["attempts"]?.int == attempts, about)
            #expect((requests ?? attempts...attempts).contains(run.requests.count), about)
        case .failure(let kinds, let status, let attempts, let partial, let retryable):
            #expect(run.status == 1, about)
            #expect(object["ok"] == false && kinds.contains(object["kind"]?.string ?? ""), about)
            #expect(object["attempts"]?.int == attempts, about)
            #expect((requests ?? attempts...attempts).contains(run.requests.count), about)
            if let status { #expect(object["status"]?.int == status, about) }
            if let partial { #expect(object["partial_text"] == .string(partial), about) }
            if let retryable { #expect(object["retryable"] == .bool(retryable), about) }
            #expect(object["message"]?.string?.isEmpty == false, about)
        }
    }
}
