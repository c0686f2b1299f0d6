import Dispatch
import Foundation
import Glibc
import Support
import Synchronization
import Testing
import Values

/// The built binary under test. `swift test` builds it because this target depends on it, and leaves it beside the test
/// bundle, in whatever folder the build went to.
enum Operon {
    static let path: String = {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (bundle as NSString).deletingLastPathComponent + "/operon"
    }()

    /// How long one process may take before it counts as stuck. Debug builds on busy machines are slow; a stuck
    /// process stays stuck.
    static let patience = 60 * slowFactor

    /// Runs `operon` to its end in `folder` and returns what it said.
    static func run(
        _ words: [String], in folder: Folder, input: String = "", environment: [String: String] = [:]
    ) async throws -> Ending {
        try await command([path] + words, in: folder, input: input, environment: environment)
    }

    static func run(
        _ words: String..., in folder: Folder, input: String = "", environment: [String: String] = [:]
    ) async throws -> Ending {
        try await run(words, in: folder, input: input, environment: environment)
    }

    /// Runs any program to its end.
    static func command(
        _ words: [String], in folder: Folder, input: String = "", environment: [String: String] = [:]
    ) async throws -> Ending {
        try #require(
            FileManager.default.isExecutableFile(atPath: path),
            "\(path) is not built: run these tests with `swift test`, which builds it")
        await Turnstile.shared.enter()
        defer { Turnstile.shared.leave() }
        let name = UUID().uuidString
        let (stdin, stdout, stderr) = (
            folder.scratch(name + ".in"), folder.scratch(name), folder.scratch(name + ".err")
        )
        try Data(input.utf8).write(to: URL(fileURLWithPath: stdin))
        let child = try Child(words, in: folder, environment: environment) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, stdout, O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, stderr, O_WRONLY | O_CREAT, 0o600)
        }
        let status = await child.wait()
        return Ending(
            status: status, output: folder.text(of: stdout), errors: folder.text(of: stderr),
            words: words.dropFirst().joined(separator: " "))
    }
}

/// What became of a process.
struct Ending: Sendable, CustomStringConvertible {
    /// The exit code; for a process that a signal ended, the negative number of the signal.
    var status: Int32
    var output: String
    var errors: String
    var words: String

    /// The lines of the output.
    var lines: [String] { output.split(separator: "\n").map { String($0) } }
    /// The output as one JSON value; null when it is none, which no expectation accepts.
    var json: JSON { (try? JSON(parsing: output)) ?? .null }
    /// Each line of the output as JSON.
    var jsonLines: [JSON] { lines.map { (try? JSON(parsing: $0)) ?? .null } }
    var description: String {
        "operon \(words) ended with \(status)\n\(output.prefix(2000))\n\(errors.prefix(2000))"
    }
}

/// A running process in a clean environment; it is killed when it outlives ``Operon/patience``.
final class Child: Sendable {
    let pid: pid_t

    /// Starts `words` in `folder`. `configure` says where its descriptors lead. With `ownTerminal` its standard input
    /// is the terminal that its signals come from.
    init(
        _ words: [String], in folder: Folder, environment: [String: String] = [:], ownTerminal: Bool = false,
        configure: (inout posix_spawn_file_actions_t) -> Void
    ) throws {
        // `env` and `setsid` become the program: the process identifier stays the same.
        let words =
            (ownTerminal ? ["/usr/bin/setsid", "--ctty"] : []) + ["/usr/bin/env", "-C", folder.path] + words
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        configure(&actions)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8"]
        // A sanitizer's settings belong to every process of the test.
        for (name, value) in ProcessInfo.processInfo.environment
        where name.hasSuffix("SAN_OPTIONS") || name == "LD_PRELOAD" || name == "LD_LIBRARY_PATH" {
            variables[name] = value
        }
        variables.merge(environment) { $1 }
        var arguments = words.map { strdup($0) } + [nil]
        var entries = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + entries { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, &entries)
        try #require(code == 0, "cannot start \(words[0]): \(String(cString: strerror(code)))")
        self.pid = pid
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// The exit code, or the negative number of the signal that ended it.
    func wait() async -> Int32 {
        let pid = pid
        let watchdog = DispatchWorkItem { kill(pid, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Operon.patience), execute: watchdog)
        defer { watchdog.cancel() }
        return await withCheckedContinuation { continuation in
            // waitpid blocks, and the pool of the tests has a thread per processor only.
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                let number = status & 0x7f
                continuation.resume(returning: number == 0 ? (status >> 8) & 0xff : -number)
            }
        }
    }
}

/// Lets a few processes run at a time, so that tests beside each other do not slow each other down.
final class Turnstile: Sendable {
    static let shared = Turnstile(places: 3)
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state: Mutex<State>

    init(places: Int) { state = Mutex(State(free: places)) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state -> Bool in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }?.resume()
    }
}

/// A folder of its own that disappears with the test.
final class Folder: Sendable {
    let path: String
    private let hidden: String

    init() throws {
        let base = NSTemporaryDirectory() + "/operon-integration-" + UUID().uuidString
        path = base + "/work"
        // What processes read and write as their standard streams stands beside the folder that tests look at.
        hidden = base + "/streams"
        for folder in [path, hidden] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    func file(_ name: String) -> String { path + "/" + name }
    func scratch(_ name: String) -> String { hidden + "/" + name }
    func text(of path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
    func text(_ name: String) -> String { text(of: file(name)) }
    func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
