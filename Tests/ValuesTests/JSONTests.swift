import Foundation
import Testing
import Values

/// Foundation's reader as the oracle; numbers are compared by value, because it does not tell 1 from 1.0.
private func oracle(_ bytes: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
}

private func agrees(_ mine: JSON, _ theirs: Any) -> Bool {
    switch mine {
    case .null: return theirs is NSNull
    case .bool(let value): return (theirs as? NSNumber)?.boolValue == value
    case .int(let value): return (theirs as? NSNumber)?.int64Value == Int64(value)
    case .double(let value):
        // Foundation reads some numbers as decimals and rounds twice; ours are compared exactly by the round trip.
        guard let other = (theirs as? NSNumber)?.doubleValue else { return false }
        return abs(other - value) <= abs(value) * 1e-14
    case .string(let value): return (theirs as? String).map { Array($0.utf8) == Array(value.utf8) } ?? false
    case .array(let values):
        guard let array = theirs as? [Any], array.count == values.count else { return false }
        return zip(values, array).allSatisfy { agrees($0, $1) }
    case .object(let object):
        guard let dictionary = theirs as? [String: Any], dictionary.count == object.count else { return false }
        return object.members.allSatisfy { member in
            dictionary[member.key].map { agrees(member.value, $0) } ?? false
        }
    }
}

private func randomJSON(_ random: inout SeededRandom, depth: Int = 0) -> JSON {
    switch random.below(depth > 3 ? 5 : 7) {
    case 0: return [.null, .bool(true), .bool(false)][random.below(3)]
    case 1: return .int([0, -1, 7, Int.max, Int.min, 1 << 53, random.below(1_000_000)][random.below(7)])
    case 2: return .double(Double(bitPattern: random.next()).isFinite ? Double(bitPattern: random.next()) : 0.1)
    case 3, 4:
        let alphabet: [Character] = [
            "a", "\"", "\\", "/", "\n", "\t", "\u{1}", "é", "漢", "😀", "\u{2028}", " ", "z",
        ]
        return .string(String((0..<random.below(20)).map { _ in alphabet[random.below(alphabet.count)] }))
    case 5: return .array((0..<random.below(6)).map { _ in randomJSON(&random, depth: depth + 1) })
    default:
        var object: JSONObject = [:]
        for _ in 0..<random.below(20) {
            object["k\(random.below(30))\"é"] = randomJSON(&random, depth: depth + 1)
        }
        return .object(object)
    }
}

@Suite("JSON")
struct JSONTests {
    @Test("what is written reads back equal, and Foundation agrees", arguments: 0..<60)
    func roundTrip(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<5 {
            var value = randomJSON(&random)
            if case .double(let number) = value, !number.isFinite { value = .null }
            value = finite(value)
            for text in [value.bytes(), value.canonicalBytes(), Array(value.pretty().utf8)] {
                #expect(try JSON(parsing: text) == value)
                let theirs = try #require(oracle(text))
                #expect(agrees(value, theirs))
            }
        }
    }

    private func finite(_ value: JSON) -> JSON {
        switch value {
        case .double(let number): number.isFinite ? value : .null
        case .array(let values): .array(values.map(finite))
        case .object(let object):
            .object(JSONObject(uniqueMembers: object.members.map { .init($0.key, finite($0.value)) }))
        default: value
        }
    }

    @Test(
        "texts that RFC 8259 allows are read",
        arguments: [
            "null", " true ", "[ ]", "{ }", "-0", "1e5", "1E+5", "1.5e-3", "[1,[2,[3]]]", #""\u00e9\ud83d\ude00""#,
            #"{"a":{"b":[null,false]}}"#, "\"\u{7f}\"", "9223372036854775807", "-9223372036854775808",
            "123456789012345678901234567890", "0.1", "5e-324", "[1 , 2]", #""\/\b\f\r""#, "\t\n\r 1",
        ])
    func valid(text: String) throws {
        let value = try JSON(parsing: text)
        let theirs = try #require(oracle(Array(text.utf8)))
        #expect(agrees(value, theirs), "\(value)")
    }

    @Test(
        "texts that RFC 8259 forbids are refused with a place",
        arguments: [
            "", " ", "nul", "tru", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "-", "1.",
            ".5",
            "1e", "+1", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\n\"", "[1 2]", "1 2", "{\"a\" 1}",
            "[", "{", "\"\\", "NaN", "Infinity", "1e999", "]", "{\"a\":1 \"b\":2}", "\u{feff}1", "--1", "0x1",
        ])
    func invalid(text: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect((error?.offset ?? -1) <= text.utf8.count && (error?.line ?? 0) >= 1 && (error?.column ?? 0) >= 1)
    }

    @Test("random damage never crashes, and is refused or read as Foundation reads it", arguments: 0..<40)
    func damaged(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) + 1000)
        for _ in 0..<20 {
            var bytes = finite(randomJSON(&random)).bytes()
            for _ in 0...random.below(3) where !bytes.isEmpty {
                let index = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[index] = UInt8(32 + random.below(95))
                case 1: bytes.remove(at: index)
                default: bytes.insert(Array("{}[],:\"\\0-.eE".utf8)[random.below(13)], at: index)
                }
            }
            guard let mine = try? JSON(parsing: bytes), let theirs = oracle(bytes) else { continue }
            // A repeated key is legal, and readers may differ in which value wins.
            if String(describing: theirs).isEmpty { continue }
            if case .object = mine { continue }
            #expect(agrees(mine, theirs), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("an error names line and column")
    func place() {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: "{\n  \"a\": 1,\n  \"b\": x\n}") }
        #expect(error?.line == 3 && error?.column == 8)
        #expect(error?.description == "invalid JSON at line 3, column 8: expected a value")
    }

    @Test("nesting is followed to its limit and refused beyond it")
    func depth() throws {
        let limit = JSONReader.depthLimit
        let deep = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(throws: Never.self) { try JSON(parsing: deep) }
        #expect(throws: JSONError.self) { try JSON(parsing: "[\(deep)]") }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test("hundreds of thousands of keys, one of them repeated, take time in proportion")
    func manyKeys() throws {
        let members = (0..<300_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        let json = try JSON(parsing: "{" + members + ",\"k7\":-1}")
        #expect(json.object?.count == 300_000)
        #expect(json.object?.members[7].value == -1)
        #expect(json.object?.members.last?.key == "k299999")
    }

    @Test("of a repeated key the last value wins, in small and in large objects")
    func repeated() throws {
        #expect(try JSON(parsing: #"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
        let members = (0..<40).map { "\"k\($0 % 30)\":\($0)" }.joined(separator: ",")
        let value = try JSON(parsing: "{\(members)}")
        #expect(value.object?.count == 30 && value["k3"] == 33 && value["k20"] == 20)
    }

    @Test("integers stay integers, whole doubles stay doubles")
    func numbers() throws {
        #expect(try JSON(parsing: "12") == .int(12) && JSON(parsing: "12.0") == .double(12))
        #expect(JSON.double(12).description == "12.0" && JSON.double(.nan).description == "null")
        #expect(JSON.double(1e300).description == "1e+300" && JSON.int(.min).description == "-9223372036854775808")
        #expect(try JSON(parsing: "9223372036854775808") == .double(9_223_372_036_854_775_808))
        #expect(JSON.double(3).int == 3 && JSON.double(3.5).int == nil && JSON.int(3).double == 3)
    }

    @Test("invalid UTF-8 and lone surrogates become U+FFFD")
    func brokenText() throws {
        #expect(try JSON(parsing: [34, 97, 0xFF, 98, 34]) == "a\u{FFFD}b")
        #expect(try JSON(parsing: #""\ud83dx""#) == "\u{FFFD}x")
        #expect(try JSON(parsing: #""\ude00\ud83d""#) == "\u{FFFD}\u{FFFD}")
    }

    @Test("equality, hash and canonical form do not depend on the order of members, and agree with one another")
    func canonical() throws {
        let a: JSON = ["b": 1, "a": ["y": .null, "x": 2.5]]
        let b: JSON = ["a": ["x": 2.5, "y": .null], "b": 1]
        #expect(a == b && a.hashValue == b.hashValue && a.canonicalBytes() == b.canonicalBytes())
        #expect(String(decoding: a.canonicalBytes(), as: UTF8.self) == #"{"a":{"x":2.5,"y":null},"b":1}"#)
        // Swift takes these for the same text; as JSON they are not, and their hashes must tell them apart.
        let composed: JSON = "\u{e9}"
        let decomposed: JSON = "e\u{301}"
        #expect(composed != decomposed && composed.canonicalBytes() != decomposed.canonicalBytes())
        #expect(JSON.double(0) != JSON.double(-0.0) && JSON.int(1) != JSON.double(1))
        let both = try JSON(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(both.object?.count == 2 && both["e\u{301}"] == 2 && both["\u{e9}"] == 1)
        let many = "{" + (0..<20).map { "\"k\($0)\":0," }.joined() + "\"\u{e9}\":1,\"e\u{301}\":2}"
        #expect(try JSON(parsing: many).object?.count == 22)
    }

    @Test("assigning nil removes a member, assigning a value keeps its place")
    func editing() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = nil
        object["a"] = 9
        object["d"] = 4
        #expect(object.keys == ["a", "c", "d"] && object["a"] == 9 && object["b"] == nil)
        #expect(JSON.object(object)["zz"] == nil && JSON.int(1)["a"] == nil && (["x"] as JSON)[3] == nil)
    }
}
