import Dispatch
import Foundation
import Glibc
import Services
import Support
import Testing
import Values

/// One run of `operon model call` against a server that misbehaves.
struct ModelRun: Sendable, CustomStringConvertible {
    var status: Int32
    var output: String
    var errors: String
    /// From the start of the process to its end.
    var wall: Duration
    /// The most memory that the process held at once, in MiB; 0 when it was not watched.
    var peakMiB: Int
    /// What the server saw.
    var requests: [FaultRequest]

    /// The last line as JSON; null when it is none.
    var json: JSON { lines.last ?? .null }
    /// Each line of the output as JSON.
    var lines: [JSON] { output.split(separator: "\n").map { (try? JSON(parsing: String($0))) ?? .null } }
    var description: String {
        "exit \(status) after \(wall), \(requests.count) requests, peak \(peakMiB) MiB\n"
            + "\(output.prefix(600))\n\(errors.prefix(600))"
    }

    /// Many calls wait most of their time; so more of them may run at once than other processes.
    private static let turnstile = Turnstile(places: 6)

    /// Calls the scenario `name` of `server`. `meanwhile` runs beside the process and can look at what it has written to
    /// standard error so far. Words after the base URL and the model come from `words`.
    static func call(
        _ server: FaultServer, _ name: String, _ api: FaultAPI, _ words: [String] = [],
        prompt: String? = "Say hello",
        environment: [String: String] = [:], watchesMemory: Bool = false, base: String? = nil,
        meanwhile: (@Sendable (Child, _ errors: @Sendable () -> String) async throws -> Void)? = nil
    ) async throws -> ModelRun {
        await turnstile.enter()
        defer { turnstile.leave() }
        // The clock is watched: the threads of the pool may be busy with other tests for long.
        let thread = ThreadPoolExecutor(threads: 1)
        defer { thread.stop() }
        return try await withTaskExecutorPreference(thread) {
            try await run(server, name, api, words, prompt, environment, watchesMemory, base, meanwhile)
        }
    }

    private static func run(
        _ server: FaultServer, _ name: String, _ api: FaultAPI, _ words: [String], _ prompt: String?,
        _ environment: [String: String], _ watchesMemory: Bool, _ base: String?,
        _ meanwhile: (@Sendable (Child, _ errors: @Sendable () -> String) async throws -> Void)?
    ) async throws -> ModelRun {
        let folder = try Folder()
        let all =
            [
                Operon.path, "model", "call", "--api", api.rawValue, "--base-url", base ?? server.base(name, api),
                "--model", "test-model",
            ] + words + (prompt.map { [$0] } ?? [])
        let start = ContinuousClock.now
        let child = try Child(all, in: folder, environment: environment) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, folder.scratch("out"), O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, folder.scratch("err"), O_WRONLY | O_CREAT, 0o600)
        }
        let watch = watchesMemory ? MemoryWatch(child.pid) : nil
        try await meanwhile?(child) { folder.text(of: folder.scratch("err")) }
        let status = await child.wait()
        return ModelRun(
            status: status, output: folder.text(of: folder.scratch("out")),
            errors: folder.text(of: folder.scratch("err")), wall: .now - start, peakMiB: watch?.peakMiB ?? 0,
            requests: server.requests(name))
    }
}

/// Reads a process's peak of resident memory (`VmHWM`, proc(5)) until it is gone. What `wait4` tells is of no use: it
/// also counts the memory of the process that started it.
final class MemoryWatch: Sendable {
    private let pid: pid_t
    private let peak = Peak()

    private final class Peak: @unchecked Sendable {
        // @unchecked Sendable because the value is reached with the lock only.
        private let lock = NSLock()
        private var value = 0
        func raise(_ other: Int) { lock.withLock { value = max(value, other) } }
        var now: Int { lock.withLock { value } }
    }

    init(_ pid: pid_t) {
        self.pid = pid
        Thread.detachNewThread { [peak] in
            while let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) {
                guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else {
                    return
                }
                peak.raise(line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
                usleep(2000)
            }
        }
    }

    var peakMiB: Int { peak.now / 1024 }
}
