import Testing
import Values

@testable import Traces

@Suite("Large payload parts")
struct PayloadPartsTests {
    private func roundTrip(_ value: JSON) throws -> (JSON, stored: Int) {
        var parts = PayloadParts()
        let small = parts.deflate(value)
        let blobs = Dictionary(uniqueKeysWithValues: parts.blobs.map { ($0.hash, $0.body) })
        let size = small.bytes().count + parts.blobs.reduce(0) { $0 + $1.body.count }
        return (try PayloadParts.inflate(small) { blobs[$0].flatMap { (try? JSON(parsing: $0))?.array } }, size)
    }

    @Test("small payloads stay as they are")
    func small() {
        var parts = PayloadParts()
        let value: JSON = ["rows": [["a", 1]], "text": .string(String(repeating: "x", count: 4000))]
        #expect(parts.deflate(value) == value && parts.blobs.isEmpty)
    }

    @Test("a large array inside an object becomes one reference, and the same array the same one")
    func reference() throws {
        let rows = JSON.array((0..<2000).map { [.int($0), "customer"] })
        var parts = PayloadParts()
        let once = parts.deflate(["result": ["rows": rows]])
        let count = parts.blobs.count
        let again = parts.deflate(["request": ["earlier": rows]])
        #expect(once["result"]?["rows"]?["$blob"] == again["request"]?["earlier"]?["$blob"])
        #expect(parts.blobs.count == count)
        #expect(once.bytes().count < 300)
    }

    @Test("whatever was stored comes back equal", arguments: 0..<12)
    func property(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        func make(_ depth: Int) -> JSON {
            switch random.below(depth > 1 ? 4 : 8) {
            case 0: return .int(random.below(1000))
            case 1: return .double(random.unit())
            case 2:
                return .string(
                    String(repeating: ["é", "x", "😀", "\"\n"][random.below(4)], count: random.below(40)))
            case 3:
                return .string(
                    String(repeating: ["é", "xy", "😀", "\"\n"][random.below(4)], count: random.below(5000)))
            case 4, 5: return .array((0..<random.below(20)).map { _ in make(depth + 1) })
            case 6: return .array((0..<random.below(1500)).map { .int($0) })
            default:
                var object: JSONObject = [:]
                for key in ["a", "$blob", "$object", "text", "bytes"] where random.chance(0.5) {
                    object[key] = make(depth + 1)
                }
                return .object(object)
            }
        }
        let value: JSON = ["payload": make(0), "more": make(0)]
        #expect(try roundTrip(value).0 == value)
    }

    @Test("payload objects that look like references come back as they were")
    func lookAlikes() throws {
        let values: [JSON] = [
            ["$blob": "abc", "bytes": 3], ["$object": ["$blob": "x"]], ["$object": 1],
            [["$object": ["$object": [:]]]],
        ]
        for value in values { #expect(try roundTrip(value).0 == value) }
    }

    @Test(
        "a conversation of 200 turns that is sent whole with every turn grows linearly", arguments: [true, false])
    func linear(asList: Bool) throws {
        var random = SeededRandom(seed: 7)
        var messages: [JSON] = []
        var transcript = ""
        var stored: Set<String> = []
        var sizes: [Int] = []
        var total = 0
        for turn in 1...200 {
            let text = "turn \(turn): " + (0..<30).map { _ in "\(random.below(1_000_000))" }.joined(separator: " ")
            messages.append(["role": "user", "content": .string(text)])
            transcript += text
            var parts = PayloadParts()
            let payload: JSON = [
                "request": asList ? ["messages": .array(messages)] : ["prompt": .string(transcript)]
            ]
            total += parts.deflate(payload).bytes().count
            for blob in parts.blobs where stored.insert(blob.hash).inserted { total += blob.body.count }
            sizes.append(total)
        }
        // Twice the turns cost about twice the room; stored whole they would cost four times as much.
        #expect(Double(sizes[199]) / Double(sizes[99]) < 2.6)
        #expect(sizes[199] < 200 * 8192)
    }

    @Test("a missing part is a clear error")
    func missing() {
        let error = #expect(throws: OperonError.self) {
            try PayloadParts.inflate(["$blob": "00", "bytes": 5000]) { _ in nil }
        }
        #expect(error?.code == "store_corrupt")
    }
}
