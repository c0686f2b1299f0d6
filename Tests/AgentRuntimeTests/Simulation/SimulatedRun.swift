import AgentRuntime
import Foundation
import MessageBus
import Services
import Support
import Values

/// One seed: a team at work in a world that fails, perhaps stopped, perhaps killed and resumed, then replayed.
struct SimulatedRun {
    let seed: UInt64
    let team: Team
    let hasPerson: Bool
    let skew: Double
    /// The job before which somebody cancels; nil when nobody does.
    let cancelAt: Int?
    /// Whether it is the caller's task that is cancelled.
    let byCaller: Bool

    init(seed: UInt64) {
        self.seed = seed
        team = Team(seed: seed)
        var random = SeededRandom(seed: seed).split("run")
        hasPerson = random.chance(0.5)
        skew = random.chance(0.3) ? 0.03 : 0
        cancelAt = random.chance(0.3) ? 1 + random.below(120) : nil
        byCaller = random.chance(0.4)
    }

    /// What one process did.
    struct Life: Sendable {
        var envelopes: [Envelope]
        var result: TurnResult?
        var unseed: UInt64
    }

    /// A process from its start or from `history` to the end of the turn or its suspension. The log is closed when the
    /// turn has finished.
    func live(
        _ simulation: Simulation, _ world: World, _ history: [Envelope] = [],
        decisions: [String: PersonDecision] = [:], cancelAt: Int? = nil
    ) throws -> Life {
        var playground = Playground(
            team.definitions, tools: world.tools, time: simulation.time,
            person: hasPerson ? SimulatedPerson(world: world) : nil)
        playground.configuration.budget = team.budget
        let session =
            history.isEmpty ? playground.live("s") : playground.resuming(history, decisions: decisions)
        world.begin(session.log)
        let control = RunControl()
        if let cancelAt {
            let byCaller = byCaller
            simulation.at(job: cancelAt) {
                if byCaller { simulation.cancel() } else { control.interrupt(.cancelled(by: "person")) }
            }
        }
        let report = simulation.run { () async throws -> TurnResult? in
            var result: TurnResult?
            if history.isEmpty {
                do { try await session.open() } catch is CancellationError { return nil }
                result = try await session.ask(["goal": "x"], control: control)
            } else {
                await session.restore()
                result = try await session.resume(control: control)
            }
            if result?.suspension == nil { try await session.close() }
            return result
        }
        let envelopes = session.log.envelopes(after: 0)
        guard let result = report.result else { throw Stuck(jobs: report.jobs, log: envelopes) }
        if report.strays > 0 { throw Violation("\(report.strays) jobs came from other threads") }
        if !world.threads.isSubset(of: [simulation.thread]) { throw Violation("a tool ran on another thread") }
        do {
            return Life(envelopes: envelopes, result: try result.get(), unseed: report.unseed)
        } catch { throw Violation("\(error)\(Self.listing(envelopes))") }
    }

    /// Lives until the turn has finished: whatever waits for a person is decided.
    func finish(
        _ first: Life, _ world: World, salt: String
    ) throws -> (envelopes: [Envelope], isHonest: Bool) {
        var life = first
        var isHonest = true
        for round in 0..<60 {
            guard let suspension = life.result?.suspension else { return (life.envelopes, isHonest) }
            let decision: PersonDecision
            switch suspension.reason {
            case .question: decision = .result(World.answer(suspension.path))
            case .unsafeEffect:
                let key = "s/" + suspension.path.prefix(upTo: suspension.path.lastIndex(of: "/")!)
                let isDone = world.deeds(key) > 0
                decision = isDone ? .result(World.deedResult(key)) : .again
                switch world.behaviour(suspension.path, "deed").0 {
                case .crash, .hang, .retryable, .final: isHonest = isHonest && !isDone
                default: break
                }
            }
            let simulation = Simulation(
                seed: seed.multipliedReportingOverflow(by: 31).partialValue &+ UInt64(round))
            let next = World(seed: seed, time: simulation.time, continuing: world)
            life = try live(simulation, next, life.envelopes, decisions: [suspension.path: decision])
            world.take(next)
        }
        throw Violation("still suspended after 60 decisions (\(salt))")
    }

    /// Runs the seed; returns everything that is wrong.
    func violations() async throws -> [String] {
        let (whole, isHonest, found) = try uninterrupted()
        // Who is cancelled before the message is taken in leaves no trace of it.
        if !found.isEmpty || !whole.contains(where: { $0.kind == .messageReceived }) { return found }
        let replayed = try await replay(whole)
        if !replayed.isEmpty { return replayed }
        return try await killed(whole, isHonest)
    }

    private func uninterrupted() throws -> ([Envelope], Bool, [String]) {
        let simulation = Simulation(seed: seed, skew: skew)
        let world = World(seed: seed, time: simulation.time)
        let first = try live(simulation, world, cancelAt: cancelAt)
        var found = LogChecks.concurrency(first.envelopes, team.definitions)
        if seed % 5 == 0 {
            let again = Simulation(seed: seed, skew: skew)
            let second = try live(again, World(seed: seed, time: again.time), cancelAt: cancelAt)
            if first.unseed != second.unseed || arrival(first.envelopes) != arrival(second.envelopes) {
                found.append("the same seed took another way")
            }
        }
        guard first.envelopes.contains(where: { $0.kind == .messageReceived }) else {
            return (first.envelopes, false, found + LogChecks.sequence(first.envelopes))
        }
        let (whole, isHonest) = try finish(first, world, salt: "first")
        return (whole, isHonest, found + check(whole, world))
    }

    private func check(_ log: [Envelope], _ world: World) -> [String] {
        LogChecks.sequence(log) + LogChecks.closed(log) + LogChecks.nested(log)
            + LogChecks.budgets(log, team.definitions, team.budget)
            + world.repeatedDeeds
    }

    private func arrival(_ log: [Envelope]) -> [String] { log.map { "\($0.kind.rawValue) \($0.path)" } }

    /// Replays what was written as lines and read back.
    private func replay(_ log: [Envelope]) async throws -> [String] {
        let read = seed % 3 == 0 ? try log.map { try Envelope(json: JSON(parsing: $0.bytes())) } : log
        var playground = Playground(team.definitions, tools: [ClosureTool("look") { _, _ in throw Broken() }])
        playground.configuration.tools = ToolRegistry(World(seed: seed, time: ManualTime()).tools)
        playground.configuration.budget = team.budget
        let configuration = playground.configuration
        let report = Simulation(seed: seed &+ 7).run { try await Replay.run(read, configuration) }
        guard let replay = try report.result?.get() else { return ["the replay is stuck"] }
        if let divergence = replay.divergence { return [divergence.description + Self.listing(log)] }
        return difference(proof(of: log), proof(of: replay.envelopes)).map { ["the replay differs: \($0)"] } ?? []
    }

    /// The log as lines, when a person looks at one seed.
    private static func listing(_ log: [Envelope]) -> String {
        guard ProcessInfo.processInfo.environment["OPERON_SEED"] != nil else { return "" }
        return log.map { "\n\($0.seq) \($0.at) \($0.path) \($0.kind.rawValue) \($0.payload)" }.joined()
    }

    /// Kills the process at a random record, perhaps several times, and resumes.
    private func killed(_ whole: [Envelope], _ isHonest: Bool) async throws -> [String] {
        var random = SeededRandom(seed: seed).split("kill")
        guard random.chance(0.7), whole.count > 4 else { return [] }
        let first = Simulation(seed: seed &+ 1)
        var world = World(seed: seed, time: first.time)
        var life = try live(first, world, cancelAt: cancelAt)
        var honest = isHonest
        var cuts: [Int] = []
        for death in 0..<(1 + random.below(3)) {
            if life.envelopes.count < 3 { break }
            let length = 2 + random.below(life.envelopes.count - 2)
            cuts.append(length)
            world.forget(after: length, keepingLast: random.chance(0.5))
            let simulation = Simulation(seed: seed &+ UInt64(100 + death))
            let next = World(seed: seed, time: simulation.time, continuing: world)
            life = try live(simulation, next, Array(life.envelopes.prefix(length)))
            world = next
        }
        let (end, endHonest) = try finish(life, world, salt: "killed at \(cuts)")
        honest = honest && endHonest
        var found = check(end, world)
        if found.isEmpty { found = try await replay(end) }
        if found.isEmpty, honest, skew == 0, !LogChecks.dependsOnTiming(whole), !LogChecks.dependsOnTiming(end),
            let difference = difference(proof(of: whole), proof(of: end))
        {
            found = ["differs from the uninterrupted run: \(difference)"]
        }
        return found.map { "killed at \(cuts): \($0)" }
    }
}

/// Something that must not be.
struct Violation: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// A run that neither ends nor goes on.
struct Stuck: Error, CustomStringConvertible {
    var jobs: Int
    var log: [Envelope]
    var description: String {
        let last = log.suffix(12).map { "  \($0.seq) \($0.kind.rawValue) \($0.path)" }.joined(separator: "\n")
        return "stuck after \(jobs) jobs:\n\(last)"
    }
}
