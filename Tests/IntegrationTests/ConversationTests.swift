import Foundation
import Glibc
import Testing
import Traces
import Values

/// A conversation in a terminal: a pseudo terminal whose other end the test holds.
@Suite("A conversation in a terminal", .serialized)
struct ConversationTests {
    /// A process in a terminal of its own.
    struct Talk: Sendable {
        let child: Child
        let screen: Int32

        init(_ words: [String], in folder: Folder) throws {
            // As posix_openpt, unlockpt and ptsname do it, which this Glibc module does not show.
            let screen = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            let (unlock, askNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
            var locked: Int32 = 0
            var number: UInt32 = 0
            let isReady =
                screen >= 0 && ioctl(screen, unlock, &locked) == 0 && ioctl(screen, askNumber, &number) == 0
            try #require(isReady, "no pseudo terminal: \(String(cString: strerror(errno)))")
            var size = winsize(ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
            _ = ioctl(screen, UInt(TIOCSWINSZ), &size)
            let keyboard = "/dev/pts/\(number)"
            child = try Child(
                [Operon.path] + words, in: folder, environment: ["TERM": "xterm"], ownTerminal: true
            ) { actions in
                posix_spawn_file_actions_addopen(&actions, 0, keyboard, O_RDWR, 0)
                posix_spawn_file_actions_adddup2(&actions, 0, 1)
                posix_spawn_file_actions_adddup2(&actions, 0, 2)
            }
            self.screen = screen
        }

        func type(_ text: String) {
            let bytes = Array(text.utf8)
            _ = Glibc.write(screen, bytes, bytes.count)
        }

        func read(until mark: String) async -> String { await Stream(screen).read(until: mark) }

        /// The prompt: bold, since this is a terminal.
        func prompt() async -> String { await read(until: "\u{1B}[1m> \u{1B}[0m") }

        /// Waits for the end and hangs up.
        func end() async -> Int32 {
            let status = await child.wait()
            close(screen)
            return status
        }
    }

    static let interrupt = "\u{03}"
    static let endOfInput = "\u{04}"

    @Test("answers question by question, shows the agents at work, and ends with Ctrl-D")
    func questions() async throws {
        let folder = try Shop.folder()
        let talk = try Talk(
            ["ask", "--db", "shop.sqlite", "--today", Shop.today, "--trace", "talk.jsonl"], in: folder)
        #expect(await talk.prompt().contains("Ctrl-D ends"))
        talk.type("\(Shop.top)\n")
        let first = await talk.prompt()
        for mark in ["coordinator", "plan: ", "run_sql", "Ada Lovelace", "Read as: ", "SELECT", "█", "\u{1B}["] {
            #expect(first.contains(mark), "\(mark) is missing in \(first)")
        }
        talk.type("/sql\n")
        #expect(await talk.prompt().contains("LIMIT 3"))
        talk.type("/help\n")
        #expect(await talk.prompt().contains("/quit"))
        talk.type("\n")
        _ = await talk.prompt()
        talk.type("\(Shop.count)\n")
        #expect(await talk.prompt().contains("40"))
        talk.type(Self.endOfInput)
        #expect(await talk.end() == 0)
        let envelopes = try TraceFile.read(folder.file("talk.jsonl")).envelopes
        #expect(envelopes.last?.kind == .sessionClosed)
        #expect(envelopes.count { $0.kind == .messageReceived } == 2)
        let replayed = try await Operon.run("replay", "talk.jsonl", "--json", in: folder)
        #expect(replayed.status == 0, "\(replayed)")
    }

    @Test("an option that was offered is chosen by its number")
    func options() async throws {
        let folder = try Shop.folder()
        let talk = try Talk(["ask", "--db", "shop.sqlite", "--trace", "talk.jsonl"], in: folder)
        _ = await talk.prompt()
        talk.type("Zxcv qwer?\n")
        let offered = await talk.prompt()
        #expect(offered.contains("  1. "), "\(offered)")
        talk.type("1\n")
        _ = await talk.prompt()
        talk.type("/quit\n")
        #expect([0, 3].contains(await talk.end()))
        let envelopes = try TraceFile.read(folder.file("talk.jsonl")).envelopes
        #expect(envelopes.count { $0.kind == .messageReceived } == 1, "the choice goes on with the turn")
        let asked = try #require(envelopes.first { $0.kind == .questionAsked })
        let answer = envelopes.first { $0.kind == .effectCompleted && $0.path == asked.path }?.payload["result"]
        #expect(answer != nil && answer == asked.payload["options"]?[0])
        let lines = offered.split(whereSeparator: \.isNewline)
        let first = try #require(lines.first { $0.hasPrefix("  1. ") }).dropFirst(5)
        #expect(answer?.string.map { String(first).hasSuffix($0) } == true, "\(offered)")
    }

    @Test("Ctrl-C stops an answer and the conversation goes on; at the prompt it ends it")
    func interrupts() async throws {
        let folder = try Shop.folder()
        try folder.write(TestAgents.slow, to: "agents/coordinator.md")
        let talk = try Talk(
            ["ask", "--db", "shop.sqlite", "--agents", "agents", "--trace", "talk.jsonl"], in: folder)
        _ = await talk.prompt()
        for _ in 0..<2 {
            talk.type("Anything\n")
            #expect(await talk.read(until: "execute").contains("execute"))
            talk.type(Self.interrupt)
            #expect(await talk.prompt().contains("cancelled"))
        }
        talk.type(Self.endOfInput)
        #expect(await talk.end() == 0)
        let envelopes = try TraceFile.read(folder.file("talk.jsonl")).envelopes
        let outcomes = envelopes.filter { $0.kind == .turnFinished }.compactMap { $0.payload["outcome"]?.string }
        #expect(outcomes == ["cancelled", "cancelled"] && envelopes.last?.kind == .sessionClosed, "\(outcomes)")
        let replayed = try await Operon.run("replay", "talk.jsonl", "--agents", "agents", "--json", in: folder)
        #expect(replayed.status == 0, "\(replayed)")

        let idle = try Talk(["ask", "--db", "shop.sqlite"], in: folder)
        _ = await idle.prompt()
        idle.type(Self.interrupt)
        #expect(await idle.end() == 130)
    }
}
