import Testing
import Values

/// Random JSON values with unique names.
private struct RandomJSON {
    var random: SeededRandom

    mutating func value(depth: Int = 0) -> JSON {
        switch random.below(depth > 4 ? 6 : 9) {
        case 0: return .null
        case 1: return .bool(random.chance(0.5))
        case 2: return .int(Int(truncatingIfNeeded: random.next()) >> random.below(63))
        case 3: return .double((random.unit() - 0.5) * (random.chance(0.5) ? 1 : 1e200))
        case 4, 5: return .string(text())
        case 6, 7: return .array((0..<random.below(5)).map { _ in value(depth: depth + 1) })
        default:
            var object = JSONObject()
            for _ in 0..<random.below(random.chance(0.1) ? 40 : 5) { object[text()] = value(depth: depth + 1) }
            return .object(object)
        }
    }

    mutating func text() -> String {
        let letters = [
            "a", "\"", "\\", "/", "ö", "e\u{301}", "語", "😀", "\n", "\u{1}", " ", "{", "]", ",", "\u{FFFD}",
        ]
        return (0..<random.below(8)).map { _ in letters[random.below(letters.count)] }.joined()
    }

    /// The text of a value, with white space and escapes wherever JSON allows them.
    mutating func write(_ value: JSON) -> String {
        let space = [" ", "\n", "\t", "\r", ""]
        func pad(_ random: inout SeededRandom) -> String { random.chance(0.2) ? space[random.below(5)] : "" }
        switch value {
        case .string(let text): return write(text)
        case .array(let elements):
            var parts: [String] = []
            for element in elements { parts.append(pad(&random) + write(element) + pad(&random)) }
            return "[" + parts.joined(separator: ",") + "]"
        case .object(let object):
            var parts: [String] = []
            for member in object.members {
                parts.append(
                    pad(&random) + write(member.key) + pad(&random) + ":" + pad(&random) + write(member.value))
            }
            return "{" + parts.joined(separator: ",") + pad(&random) + "}"
        default: return value.description
        }
    }

    private mutating func write(_ text: String) -> String {
        guard random.chance(0.3) else { return JSON.string(text).description }
        let units = text.utf16.map { unit -> String in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + units.joined() + "\""
    }
}

/// Whether `part` is what may be shown on the way to `whole`: strings are beginnings, lists and objects have the first
/// elements, of which only the last may be unfinished.
private func isBeginning(_ part: JSON, of whole: JSON) -> Bool {
    switch (part, whole) {
    case (.string(let a), .string(let b)): return b.utf8.starts(with: a.utf8)
    case (.array(let a), .array(let b)):
        guard a.count <= b.count else { return false }
        return a.indices.allSatisfy { $0 == a.count - 1 ? isBeginning(a[$0], of: b[$0]) : a[$0] == b[$0] }
    case (.object(let a), .object(let b)):
        guard a.count <= b.count else { return false }
        return a.members.indices.allSatisfy { index in
            let (mine, theirs) = (a.members[index], b.members[index])
            guard Array(mine.key.utf8) == Array(theirs.key.utf8) else { return false }
            return index == a.count - 1 ? isBeginning(mine.value, of: theirs.value) : mine.value == theirs.value
        }
    default: return part == whole
    }
}

@Suite("JSON that is still being written")
struct PartialJSONTests {
    @Test("every prefix of a random text shows a beginning of its value, and the whole shows exactly the parse")
    func prefixes() throws {
        for seed in 0..<1500 as Range<UInt64> {
            var maker = RandomJSON(random: SeededRandom(seed: seed))
            let text = maker.write(maker.value())
            let whole = try JSON(parsing: text)
            var parser = PartialJSON()
            var last: JSON?
            for byte in text.utf8 {
                let shown = parser.feed(CollectionOfOne(byte))
                if let shown {
                    #expect(isBeginning(shown, of: whole), "seed \(seed)")
                    if let last { #expect(isBeginning(last, of: shown), "seed \(seed)") }
                } else {
                    #expect(last == nil, "seed \(seed)")
                }
                last = shown
            }
            #expect(parser.finish() == whole && parser.state == .complete, "seed \(seed): \(text)")
        }
    }

    @Test("random pieces give what single bytes give")
    func pieces() throws {
        for seed in 0..<500 as Range<UInt64> {
            var maker = RandomJSON(random: SeededRandom(seed: seed))
            let bytes = Array(maker.write(maker.value()).utf8)
            var coarse = PartialJSON()
            var fine = PartialJSON()
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + 1 + maker.random.below(12))
                for byte in bytes[at..<end] { fine.feed(CollectionOfOne(byte)) }
                #expect(coarse.feed(bytes[at..<end]) == fine.value, "seed \(seed)")
                at = end
            }
            #expect(coarse.finish() == fine.finish())
        }
    }

    @Test("random damage never ends in another value than the reader's, and never in none of its errors")
    func damage() {
        for seed in 0..<3000 as Range<UInt64> {
            var maker = RandomJSON(random: SeededRandom(seed: seed))
            var bytes = Array(maker.write(maker.value()).utf8)
            for _ in 0...maker.random.below(3) where !bytes.isEmpty {
                let odd = Array("\"\\{}[],:0-.eEtu 1dD8\u{0}".utf8) + [0x80, 0xC3, 0xE2, 0xF0, 0xFF]
                bytes[maker.random.below(bytes.count)] = odd[maker.random.below(odd.count)]
            }
            var parser = PartialJSON()
            for byte in bytes { parser.feed(CollectionOfOne(byte)) }
            parser.finish()
            let whole = try? JSON(parsing: bytes)
            #expect((parser.state == .complete) == (whole != nil), "seed \(seed)")
            if let whole { #expect(parser.value == whole, "seed \(seed)") }
        }
    }

    @Test(
        "what is open is closed, and what is not certain is not shown",
        arguments: [
            ("", nil), ("  ", nil), ("{", [:]), (#"{"na"#, [:]), (#"{"name""#, [:]), (#"{"name":"#, [:]),
            (#"{"name":""#, ["name": ""]), (#"{"name":"a\"#, ["name": "a"]), (#"{"name":"a\u00"#, ["name": "a"]),
            (#"{"n":12"#, [:]), (#"{"n":12,"#, ["n": 12]), (#"{"n":tru"#, [:]), (#"{"n":true}"#, ["n": true]),
            (#"[[1,2],["a"#, [[1, 2], ["a"]]), (#"{"a":1,"a":"x"#, ["a": 1]), (#"{"a":1,"a":"x"}"#, ["a": "x"]),
            (#""\ud83d"#, ""), (#""\ud83d\ude0"#, ""), (#""\ud83d\ude00"#, "😀"), (#""\ud83dx"#, "\u{FFFD}x"),
        ] as [(String, JSON?)])
    func shown(text: String, value: JSON?) {
        var parser = PartialJSON()
        #expect(parser.feed(text) == value)
    }

    @Test("a text that goes wrong keeps what had come, and takes nothing more")
    func broken() {
        var parser = PartialJSON()
        parser.feed(#"{"a":[1,2"#)
        #expect(parser.feed(",]") == ["a": [1, 2]])
        #expect(parser.state == .broken)
        #expect(parser.feed(#",3]}"#) == ["a": [1, 2]])
        var deep = PartialJSON()
        deep.feed(String(repeating: "[", count: JSONReader.depthLimit))
        #expect(deep.state == .open)
        deep.feed("[")
        #expect(deep.state == .broken)
    }

    @Test("a long answer in small pieces takes linear time")
    func linear() {
        func seconds(_ count: Int) -> Double {
            let clock = ContinuousClock()
            var shown = 0
            let time = clock.measure {
                var parser = PartialJSON()
                parser.feed(#"{"rows":["#)
                for index in 0..<count {
                    parser.feed(#"{"id":\#(index),"#)
                    parser.feed(#""name":"some text"},"#)
                    if case .object(let object)? = parser.value, object.count == 1 { shown += 1 }
                }
                parser.feed(#""end"],"text":""#)
                for _ in 0..<count { parser.feed("lorem ipsum ") }
            }
            #expect(shown == count)
            return time / .seconds(1)
        }
        _ = seconds(500)
        let short = seconds(2000)
        let long = seconds(16000)
        // Quadratic time would be 64 times as much.
        #expect(long < 30 * short, "\(short) s, then \(long) s")
    }
}
