import AgentRuntime
import Foundation
import Glibc
import MessageBus
import Support
import Testing
import Toolbox
import Traces
import Values

/// Ctrl-C and SIGTERM while an answer is made.
@Suite("An interrupted question")
struct InterruptTests {
    @Test(
        "ends with 130, leaves a closed trace with one terminal event, and the trace replays",
        arguments: [SIGINT, SIGTERM])
    func interrupt(signal: Int32) async throws {
        // The signal must go out while the query runs, however busy the other tests keep the pool.
        try await onThreadOfItsOwn { try await interruptQuestion(signal) }
    }

    private func interruptQuestion(_ signal: Int32) async throws {
        let folder = try Shop.folder()
        try folder.write(TestAgents.slow, to: "agents/coordinator.md")
        let reader = Pipe()
        let child = try Child(
            [
                Operon.path, "ask", "Anything", "--db", "shop.sqlite", "--agents", "agents", "--trace", "run.jsonl",
                "--progress", "always", "--json",
            ], in: folder
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, folder.scratch("out"), O_WRONLY | O_CREAT, 0o600)
            posix_spawn_file_actions_adddup2(&actions, reader.fileHandleForWriting.fileDescriptor, 2)
        }
        try reader.fileHandleForWriting.close()
        // The query has begun once the execution has.
        let seen = await Stream(reader.fileHandleForReading.fileDescriptor).read(until: "execute")
        #expect(seen.contains("execute"), "\(seen)")
        let start = ContinuousClock.now
        child.signal(signal)
        let status = await child.wait()
        #expect(status == 130)
        #expect(ContinuousClock.now - start < .seconds(15 * slowFactor), "the query was stopped, not waited for")
        let output = try JSON(parsing: folder.text(of: folder.scratch("out")))
        #expect(output["outcome"] == "cancelled", "\(output)")

        let contents = try TraceFile.read(folder.file("run.jsonl"))
        #expect(contents.notes.isEmpty)
        #expect(contents.envelopes.last?.kind == .sessionClosed)
        let finished = contents.envelopes.filter { $0.kind == .turnFinished }
        #expect(finished.count == 1 && finished[0].payload["outcome"] == "cancelled", "\(finished)")
        let replayed = try await Operon.run("replay", "run.jsonl", "--agents", "agents", "--json", in: folder)
        #expect(replayed.status == 0 && replayed.json["match"] == true, "\(replayed)")
        // Without the agents that it was recorded with, it is another run.
        #expect(try await Operon.run("replay", "run.jsonl", "--json", in: folder).status == 6)
    }

    @Test("SIGINT stops a long statement of operon query at once with 130")
    func query() async throws { try await onThreadOfItsOwn { try await interruptStatement() } }

    private func interruptStatement() async throws {
        let folder = try Shop.folder()
        let reader = Pipe()
        let sql = "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r) SELECT count(*) FROM r"
        try folder.write(
            #"{"id":1,"sql":"SELECT 1"}"# + "\n" + #"{"id":2,"sql":"\#(sql)"}"# + "\n", to: "statements")
        let child = try Child(
            [Operon.path, "query", "--db", "shop.sqlite", "--jsonl", "--timeout-ms", "600000"], in: folder
        ) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, folder.file("statements"), O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, reader.fileHandleForWriting.fileDescriptor, 1)
        }
        try reader.fileHandleForWriting.close()
        let seen = await Stream(reader.fileHandleForReading.fileDescriptor).read(until: "\n")
        #expect(seen.contains(#""verdict":"ok""#))
        child.signal(SIGINT)
        #expect(await child.wait() == 130)
    }
}

/// Reads what a process writes, as it comes, on a thread of its own.
struct Stream: Sendable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// All that comes until `mark` has come, the process has closed its end, or patience has ended.
    func read(until mark: String) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [descriptor] in
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while !String(decoding: bytes, as: UTF8.self).contains(mark) {
                    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    guard poll(&poller, 1, Int32(Operon.patience * 1000)) > 0 else { break }
                    let count = Glibc.read(descriptor, &buffer, buffer.count)
                    guard count > 0 else { break }
                    bytes += buffer[..<count]
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
