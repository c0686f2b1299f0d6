import AgentRuntime
import MessageBus
import Semantics
import Services
import Traces
import Values

/// `operon trace list`
enum TraceListCommand: Command {
    static let specification = CommandSpecification(
        words: "trace list", arguments: "[DIR]",
        summary: "list the sessions of the store, or the traces in a folder",
        options: [CommandSpecification.store, CommandSpecification.json], argumentCount: 0...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let rows: [JSON]
        if let folder = invocation.arguments.first {
            rows = try files(folder)
        } else {
            rows = try await sessions(invocation)
        }
        if invocation.has("json") {
            invocation.terminal.print(JSON.array(rows).description)
            return .completed
        }
        if rows.isEmpty { invocation.terminal.print("none") }
        for row in rows {
            let words = ["session", "file", "state", "opened_at", "error"].compactMap { row[$0]?.string }
            let events = row["events"]?.int.map { ["\($0) events"] } ?? []
            invocation.terminal.print((words + events).map(DisplayWidth.safe).joined(separator: "  "))
        }
        return .completed
    }

    private static func sessions(_ invocation: Invocation) async throws -> [JSON] {
        do {
            return try await SessionHost.store(invocation, reading: true).sessions().map(\.json)
        } catch let error as OperonError where error.code == "store_missing" && invocation.value("store") == nil {
            // Nobody has kept a session yet; a store that was named and is not there is another matter.
            return []
        }
    }

    private static func files(_ folder: String) throws -> [JSON] {
        try Files.names(in: folder).filter { $0.hasSuffix(".jsonl") }.map { name in
            let path = "\(folder)/\(name)"
            do throws(OperonError) {
                let envelopes = try TraceFile.read(path).envelopes
                return [
                    "file": .string(path), "session": .optional(envelopes.first?.session),
                    "state": .string(SessionState(after: envelopes).rawValue),
                    "opened_at": .optional(envelopes.first?.at.description), "events": .int(envelopes.count),
                ]
            } catch {
                return ["file": .string(path), "error": .string(error.message)]
            }
        }
    }
}

/// `operon trace show`
enum TraceShowCommand: Command {
    static let specification = CommandSpecification(
        words: "trace show", arguments: "TRACE", summary: "show what each agent saw, planned, did and concluded",
        options: [
            .init(name: "path", value: "PREFIX", help: "only what stands at or below this path"),
            .init(name: "kind", value: "KIND", help: "only events of this kind"),
            .init(name: "full", value: nil, help: "whole payloads instead of the first line"),
            CommandSpecification.store, CommandSpecification.json,
        ], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let terminal = invocation.terminal
        let prefix = invocation.value("path")
        let kind = invocation.value("kind")
        if let kind, EventName(rawValue: kind) == nil {
            let near = Spelling.nearest(kind, among: EventName.allCases.map(\.rawValue))
            throw UsageError("there is no kind \"\(kind)\"" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
        let envelopes = try await TraceSource.read(invocation.arguments[0], invocation).filter { envelope in
            (kind == nil || envelope.kind.rawValue == kind)
                && (prefix.map { envelope.path == $0 || envelope.path.hasPrefix($0 + "/") } ?? true)
        }
        for envelope in envelopes {
            if invocation.has("json") {
                terminal.print(envelope.bytes() + [10])
                continue
            }
            let payload = DisplayWidth.safe(envelope.payload.description)
            let head = "\(envelope.seq)  \(envelope.at)  \(envelope.path.isEmpty ? "-" : envelope.path)"
            terminal.print(
                terminal.styled(head, .faint) + "  \(envelope.sender)  "
                    + terminal.styled(envelope.kind.rawValue, .cyan))
            terminal.print(
                "    "
                    + (invocation.has("full") ? payload : DisplayWidth.truncated(payload, to: terminal.width - 4)))
        }
        return .completed
    }
}

/// `operon trace hash`
enum TraceHashCommand: Command {
    static let specification = CommandSpecification(
        words: "trace hash", arguments: "TRACE", summary: "print the hash of a trace's canonical form",
        options: [CommandSpecification.store, CommandSpecification.json], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let envelopes = try await TraceSource.read(invocation.arguments[0], invocation)
        let hash = CanonicalForm.hash(of: envelopes)
        invocation.terminal.print(
            invocation.has("json")
                ? JSON.object(["hash": .string(hash), "events": .int(envelopes.count)]).description : hash)
        return .completed
    }
}

/// `operon trace diff`
enum TraceDiffCommand: Command {
    static let specification = CommandSpecification(
        words: "trace diff", arguments: "A B", summary: "show where two traces differ first, and how much",
        options: [CommandSpecification.store, CommandSpecification.json], argumentCount: 2...2)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let left = try await TraceSource.read(invocation.arguments[0], invocation)
        let right = try await TraceSource.read(invocation.arguments[1], invocation)
        let difference = TraceDiff(left, right)
        invocation.terminal.print(invocation.has("json") ? difference.json.description : difference.description)
        return difference.isEqual ? .completed : .diverged
    }
}

/// `operon trace export`
enum TraceExportCommand: Command {
    static let specification = CommandSpecification(
        words: "trace export", arguments: "SESSION", summary: "write a session of the store as a trace file",
        options: [
            .init(name: "out", value: "FILE", help: "the file (default SESSION.jsonl)"), CommandSpecification.store,
            CommandSpecification.json,
        ], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let session = invocation.arguments[0]
        let file = invocation.value("out") ?? "\(session).jsonl"
        try await SessionHost.store(invocation, reading: true).export(session: session, to: file)
        invocation.terminal.print(
            invocation.has("json")
                ? JSON.object(["session": .string(session), "file": .string(file)]).description : file)
        return .completed
    }
}

/// `operon trace import`
enum TraceImportCommand: Command {
    static let specification = CommandSpecification(
        words: "trace import", arguments: "FILE", summary: "take a trace file into the store",
        options: [CommandSpecification.store, CommandSpecification.json], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let file = invocation.arguments[0]
        let contents = try await BlockingThread().run { try TraceFile.read(file) }
        for note in contents.notes { invocation.terminal.note("\(note)") }
        let store = try SessionHost.store(invocation)
        do { try await store.add(contents.envelopes) } catch {
            await store.close()
            throw error
        }
        await store.close()
        let session = contents.envelopes.first?.session ?? ""
        invocation.terminal.print(
            invocation.has("json")
                ? JSON.object(["session": .string(session), "events": .int(contents.envelopes.count)]).description
                : session)
        return .completed
    }
}
