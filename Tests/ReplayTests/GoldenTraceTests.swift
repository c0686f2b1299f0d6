import AgentRuntime
import Foundation
import MessageBus
import Services
import Testing
import Toolbox
import Traces
import Values

/// What lies in `traces/`, and whom it is replayed with.
enum GoldenTraces {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The trace files, by name. Those whose names begin with `diverging` are there to fail.
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: root + "/traces")) ?? [])
        .filter { $0.hasSuffix(".jsonl") }.sorted()
    static let faithful = names.filter { !$0.hasPrefix("diverging") }
    static let diverging = names.filter { $0.hasPrefix("diverging") }

    /// The built-in agents and no database at all: whatever is not recorded cannot be had.
    static func configuration(for envelopes: [Envelope]) throws -> SessionConfiguration {
        let folder = root + "/Agents"
        let texts = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }
            .sorted()
            .map { (file: $0, text: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8)) }
        let tools = StandardTools.registry(DatabasePool())
        let loaded = DefinitionLoader.load(texts: texts, tools: tools)
        try #require(!loaded.diagnostics.contains { $0.severity == .error })
        var configuration = SessionConfiguration(definitions: loaded.definitions, tools: tools)
        if let facts = envelopes.first(where: { $0.kind == .sessionOpened })?.payload["model"] {
            configuration.reasoner = ModelReasoner(recorded: facts, prompts: try prompts())
        }
        return configuration
    }

    /// The built-in prompts.
    private static func prompts() throws -> PromptLibrary {
        let folder = root + "/Prompts"
        let files = (try FileManager.default.subpathsOfDirectory(atPath: folder)).filter { $0.hasSuffix(".md") }
            .sorted()
        let texts = try files.map {
            (file: $0, text: try String(contentsOfFile: folder + "/" + $0, encoding: .utf8))
        }
        let (library, diagnostics) = PromptLibrary.load(texts: texts, agents: nil)
        try #require(diagnostics.isEmpty)
        return library
    }
}

/// Each file in `traces/` is run again with everything outside switched off, and must prove itself.
///
/// A change of the agents, of the runtime's events or of what tools are asked makes these fail, on purpose: look at the
/// first difference, and when it is meant, record the traces anew with `scripts/record-traces.sh`.
@Suite("The recorded runs")
struct GoldenTraceTests {
    private func read(_ name: String) throws -> [Envelope] {
        let contents = try TraceFile.read(GoldenTraces.root + "/traces/" + name)
        #expect(contents.notes.isEmpty)
        return contents.envelopes
    }

    private func replay(_ envelopes: [Envelope], threads: Int) async throws -> Replay.Report {
        let executor = ThreadPoolExecutor(threads: threads)
        defer { executor.stop() }
        let configuration = try GoldenTraces.configuration(for: envelopes)
        return try await withTaskExecutorPreference(executor) { try await Replay.run(envelopes, configuration) }
    }

    @Test(
        "are there: an answer, a declined question, a conversation, a cancelled turn, a model's turn, and one that diverges"
    )
    func present() throws {
        #expect(
            GoldenTraces.faithful
                == ["answer.jsonl", "cancelled.jsonl", "conversation.jsonl", "declined.jsonl", "model.jsonl"])
        #expect(GoldenTraces.diverging == ["diverging.jsonl"])
        func outcomes(_ name: String) throws -> [String] {
            try read(name).filter { $0.kind == .turnFinished && !$0.path.contains("/") }
                .compactMap { $0.payload["outcome"]?.string }
        }
        #expect(try outcomes("answer.jsonl") == ["completed"])
        #expect(try outcomes("declined.jsonl") == ["awaiting"])
        #expect(try outcomes("conversation.jsonl") == ["completed", "completed", "completed"])
        #expect(try read("conversation.jsonl").count { $0.kind == .questionAsked } == 1)
        #expect(try outcomes("cancelled.jsonl") == ["cancelled"])
        #expect(try outcomes("model.jsonl") == ["completed"])
        #expect(try read("model.jsonl").count { $0.payload["effect"] == "model" } >= 8)
    }

    @Test(
        "replay to the hash of their recording, with one thread and with eight", arguments: GoldenTraces.faithful,
        [1, 8])
    func faithful(name: String, threads: Int) async throws {
        let envelopes = try read(name)
        let report = try await replay(envelopes, threads: threads)
        #expect(
            report.divergence == nil,
            "\(name): \(report.divergence?.description ?? ""). If the change is meant: scripts/record-traces.sh")
        #expect(CanonicalForm.hash(of: report.envelopes) == CanonicalForm.hash(of: envelopes))
    }

    @Test(
        "fail when a recorded result was changed, at the same place on every run",
        arguments: GoldenTraces.diverging, [1, 8])
    func diverging(name: String, threads: Int) async throws {
        let divergence = try await replay(try read(name), threads: threads).divergence
        #expect(divergence?.kind == .different)
        // What is made of the rows no longer fits them: of all such places the one recorded first is told.
        #expect(divergence?.path == "t1/execute/rows/a1", "\(divergence?.path ?? "")")
    }

    @Test("hold no path of the machine that they were recorded on", arguments: GoldenTraces.names)
    func portable(name: String) throws {
        let text = try String(contentsOfFile: GoldenTraces.root + "/traces/" + name, encoding: .utf8)
        for mark in ["\"/", "sqlite:/", "file:/"] {
            #expect(!text.contains(mark), "\(name) holds \(mark)")
        }
    }
}
