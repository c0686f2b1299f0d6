import AgentRuntime
import Glibc
import MessageBus
import Services
import Traces
import Values

/// Opens sessions for the command line: in memory, or in a store when they are to outlive the process.
struct SessionHost {
    let composition: Composition
    let terminal: Terminal
    let time: any TimeSource
    let person: (any Person)?
    /// What the person decided about effects that a resumed session waits for.
    var decisions: [String: PersonDecision] = [:]
    /// Knows what must not reach the log.
    var redactor: Redactor?

    /// A session and how it came about.
    struct Opened {
        let session: Session
        let log: SessionLog
        /// Whether it goes on from a log that was there before.
        let isResumed: Bool
    }

    /// Opens the session called `id` in `store`, or a new one in memory.
    func open(_ id: String?, store: TraceStore?, configuration: SessionConfiguration) async throws -> Opened {
        let name = id ?? RandomIDs().next("s")
        guard let store else {
            let log = SessionLog(session: name, time: time)
            let session = Session(configuration, journal: Journal(log: log, redactor: redactor))
            try await session.open()
            return Opened(session: session, log: log, isResumed: false)
        }
        let log = try await store.openLog(session: name, time: time)
        let history = log.envelopes(after: 0)
        if history.isEmpty {
            let session = Session(configuration, journal: Journal(log: log, redactor: redactor))
            try await session.open()
            return Opened(session: session, log: log, isResumed: false)
        }
        if history.last?.kind == .sessionClosed {
            throw OperonError(
                code: "session_closed", "session \(name) is closed", hint: "Use another name, or fork its trace.")
        }
        var configuration = configuration
        configuration.context = history[0].payload["context"] ?? configuration.context
        let journal = Journal(
            log: log, mode: .resume, recording: Recording(history), decisions: decisions, redactor: redactor)
        let session = Session(configuration, journal: journal)
        await session.restore()
        return Opened(session: session, log: log, isResumed: true)
    }

    /// Runs `body` while the session's log is followed by the live view and the trace file; returns when both have
    /// seen the last envelope. `body` is given the live view, if there is one.
    func following<T: Sendable>(
        _ log: SessionLog, live: Bool, trace: String?, _ body: (LiveView?) async throws -> T
    ) async throws -> T {
        let writer = try trace.map { try TraceFile.Writer(path: $0) }
        let view = live ? LiveView(terminal: terminal, time: time, definitions: composition.definitions) : nil
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if let view {
                let subscription = log.subscribe(after: log.lastSeq, capacity: 1024, whenFull: .shedOldest)
                group.addTask { await view.follow(subscription) }
            }
            if let writer {
                group.addTask {
                    try await writer.follow(log)
                    try await BlockingThread().run { try writer.close() }
                }
            }
            let result: Result<T, any Error>
            do { result = .success(try await body(view)) } catch { result = .failure(error) }
            log.close()
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// The store of the invocation: `--store FILE`, or the default place.
    static func store(_ invocation: Invocation, reading: Bool = false) throws -> TraceStore {
        let path = try invocation.value("store") ?? defaultStorePath()
        if reading {
            if invocation.value("store") == nil, !Files.exists(path) {
                throw OperonError(
                    code: "store_missing", "no session has been kept yet",
                    hint: "operon ask --session NAME keeps one; --store FILE names another store.", at: path)
            }
            return try TraceStore(reading: path)
        }
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            try Files.makeDirectory(String(path[..<slash]))
        }
        var options = TraceStore.Options()
        if let text = CommandLineEnvironment.value("OPERON_TEST_KILL_AFTER"), let count = Int(text) {
            // For the test that ends the process at every record: not a graceful end, a kill.
            options.onCommit = { if $0 >= count { kill(getpid(), SIGKILL) } }
        }
        return try TraceStore(path: path, options: options)
    }

    private static func defaultStorePath() throws -> String {
        if let state = CommandLineEnvironment.value("XDG_STATE_HOME"), state.hasPrefix("/") {
            return state + "/operon/sessions.sqlite"
        }
        guard let home = CommandLineEnvironment.value("HOME"), !home.isEmpty else {
            throw UsageError("there is no HOME to keep sessions in; give --store FILE")
        }
        return home + "/.local/state/operon/sessions.sqlite"
    }

    /// Marks sessions whose turn was cut off by the end of an earlier process, except `id`, as interrupted: nothing
    /// stays "running" for ever.
    static func markInterrupted(in store: TraceStore, except id: String?, time: any TimeSource) async throws {
        for record in try await store.sessions() where record.state == .open && record.session != id {
            guard Session.openTurn(in: try await store.envelopes(of: record.session)) != nil else { continue }
            let log = try await store.openLog(session: record.session, time: time)
            log.append(
                path: "", topic: TopicName.consoleLog(record.session), sender: "operon", kind: .sessionInterrupted,
                payload: ["reason": "the process ended while a turn ran"])
            try await log.waitUntilDurable(log.lastSeq)
            log.close()
        }
    }
}
