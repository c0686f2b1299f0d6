import Foundation
import MessageBus
import Support
import Testing
import Values

@testable import Traces

/// A folder that is removed when the test ends.
final class Folder: Sendable {
    let path: String
    init() {
        path = NSTemporaryDirectory() + "operon-traces-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }
}

@Suite("Trace files")
struct TraceFileTests {
    private func text(_ run: [Envelope]) -> [UInt8] { run.flatMap(TraceFile.line) }

    private func defect(_ bytes: [UInt8]) -> OperonError? {
        do {
            _ = try TraceFile.parse(bytes, name: "run.jsonl")
            return nil
        } catch {
            return error
        }
    }

    private func replaced(_ run: [Envelope], line: Int, _ old: String, _ new: String) -> [UInt8] {
        var lines = run.map { String(decoding: TraceFile.line($0), as: UTF8.self) }
        #expect(lines[line - 1].contains(old))
        lines[line - 1] = lines[line - 1].replacingOccurrences(of: old, with: new)
        return lines.flatMap { Array($0.utf8) }
    }

    @Test("CRC-32 gives the published check values")
    func checksum() {
        #expect(CRC32.hex(CRC32.checksum(Array("123456789".utf8))) == "cbf43926")
        #expect(CRC32.checksum([]) == 0)
        #expect(CRC32.hex(CRC32.checksum(Array("The quick brown fox jumps over the lazy dog".utf8))) == "414fa339")
    }

    @Test("a run comes back as it was written, with an equal hash")
    func roundTrip() throws {
        let folder = Folder()
        try TraceFile.export(smallRun(), to: folder.file("run.jsonl"))
        let contents = try TraceFile.read(folder.file("run.jsonl"))
        #expect(contents.notes.isEmpty)
        #expect(contents.envelopes.map { $0.bytes() } == smallRun().map { $0.bytes() })
        #expect(CanonicalForm.hash(of: contents.envelopes) == CanonicalForm.hash(of: smallRun()))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.jsonl"])
    }

    @Test("a torn last line is dropped and noted, wherever it was torn")
    func torn() throws {
        let whole = text(smallRun())
        let lastLine = TraceFile.line(smallRun()[8]).count
        for cut in 1..<lastLine {
            let contents = try TraceFile.parse(Array(whole.dropLast(cut)), name: "run.jsonl")
            // Without its line feed alone the last line is still whole.
            #expect(contents.envelopes.count == (cut == 1 ? 9 : 8))
            #expect(contents.notes.map(\.code) == (cut == 1 ? [] : ["trace_torn_line"]))
            #expect(contents.notes.first.map { $0.place.line == 9 } ?? true)
        }
    }

    @Test("every single changed byte of a line is found, with its line")
    func flippedBytes() throws {
        let run = smallRun()
        let lines = run.map(TraceFile.line)
        for index in 0..<(lines[6].count - 1) {
            var changed = lines
            changed[6][index] ^= 1
            let error = defect(changed.flatMap { $0 })
            #expect(error?.code == "trace_tampered" || error?.code == "trace_invalid", "byte \(index)")
            #expect(error?.at.hasPrefix("run.jsonl:7") == true, "byte \(index): \(error?.at ?? "")")
        }
    }

    @Test("a changed payload, a missing line, a foreign line and a removed checksum are tampering, with the place")
    func tampered() throws {
        let run = smallRun()
        let changed = defect(replaced(run, line: 7, "Ada", "Eve"))
        #expect(changed?.code == "trace_tampered" && changed?.at == "run.jsonl:7")
        #expect(changed?.message.contains("t1/execute/s1/a1") == true)
        let missing = defect(text(run.filter { $0.seq != 4 }))
        #expect(missing?.code == "trace_tampered" && missing?.at == "run.jsonl:4")
        #expect(missing?.message.hasPrefix("envelope 4 is missing: found 5") == true)
        let headless = defect(text(Array(run.dropFirst())))
        #expect(headless?.code == "trace_tampered" && headless?.at == "run.jsonl:1")
        let foreign = defect(text(Array(run.prefix(4))) + text(Array(smallRun(session: "s2").dropFirst(4))))
        #expect(foreign?.code == "trace_tampered" && foreign?.at == "run.jsonl:5")
        let crc = String(decoding: TraceFile.line(run[2]).suffix(11).prefix(8), as: UTF8.self)
        let bare = defect(replaced(run, line: 3, ",\"crc\":\"\(crc)\"", ""))
        #expect(bare?.code == "trace_tampered" && bare?.at == "run.jsonl:3")
    }

    @Test("an unknown kind and a text that is no JSON are invalid, with line and column")
    func invalid() {
        let unknown = Array(#"{"seq":1,"kind":"x.y","at":"2026-11-20T10:00:00.000Z"}"#.utf8)
        guard case .object(var object)? = try? JSON(parsing: unknown) else { return }
        object["crc"] = .string(CRC32.hex(CRC32.checksum(JSON.object(object).canonicalBytes())))
        let error = defect(JSON.object(object).bytes() + [10])
        #expect(error?.code == "trace_invalid" && error?.message.contains("x.y") == true)
        #expect(error?.at == "run.jsonl:1")
        let broken = defect(replaced(smallRun(), line: 2, ",\"kind\"", ";\"kind\""))
        #expect(broken?.code == "trace_invalid" && broken?.at.hasPrefix("run.jsonl:2:") == true)
        #expect(defect(text(smallRun()) + [10])?.at.hasPrefix("run.jsonl:10") == true)
    }

    @Test("a newer format is refused clearly, also on an unfinished line")
    func newerFormat() {
        var run = smallRun()
        run[0] = event(1, "", .sessionOpened, payload: ["format": 2])
        #expect(defect(text(run))?.code == "trace_format_unsupported")
        #expect(defect(Array(text([run[0]]).dropLast()))?.code == "trace_format_unsupported")
    }

    @Test("a line that was only laid out anew still fits its checksum")
    func reformatted() throws {
        let lines = try smallRun().map { envelope in
            let json = try JSON(parsing: TraceFile.line(envelope))
            let sorted = try JSON(parsing: json.canonicalBytes())
            return Array(sorted.description.replacingOccurrences(of: "\":", with: "\" : ").utf8) + [10]
        }
        #expect(try TraceFile.parse(lines.flatMap { $0 }, name: "run.jsonl").envelopes.count == 9)
    }

    @Test("a writer continues where an earlier one was stopped in the middle of a line")
    func continuing() throws {
        let folder = Folder()
        let path = folder.file("live.jsonl")
        let run = smallRun()
        let first = try TraceFile.Writer(path: path)
        try first.write(Array(run.prefix(4)))
        try first.close()
        let torn = TraceFile.line(run[4]).prefix(20)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        handle.seekToEndOfFile()
        handle.write(Data(torn))
        try handle.close()

        let second = try TraceFile.Writer(path: path, continuing: true)
        #expect(second.notes.map(\.code) == ["trace_torn_line"] && second.lastSeq == 4)
        try second.write(Array(run[2..<7]))
        try second.write(Array(run[7...]))
        try second.close()
        let contents = try TraceFile.read(path)
        #expect(contents.notes.isEmpty && contents.envelopes.map(\.seq) == Array(1...9))
    }

    @Test("a writer follows a log from its beginning until it is closed")
    func following() async throws {
        let folder = Folder()
        let log = SessionLog(session: "s", time: ManualTime())
        for index in 0..<3 { log.step(.int(index)) }
        let writer = try TraceFile.Writer(path: folder.file("live.jsonl"))
        async let followed: Void = writer.follow(log)
        for index in 3..<3000 { log.step(.int(index)) }
        log.close()
        try await followed
        try writer.close()
        #expect(try TraceFile.read(folder.file("live.jsonl")).envelopes.count == 3000)
    }

    @Test("a file that cannot be read or written is named")
    func unreachable() {
        #expect(throws: OperonError.self) { try TraceFile.read("/nowhere/run.jsonl") }
        let error = #expect(throws: OperonError.self) { try TraceFile.export(smallRun(), to: "/nowhere/run.jsonl") }
        #expect(error?.code == "file_unwritable" && error?.at.hasPrefix("/nowhere/run.jsonl") == true)
    }
}
