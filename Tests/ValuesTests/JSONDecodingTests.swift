import Testing
import Values

private enum Kind: String, Decodable, CaseIterable { case bar, line }

private struct Column: Decodable, Equatable {
    var name: String
    var width: Int8?
}

private struct Table: Decodable {
    var title: String
    var kind: Kind
    var columns: [Column]
    var scores: [String: Double]
    var note: String?
    var rowLimit: UInt16

    enum CodingKeys: String, CodingKey {
        case title, kind, columns, scores, note
        case rowLimit = "row_limit"
    }
}

@Suite("Values from JSON")
struct JSONDecodingTests {
    private let whole: JSON = [
        "title": "t", "kind": "line", "columns": [["name": "a", "width": 3], ["name": "b", "width": nil]],
        "scores": ["x": 1, "y": 2.5], "row_limit": 10.0, "more": "ignored",
    ]

    private func with(_ change: (inout JSONObject) -> Void) -> JSON {
        guard case .object(var object) = whole else { return whole }
        change(&object)
        return .object(object)
    }

    @Test("a value becomes the type that was asked for")
    func wholeValue() throws {
        let table = try whole.decoded(as: Table.self)
        #expect(table.title == "t" && table.kind == .line && table.note == nil && table.rowLimit == 10)
        #expect(table.columns == [Column(name: "a", width: 3), Column(name: "b", width: nil)])
        #expect(table.scores == ["x": 1, "y": 2.5])
        let list = try JSON.array([1, 2, nil]).decoded(as: [Int?].self)
        #expect(list == [1, 2, nil])
        let number = try JSON.int(3).decoded(as: Double.self)
        #expect(number == 3)
        let large = try JSON.double(1e18).decoded(as: UInt64.self)
        #expect(large == 1_000_000_000_000_000_000)
    }

    @Test("an error names the place and the kinds, and no value")
    func errors() {
        func failure(_ value: JSON) -> String {
            do {
                _ = try value.decoded(as: Table.self)
                return "none"
            } catch {
                return "\(error.code) \(error.at): \(error.message)"
            }
        }
        #expect(failure([]) == "json_decoding : must be an object, not an array")
        #expect(failure(with { $0["title"] = nil }) == "json_decoding : 'title' is missing")
        #expect(failure(with { $0["title"] = .null }) == "json_decoding title: must be a string, not null")
        #expect(
            failure(with { $0["kind"] = "secret" }) == "json_decoding kind: must be one of \"bar\", \"line\"")
        #expect(
            failure(with { $0["columns"] = [["name": "a"], ["name": 1]] })
                == "json_decoding columns[1].name: must be a string, not an integer")
        #expect(failure(with { $0["columns"] = [["nam": "a"]] }) == "json_decoding columns[0]: 'name' is missing")
        #expect(
            failure(with { $0["columns"] = [["name": "a", "width": 300]] })
                == "json_decoding columns[0].width: does not fit Int8")
        #expect(
            failure(with { $0["row_limit"] = 1.5 }) == "json_decoding row_limit: must be an integer, not a number")
        #expect(failure(with { $0["row_limit"] = -1 }) == "json_decoding row_limit: does not fit UInt16")
        #expect(
            failure(with { $0["scores"] = ["x": "1"] }) == "json_decoding scores.x: must be a number, not a string")
    }

    @Test("errors of others keep their place and lose their words")
    func foreignErrors() {
        struct Picky: Decodable {
            var inner: Inner
            struct Inner: Decodable {
                init(from decoder: any Decoder) throws {
                    let text = try decoder.singleValueContainer().decode(String.self)
                    throw DecodingError.dataCorrupted(
                        .init(codingPath: decoder.codingPath, debugDescription: "no \(text)"))
                }
            }
        }
        struct Refusing: Decodable {
            init(from decoder: any Decoder) throws { throw CancellationError() }
        }
        let error = #expect(throws: OperonError.self) { try (["inner": "secret"] as JSON).decoded(as: Picky.self) }
        #expect(error?.at == "inner" && error?.message == "is none of the values that are allowed")
        let other = #expect(throws: OperonError.self) { try JSON.null.decoded(as: Refusing.self) }
        #expect(other?.code == "json_decoding")
    }

    @Test("nested containers, super decoders and short arrays are read as the type asks")
    func containers() throws {
        struct Pair: Decodable {
            var first: Int
            var second: String
            var nested: Int
            enum Keys: String, CodingKey { case pair, deep, value }
            init(from decoder: any Decoder) throws {
                let keyed = try decoder.container(keyedBy: Keys.self)
                var list = try keyed.nestedUnkeyedContainer(forKey: .pair)
                first = try list.decode(Int.self)
                second = try list.decodeNil() ? "null" : list.decode(String.self)
                let deep = try keyed.nestedContainer(keyedBy: Keys.self, forKey: .deep)
                nested = try Int(from: deep.superDecoder(forKey: .value))
            }
        }
        let pair = try (["pair": [1, "x"], "deep": ["value": 4]] as JSON).decoded(as: Pair.self)
        #expect(pair.first == 1 && pair.second == "x" && pair.nested == 4)
        let error = #expect(throws: OperonError.self) { try (["pair": [1]] as JSON).decoded(as: Pair.self) }
        #expect(error?.at == "pair[1]" && error?.message == "is missing; the array is too short")
    }
}
