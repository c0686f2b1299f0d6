import AgentRuntime
import Foundation
import MessageBus
import Testing
import Traces
import Values

/// Acceptance 3: a trace proves itself, wherever and however it is replayed, and a changed one does not.
@Suite("operon replay")
struct ReplayCommandTests {
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func record(_ question: String = Shop.top, _ file: String = "run.jsonl") async throws -> [Envelope] {
        let ending = try await Operon.run(
            "ask", question, "--db", "shop.sqlite", "--today", Shop.today, "--trace", file, "--json", in: folder)
        try #require([0, 3].contains(ending.status), "\(ending)")
        return try TraceFile.read(folder.file(file)).envelopes
    }

    @Test("gives the recorded hash with one thread and with many, in any time zone, language and place")
    func equal() async throws {
        let envelopes = try await record()
        let hash = try await Operon.run("trace", "hash", "run.jsonl", in: folder).lines.first
        #expect(hash == CanonicalForm.hash(of: envelopes))
        // Nothing outside is needed: the database is gone.
        try FileManager.default.removeItem(atPath: folder.file("shop.sqlite"))
        let oneProcessor =
            FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset")
            ? ["/usr/bin/taskset", "-c", "0"] : []
        let ways: [([String], [String], [String: String])] = [
            ([], ["--threads", "1"], [:]), ([], ["--threads", "8"], [:]), ([], [], ["TZ": "Pacific/Auckland"]),
            ([], ["--threads", "3"], ["LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"]),
            ([], [], ["TZ": "America/St_Johns", "LC_NUMERIC": "de_DE.UTF-8"]),
            (oneProcessor, ["--threads", "8"], [:]),
            (oneProcessor, ["--threads", "1"], [:]),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (before, words, environment) in ways + ways {
                group.addTask { [folder] in
                    let ending = try await Operon.command(
                        before + [Operon.path, "replay", "run.jsonl", "--json"] + words, in: folder,
                        environment: environment)
                    #expect(ending.status == 0, "\(ending)")
                    #expect(
                        ending.json == ["match": true, "hash": .optional(hash), "events": .int(envelopes.count)],
                        "\(ending)")
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("an answer recorded with one thread and with eight has one proof but for the clock")
    func threadsOfRecording() async throws {
        func lines(_ threads: Int) async throws -> [String] {
            let ending = try await Operon.run(
                "ask", Shop.top, "--db", "shop.sqlite", "--today", Shop.today, "--trace", "\(threads).jsonl",
                "--threads", "\(threads)", in: folder)
            #expect(ending.status == 0)
            let envelopes = try TraceFile.read(folder.file("\(threads).jsonl")).envelopes
            return CanonicalForm.lines(of: envelopes.filter { $0.path != "t1/clock" }).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        let one = try await lines(1)
        #expect(one.count > 50)
        #expect(try await lines(8) == one)
    }

    // MARK: Changed traces

    private func replay(_ name: String) async throws -> Ending {
        try await Operon.run("replay", name, "--json", in: folder)
    }

    /// The replay of what `change` makes of a trace's lines exits with 6 and tells a place.
    private func tampered(_ name: String, _ lines: [String], ending: String = "\n") async throws -> JSON {
        try folder.write(lines.joined(separator: "\n") + ending, to: name)
        let result = try await replay(name)
        #expect(result.status == 6, "\(result)")
        #expect(result.json["match"] == false, "\(result)")
        let divergence = try #require(result.json["divergence"], "\(result)")
        #expect(divergence["kind"]?.string?.isEmpty == false, "\(result)")
        return divergence
    }

    @Test("a line that was changed, removed, added, exchanged or cut is found, and its place is told")
    func lines() async throws {
        let envelopes = try await record()
        let whole = folder.text("run.jsonl").split(separator: "\n").map { String($0) }
        let index = try #require(
            envelopes.firstIndex { $0.kind == .effectCompleted && $0.path.contains("/rows/") })
        let place = "\(index + 1)"

        var changed = whole
        changed[index] = changed[index].replacingOccurrences(of: "Ada Lovelace", with: "Ada Nobody")
        try #require(changed != whole, "the changed value stands in the rows")
        var told = try await tampered("value.jsonl", changed)
        #expect(told["path"]?.string == "value.jsonl:\(place)" && told["kind"] == "trace_tampered", "\(told)")
        #expect(told["message"]?.string?.contains(envelopes[index].path) == true, "\(told)")

        var shorter = whole
        shorter.remove(at: index)
        told = try await tampered("removed.jsonl", shorter)
        #expect(told["path"]?.string == "removed.jsonl:\(place)", "\(told)")

        var swapped = whole
        swapped.swapAt(index, index + 1)
        told = try await tampered("swapped.jsonl", swapped)
        #expect(told["path"]?.string == "swapped.jsonl:\(place)", "\(told)")

        var longer = whole
        longer.insert(whole[index], at: index)
        told = try await tampered("extra.jsonl", longer)
        #expect(told["path"]?.string == "extra.jsonl:\(index + 2)", "\(told)")

        told = try await tampered("appended.jsonl", whole + ["not a line of a trace"])
        #expect(told["path"]?.string?.hasPrefix("appended.jsonl:\(whole.count + 1)") == true, "\(told)")

        let other = try await record(Shop.count, "other.jsonl")
        var mixed = whole
        mixed[index] = String(decoding: TraceFile.line(other[index]).dropLast(), as: UTF8.self)
        told = try await tampered("mixed.jsonl", mixed)
        #expect(told["path"]?.string == "mixed.jsonl:\(place)", "\(told)")
    }

    @Test("a value that was changed together with its checksum is found by the replay, which shows both sides")
    func checksumToo() async throws {
        let envelopes = try await record()
        func forged(_ name: String, _ change: (Int, Envelope) -> JSON?) async throws -> JSON {
            let changed = envelopes.enumerated().map { index, envelope in
                Envelope(
                    seq: envelope.seq, at: envelope.at, session: envelope.session, path: envelope.path,
                    topic: envelope.topic, sender: envelope.sender, kind: envelope.kind,
                    payload: change(index, envelope) ?? envelope.payload)
            }
            try TraceFile.export(changed, to: folder.file(name))
            let result = try await replay(name)
            #expect(result.status == 6, "\(result)")
            return result.json["divergence"] ?? .null
        }
        func replaced(_ payload: JSON, _ old: String, _ new: String) throws -> JSON {
            let text = payload.description
            try #require(text.contains(old))
            return try JSON(parsing: text.replacingOccurrences(of: old, with: new))
        }

        // A row as the database never gave it: the words and the chart that were made of it no longer fit.
        let rows = try #require(
            envelopes.firstIndex { $0.kind == .effectCompleted && $0.path.contains("/rows/") })
        let forgedRows = try replaced(envelopes[rows].payload, "Ada Lovelace", "Ada Nobody")
        var told = try await forged("rows.jsonl") { index, _ in index == rows ? forgedRows : .none }
        #expect(told["kind"] == "different", "\(told)")
        #expect(told["path"]?.string?.hasPrefix("t1/execute/") == true, "\(told)")
        #expect(told["recorded"]?.description.contains("Ada Lovelace") == true, "\(told)")
        #expect(told["replayed"]?.description.contains("Ada Nobody") == true, "\(told)")

        // An answer that nobody gave.
        let sent = try #require(envelopes.firstIndex { $0.kind == .messageSent && $0.path == "t1" })
        let forgedAnswer = try replaced(envelopes[sent].payload, "Ada Lovelace", "Ada Nobody")
        told = try await forged("answer.jsonl") { index, _ in index == sent ? forgedAnswer : .none }
        #expect(told["path"] == "t1", "\(told)")

        // Another question than the one that was answered.
        let received = try #require(envelopes.firstIndex { $0.kind == .messageReceived })
        let forgedQuestion = try replaced(envelopes[received].payload, "top 3", "top 4")
        told = try await forged("question.jsonl") { index, _ in index == received ? forgedQuestion : .none }
        #expect(told["path"]?.string?.hasPrefix("t1/execute/reading") == true, "\(told)")

        // A request that was never made.
        let asked = try #require(
            envelopes.firstIndex { $0.kind == .effectRequested && $0.path.contains("/rows/") })
        let forgedSQL = try replaced(envelopes[asked].payload, "LIMIT 3", "LIMIT 9")
        told = try await forged("request.jsonl") { index, _ in index == asked ? forgedSQL : .none }
        #expect(told["path"]?.string == envelopes[asked].path, "\(told)")

        // Other agents than those that worked.
        told = try await forged("agents.jsonl") { index, envelope in
            guard index == 0, var object = envelope.payload.object else { return .none }
            object["definitions"] = "0000"
            return .object(object)
        }
        #expect(told["path"] == "" && told["kind"] == "different", "\(told)")
    }

    @Test("every event of the proof is proved: any of them dropped, with the rest numbered anew, is found")
    func dropped() async throws {
        let envelopes = try await record(Shop.count)
        let configuration = try BuiltIn.configuration()
        for drop in envelopes.indices where envelopes[drop].kind.isCanonical {
            var rest = envelopes
            rest.remove(at: drop)
            let numbered = rest.enumerated().map { index, envelope in
                Envelope(
                    seq: index + 1, at: envelope.at, session: envelope.session, path: envelope.path,
                    topic: envelope.topic, sender: envelope.sender, kind: envelope.kind, payload: envelope.payload)
            }
            let report = try await Replay.run(numbered, configuration)
            let isEqual =
                report.divergence == nil
                && CanonicalForm.hash(of: report.envelopes) == CanonicalForm.hash(of: numbered)
            // A session may be open still: then its last event is not there, and nothing is wrong.
            if envelopes[drop].kind == .sessionClosed { continue }
            #expect(!isEqual, "without \(envelopes[drop].kind.rawValue) at \(envelopes[drop].path)")
        }
    }

    @Test(
        "a file that was cut replays to where it was cut or tells what is missing; a torn last line is dropped aloud"
    )
    func cut() async throws {
        _ = try await record()
        let whole = folder.text("run.jsonl").split(separator: "\n").map { String($0) }
        let half = Array(whole.prefix(whole.count / 2))
        let told = try await tampered("half.jsonl", half)
        #expect(told["path"]?.string?.hasPrefix("t1") == true, "\(told)")

        // Torn in its last line, which closes the session: all that came before is whole.
        let last = try #require(whole.last)
        try folder.write(whole.dropLast().joined(separator: "\n") + "\n" + last.prefix(40), to: "torn.jsonl")
        let torn = try await replay("torn.jsonl")
        #expect(torn.status == 0 && torn.json["match"] == true, "\(torn)")
        #expect(torn.json["events"]?.int == whole.count - 1)
        #expect(torn.errors.contains("incomplete"), "\(torn)")

        try folder.write("", to: "empty.jsonl")
        #expect(try await replay("empty.jsonl").status == 6)
        try folder.write("\u{0}\u{1}garbage\n", to: "garbage.jsonl")
        #expect(try await replay("garbage.jsonl").status == 6)
        let missing = try await replay("missing.jsonl")
        #expect(missing.status == 1 && missing.json["error"]?["code"] == "trace_missing", "\(missing)")
    }

    @Test("a session of the store is replayed by its name, also one with several turns")
    func fromTheStore() async throws {
        for question in [Shop.top, Shop.unanswerable, Shop.count] {
            _ = try await Operon.run(
                "ask", question, "--db", "shop.sqlite", "--store", "s.sqlite", "--session", "talk", in: folder)
        }
        let replayed = try await Operon.run("replay", "talk", "--store", "s.sqlite", "--json", in: folder)
        #expect(replayed.status == 0 && replayed.json["match"] == true, "\(replayed)")
        let exported = try await Operon.run(
            "trace", "export", "talk", "--store", "s.sqlite", "--out", "talk.jsonl", in: folder)
        #expect(exported.status == 0)
        let again = try await Operon.run("replay", "talk.jsonl", "--json", "--threads", "8", in: folder)
        #expect(again.json == replayed.json, "\(again)")
    }
}
