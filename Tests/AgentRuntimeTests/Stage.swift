import AgentRuntime
import MessageBus
import Services
import Support
import Testing
import Values

/// Agents on simulated time: a turn is run to its end at once, then replayed, and must replay to the same proof.
struct Stage {
    let simulation: Simulation
    var playground: Playground
    let control = RunControl()

    init(
        _ definitions: [AgentDefinition], seed: UInt64 = 1, person: (any Person)? = nil,
        tools: (ManualTime) -> [any Tool]
    ) {
        simulation = Simulation(seed: seed)
        playground = Playground(
            definitions, tools: tools(simulation.time), time: simulation.time, person: person)
    }

    /// Runs one turn, or two and more with the same session, and closes the session unless a turn is suspended.
    func run(
        turns: Int = 1, cancelAfter milliseconds: Int? = nil, replaying: Bool = true,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> (result: TurnResult, log: [Envelope]) {
        let session = playground.live()
        let (control, time) = (control, simulation.time)
        let report = simulation.run { () async throws -> TurnResult in
            try await session.open()
            if milliseconds == 0 { control.interrupt(.cancelled(by: "person")) }
            let result = try await withThrowingTaskGroup(of: Void.self) { group in
                if let milliseconds, milliseconds > 0 {
                    group.addTask {
                        try await time.sleep(nanoseconds: UInt64(milliseconds) * 1_000_000)
                        control.interrupt(.cancelled(by: "person"))
                    }
                }
                var result = try await session.ask([:], control: control)
                for _ in 1..<turns { result = try await session.ask([:]) }
                group.cancelAll()
                return result
            }
            if result.outcome != nil { try await session.close() }
            return result
        }
        let result = try #require(try report.result?.get(), "the run is stuck", sourceLocation: location)
        let log = session.log.envelopes(after: 0)
        if replaying { try await replays(log, location) }
        return (result, log)
    }

    /// Goes on from a log.
    func resume(
        _ log: [Envelope], decisions: [String: PersonDecision] = [:], cancelled: Bool = false
    ) async throws -> (result: TurnResult?, log: [Envelope]) {
        let session = playground.resuming(log, decisions: decisions)
        let control = RunControl()
        if cancelled { control.interrupt(.cancelled(by: "person")) }
        let report = simulation.run { () async throws -> TurnResult? in
            await session.restore()
            let result = try await session.resume(control: control)
            if result?.outcome != nil { try await session.close() }
            return result
        }
        let result = try #require(report.result, "the run is stuck").get()
        let end = session.log.envelopes(after: 0)
        try await replays(end)
        return (result, end)
    }

    func replays(_ log: [Envelope], _ location: SourceLocation = #_sourceLocation) async throws {
        let report = try await Replay.run(log, playground.configuration)
        #expect(report.divergence == nil, "\(report.divergence?.description ?? "")", sourceLocation: location)
        #expect(
            difference(proof(of: report.envelopes), proof(of: log)) == nil, "the proof differs",
            sourceLocation: location)
    }
}

/// An agent with these steps that may use every tool of these tests.
func agent(
    _ name: String, _ steps: [PlaybookStep], delegates: [String] = [],
    _ limits: (inout AgentLimits) -> Void = { _ in }
) -> AgentDefinition {
    var own = AgentLimits()
    limits(&own)
    return AgentDefinition(
        name: name, title: name, tools: ["echo", "slow", "flaky", "broken", "crash", "count", "deed", "hang"],
        delegates: delegates, limits: own, playbook: Playbook(steps: steps))
}

/// Gives back its arguments.
let echo = ClosureTool("echo") { arguments, _ in ToolOutput(arguments) }
/// Throws what no tool should throw.
let crash = ClosureTool("crash", .readOnly) { _, _ in throw Broken() }

/// Takes this long in simulated time.
func slow(_ time: ManualTime, _ milliseconds: Int, name: String = "slow") -> ClosureTool {
    ClosureTool(name, .readOnly) { _, _ in
        try await time.sleep(nanoseconds: UInt64(milliseconds) * 1_000_000)
        return ToolOutput(["slept": .int(milliseconds)])
    }
}

extension [Envelope] {
    /// The envelopes of a kind, at a path if one is given.
    func all(_ kind: EventName, at path: String? = nil) -> [Envelope] {
        filter { $0.kind == kind && (path == nil || $0.path == path) }
    }
}
