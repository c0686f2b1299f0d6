import Glibc
import HTTPClient
import LanguageModels
import Services
import Synchronization
import Values

/// Streams of language models against a server that paces them (`Benchmarks/peers/paced_server.c`).
struct StreamsBench {
    let baseURL: String
    let count: Int
    let engine = HTTPEngine(HTTPConfiguration(connectionsPerHost: 0))

    /// All streams at once, each read to its end: wall time, processor time per event, memory per stream, and how long
    /// each token was on its way from the server's write to the caller.
    func all() async throws -> Measurement {
        _ = try await stream()
        let before = (memory: Measurement.residentMiB, cpu: processorNanoseconds(), wall: monotonic())
        let results = try await withThrowingTaskGroup(of: (events: Int, delays: [UInt64]).self) { group in
            for _ in 0..<count { group.addTask { try await stream() } }
            var all: [(events: Int, delays: [UInt64])] = []
            for try await result in group { all.append(result) }
            return all
        }
        let wall = monotonic() - before.wall
        let cpu = processorNanoseconds() - before.cpu
        await engine.stop()
        let events = results.reduce(0) { $0 + $1.events }
        let weight = (peakMiB() - before.memory) * 1024 / Double(count)
        var measurement = Measurement(
            name: "streams", durations: results.flatMap(\.delays), total: wall,
            extra: [
                "wall_ms": .int(Int(wall / 1_000_000)),
                "cpu_us_per_event": .double((Double(cpu) / Double(events) / 10).rounded() / 100),
                "kib_per_stream": .double((weight * 10).rounded() / 10), "streams": .int(count),
            ])
        measurement.perSecond = Double(events) / (Double(wall) / 1e9)
        return measurement
    }

    /// All streams are cancelled while they run: how long until the last of them has ended.
    func cancelled() async throws -> Measurement {
        let running = Semaphores(count)
        let (total, ends) = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let first = Mutex(true)
                    do throws(ModelError) {
                        _ = try await model.respond(
                            to: Self.request,
                            in: ModelCall(onParts: { _ in
                                if first.withLock({ value in
                                    defer { value = false }; return value
                                }) {
                                    running.arrived()
                                }
                            }))
                    } catch {
                        guard error.kind == .cancelled else { throw error }
                    }
                    return monotonic()
                }
            }
            await running.all()
            let start = monotonic()
            group.cancelAll()
            var ends: [UInt64] = []
            for try await end in group { ends.append(end &- start) }
            return (monotonic() - start, ends)
        }
        await engine.stop()
        return Measurement(
            name: "cancel", durations: ends, total: total,
            extra: ["wall_ms": .double((Double(total) / 10_000).rounded() / 100), "streams": .int(count)])
    }

    private static let request = ModelRequest(messages: [.user("go")])

    private var model: ProviderModel {
        ProviderModel(
            ProviderConfiguration(
                api: .chat, profile: ModelProfile(provider: "openai", model: "paced"), baseURL: baseURL),
            sender: engine)
    }

    /// One stream: how many events, and how long each was on its way.
    private func stream() async throws -> (events: Int, delays: [UInt64]) {
        let seen = Mutex((events: 0, delays: [UInt64]()))
        _ = try await model.respond(
            to: Self.request,
            in: ModelCall(onParts: { parts in
                let now = monotonic()
                seen.withLock { seen in
                    for part in parts {
                        seen.events += 1
                        guard case .text(let text) = part, let sent = UInt64(text.dropLast()) else { continue }
                        seen.delays.append(now &- sent)
                    }
                }
            }))
        return seen.withLock { $0 }
    }
}

/// Waits until so many have arrived.
private final class Semaphores: Sendable {
    private struct State {
        var left: Int
        var waiter: CheckedContinuation<Void, Never>?
    }
    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(left: count)) }

    func arrived() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.left -= 1
            if state.left > 0 { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func all() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.left <= 0 { return true }
                state.waiter = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}

/// The most memory that the process has occupied, in MiB (`VmHWM`).
func peakMiB() -> Double {
    guard let text = try? Files.text("/proc/self/status"), let start = text.firstRange(of: "VmHWM:") else {
        return 0
    }
    return (Double(text[start.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber }) ?? 0) / 1024
}

/// What the process has used of the processors, in nanoseconds.
private func processorNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
