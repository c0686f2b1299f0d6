import Foundation
import Testing
import Values

@Suite("Moments and days")
struct TimeTests {
    @Test("days agree with Foundation's calendar from year 1600 to 2600")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var random = SeededRandom(seed: 5)
        for _ in 0..<2000 {
            let days = random.below(365_250) - 135_140
            let date = CivilDate(daysSinceEpoch: days)
            let theirs = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            #expect(date.year == theirs.year && date.month == theirs.month && date.day == theirs.day)
            // Foundation counts from Sunday = 1.
            #expect(date.weekday == ((theirs.weekday ?? 0) + 5) % 7 + 1)
            #expect(date.daysSinceEpoch == days)
            #expect(CivilDate(iso8601: date.description) == date)
        }
    }

    @Test("days that do not exist are refused")
    func impossible() {
        for text in [
            "2023-02-29", "2024-02-30", "2024-13-01", "2024-00-01", "2024-04-31", "2024-01-00", "2024-1-01",
            "20240101",
            "2024-01-01 ", "２024-01-01", "1900-02-29",
        ] { #expect(CivilDate(iso8601: text) == nil, "\(text)") }
        for text in ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            #expect(CivilDate(iso8601: text)?.description == text)
        }
    }

    @Test("months are added to the last day where the day does not exist; quarters and overflow are carried")
    func arithmetic() {
        #expect(CivilDate(year: 2024, month: 1, day: 31).adding(months: 1).description == "2024-02-29")
        #expect(CivilDate(year: 2024, month: 3, day: 31).adding(months: -13).description == "2023-02-28")
        #expect(CivilDate(year: 2024, month: 14, day: 1).description == "2025-02-01")
        #expect(CivilDate(year: 2024, month: 0, day: 1).description == "2023-12-01")
        #expect(CivilDate(year: 2024, month: 12, day: 31).adding(days: 1).description == "2025-01-01")
        #expect([1, 3, 4, 12].map { CivilDate(year: 2024, month: $0, day: 1).quarter } == [1, 1, 2, 4])
    }

    @Test("moments are written in milliseconds and read back")
    func moments() {
        let moment = Timestamp(microseconds: 1_795_168_800_123_456)
        #expect(moment.description == "2026-11-20T10:00:00.123Z")
        #expect(Timestamp(iso8601: "2026-11-20T10:00:00.123456Z") == moment)
        #expect(Timestamp(iso8601: "2026-11-20 10:00")?.description == "2026-11-20T10:00:00.000Z")
        #expect(Timestamp(iso8601: "2026-11-20")?.date == CivilDate(year: 2026, month: 11, day: 20))
        #expect(Timestamp(microseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(microseconds: 253_402_300_800_000_000).description == "10000-01-01T00:00:00.000Z")
        for text in [
            "", "2026-11-20T", "2026-11-20T25:00", "2026-11-20T10:60", "2026-11-20T10:00:00.Z", "2026-11-20x",
        ] {
            #expect(Timestamp(iso8601: text) == nil, "\(text)")
        }
        var random = SeededRandom(seed: 9)
        for _ in 0..<500 {
            let moment = Timestamp(
                microseconds: Int64(random.below(4_000_000_000)) * 1_000_000 - 2_000_000_000_000_000)
            #expect(Timestamp(iso8601: moment.description) == moment)
        }
    }
}

@Suite("Digests, randomness, envelopes")
struct EnvelopeTests {
    @Test("SHA-256 gives the digests of FIPS 180-4's examples")
    func digests() {
        #expect(
            SHA256Digest.hex(Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256Digest.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256Digest.hex(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            SHA256Digest.hex([UInt8](repeating: 97, count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        #expect(SHA256Digest.short(["a": 1, "b": 2]) == SHA256Digest.short(["b": 2, "a": 1]))
    }

    @Test("SplitMix64 gives its published sequence, and parts are independent")
    func random() {
        var random = SeededRandom(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
        let parent = SeededRandom(seed: 1)
        var a = parent.split("a")
        var again = parent.split("a")
        var b = parent.split("b")
        #expect(a.next() == again.next() && a.next() != b.next())
        for _ in 0..<1000 { #expect((0..<7).contains(a.below(7)) && (0..<1).contains(a.unit())) }
    }

    @Test("event names are forever")
    func names() {
        #expect(
            EventName.allCases.map(\.rawValue) == [
                "session.opened", "message.received", "turn.started", "phase.entered", "plan.made", "step.started",
                "step.finished", "effect.requested", "effect.completed", "effect.failed", "model.delta",
                "message.sent",
                "question.asked", "artifact.written", "budget.warned", "breaker.changed", "agent.restarted", "log",
                "turn.suspended", "turn.finished", "session.interrupted", "session.closed",
            ], "a name on the wire or in a recorded trace never changes; new ones are added to this list")
        #expect(
            EventName.allCases.filter { !$0.isCanonical }.map(\.rawValue) == [
                "model.delta", "budget.warned", "breaker.changed", "agent.restarted", "log", "turn.suspended",
                "session.interrupted",
            ])
        #expect(TopicName.agentMessage("data") == "agent.message.data")
        #expect(
            TopicName.consoleLog("s1") == "console.log.s1" && TopicName.reasoningStep("s1") == "reasoning.step.s1")
    }

    @Test("an envelope's wire form has the members of the contract in their order and reads back")
    func envelope() throws {
        let text =
            #"{"seq":12,"at":"2026-11-20T10:00:00.123Z","session":"s\"1","path":"t1/execute/s2/a1","topic":"reasoning.step.s1","sender":"coordinator","kind":"phase.entered","payload":{"z":1,"a":[1.0,null]}}"#
        let envelope = try Envelope(json: JSON(parsing: text))
        #expect(String(decoding: envelope.bytes(), as: UTF8.self) == text)
        for (key, value) in [("seq", "x"), ("kind", "no.such"), ("at", "yesterday"), ("path", 3)]
            as [(String, JSON)]
        {
            guard case .object(var object) = try JSON(parsing: text) else { return }
            object[key] = value
            let error = #expect(throws: OperonError.self) { try Envelope(json: .object(object)) }
            #expect(error?.code == "envelope_invalid")
            object[key] = nil
            #expect(throws: OperonError.self) { try Envelope(json: .object(object)) }
        }
    }

    @Test("errors and diagnostics keep their shape")
    func errors() {
        let error = OperonError(code: "a_b", "it broke", hint: "mend it", at: "x:1")
        #expect(OperonError(json: error.json) == error)
        #expect(error.description == "it broke (at x:1). mend it")
        #expect(OperonError(json: ["code": "a"]) == nil)
        let place = SourcePlace(file: "a.md", line: 3, column: 7)
        let diagnostic = Diagnostic(code: "c", message: "wrong", hint: "Right it.", place: place)
        #expect(diagnostic.description == "a.md:3:7: error: wrong. Right it.")
        #expect(diagnostic.json["line"] == 3)
    }
}
