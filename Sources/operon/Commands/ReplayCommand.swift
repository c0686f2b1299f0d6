import AgentRuntime
import MessageBus
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
            CommandSpecification.threads, CommandSpecification.agents, CommandSpecification.store,
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
                ])
        }
        let composition = try Composition(invocation)
        let configuration = composition.session(on: nil, source: nil, time: SystemTime())
        let executor = ThreadPoolExecutor(threads: try invocation.integer("threads", in: 1...256, default: 2))
        defer { executor.stop() }
        let report = try await withTaskExecutorPreference(executor) {
            try await Replay.run(envelopes, configuration)
        }
        let hash = CanonicalForm.hash(of: report.envelopes)
        if let divergence = report.divergence {
            return tell(
                invocation, match: false, hash: hash, events: envelopes.count, divergence: divergence.json)
        }
        let recorded = CanonicalForm.hash(of: envelopes)
        guard recorded == hash else {
            let difference = TraceDiff(envelopes, report.envelopes)
            return tell(invocation, match: false, hash: hash, events: envelopes.count, divergence: difference.json)
        }
        return tell(invocation, match: true, hash: hash, events: envelopes.count, divergence: nil)
    }

    private static func tell(
        _ invocation: Invocation, match: Bool, hash: String, events: Int, divergence: JSON?
    ) -> ExitStatus {
        var object: JSONObject = ["match": .bool(match), "hash": .string(hash), "events": .int(events)]
        if let divergence { object["divergence"] = divergence }
        if invocation.has("json") {
            invocation.terminal.print(JSON.object(object).description)
        } else if let divergence {
            invocation.terminal.print("the replay differs from its recording:\n\(divergence.pretty())")
        } else {
            invocation.terminal.print("the replay equals its recording: \(events) events, hash \(hash)")
        }
        return match ? .completed : .diverged
    }
}
