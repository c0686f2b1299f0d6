import AgentRuntime
import MessageBus
import Semantics
import Services
import Toolbox
import Traces
import Values

/// `operon replay`: runs a trace again with everything outside switched off.
enum ReplayCommand: Command {
    static let specification = CommandSpecification(
        words: "replay", arguments: "TRACE",
        summary: "run a trace again with recorded effects, network and disk off",
        details: """
            TRACE is a trace file, or the name of a session in the store. Prints whether the run equals its recording, the
            hash of the canonical form and the number of events; or the first difference, with exit status 6.
            """,
        options: [
            CommandSpecification.threads, CommandSpecification.agents, CommandSpecification.prompts,
            CommandSpecification.store,
            CommandSpecification.json,
        ], examples: ["operon replay run.jsonl", "operon replay run.jsonl --threads 8 --json"], argumentCount: 1...1
    )

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let envelopes: [Envelope]
        do {
            envelopes = try await TraceSource.read(invocation.arguments[0], invocation)
        } catch let error as OperonError where TraceSource.isDamage(error) {
            return tell(
                invocation, match: false, hash: "", events: 0,
                divergence: [
                    "kind": .string(error.code), "path": .string(error.at), "message": .string(error.message),
                ], story: "the trace is not what was recorded: \(error.message) [\(error.at)]")
        }
        let composition = try Composition(invocation)
        let configuration = composition.session(
            on: nil, source: nil, time: SystemTime(), reasoner: composition.reasoner(recorded: envelopes))
        let executor = ThreadPoolExecutor(threads: try invocation.integer("threads", in: 1...256, default: 2))
        defer { executor.stop() }
        let report = try await withTaskExecutorPreference(executor) {
            try await Replay.run(envelopes, configuration)
        }
        let hash = CanonicalForm.hash(of: report.envelopes)
        if let divergence = report.divergence {
            return tell(
                invocation, match: false, hash: hash, events: envelopes.count, divergence: divergence.json,
                story: story(divergence))
        }
        let recorded = CanonicalForm.hash(of: envelopes)
        guard recorded == hash else {
            let difference = TraceDiff(envelopes, report.envelopes)
            return tell(
                invocation, match: false, hash: hash, events: envelopes.count, divergence: difference.json,
                story: "the replay differs from its recording: \(difference)")
        }
        return tell(invocation, match: true, hash: hash, events: envelopes.count)
    }

    /// The place, what is different about it, and both sides there.
    private static func story(_ divergence: Divergence) -> String {
        let what =
            switch divergence.kind {
            case .different: "the same place says something else"
            case .extra: "the run says more than the recording"
            case .exhausted: "the recording ends before the run does"
            case .leftOver: "the recording says more than the run"
            }
        let place = divergence.path.isEmpty ? "its opening" : divergence.path
        var text = "the replay differs from its recording at \(place): \(what)"
        var sides = (divergence.recorded, divergence.replayed)
        if let found = JSONDifference(sides.0, sides.1), !sides.0.isNull, !sides.1.isNull {
            text += ", in \(found.pointer.dropFirst())"
            sides = (found.left ?? .null, found.right ?? .null)
            if found.pointer == "/payload/definitions" {
                text += "\n  The agents are not those that it was recorded with; see --agents."
            }
            if found.pointer == "/payload/model/prompts" {
                text += "\n  The prompts are not those that it was recorded with; see --prompts."
            }
        }
        return text + "\n  recorded: \(shortened(sides.0))\n  replayed: \(shortened(sides.1))"
    }

    /// A payload may hold ten thousand rows; `--json` prints the whole of it.
    private static func shortened(_ value: JSON) -> String {
        value.isNull ? "nothing" : DisplayWidth.truncated(value.description, to: 300)
    }

    private static func tell(
        _ invocation: Invocation, match: Bool, hash: String, events: Int, divergence: JSON? = nil,
        story: String = ""
    ) -> ExitStatus {
        var object: JSONObject = ["match": .bool(match), "hash": .string(hash), "events": .int(events)]
        if let divergence { object["divergence"] = divergence }
        if invocation.has("json") {
            invocation.terminal.print(JSON.object(object).description)
        } else if !match {
            for line in story.split(separator: "\n") { invocation.terminal.print(DisplayWidth.safe(String(line))) }
        } else {
            invocation.terminal.print("the replay equals its recording: \(events) events, hash \(hash)")
        }
        return match ? .completed : .diverged
    }
}
