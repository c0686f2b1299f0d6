import Schemas
import Testing
import Values

@testable import Modeling
@testable import Semantics

@Suite("The index of values")
struct ValueIndexTests {
    private static func index(_ columns: [(String, String, [String])]) -> ValueIndex {
        var index = ValueIndex()
        for (table, column, values) in columns {
            index.add(table: table, column: column, values: values.map { .text($0) })
        }
        return index
    }

    private func normalized(_ text: String) -> String {
        var normalizer = ValueNormalizer()
        Array(text.utf8).withUnsafeBytes { normalizer.normalize($0) }
        return String(decoding: normalizer.key, as: UTF8.self)
    }

    @Test(
        "values are brought into the form in which questions look for them",
        arguments: [
            "São Paulo", "AC/DC", "O'Brien & Sons", "1,500 Miles", "12,34", "3.5.6 beta", "R&D #1 100%",
            "snake_case_names_",
            "People's Choice", "Boxes  and   Categories", "2nd Ave", "10k", "A-1, B-2", "\"Quoted\" words",
            "x_ y_1", "",
            "...", "Texas", "women", "2020s", "4,5678", "1,234,567.89 USD", "don’t", "Ünïcödé 7",
        ])
    func form(text: String) { #expect(normalized(text) == Tokenizer.normalized(text)) }

    @Test("the quick way and the slow way give the same form for any text")
    func sameForm() {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("abcSsE019,._-&#%+ '\t()é\r\n")
        for _ in 0..<4000 {
            let text = String(
                (0..<Int.random(in: 0...14, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                })
            #expect(normalized(text) == Tokenizer.normalized(text), "\(text.debugDescription)")
        }
    }

    @Test("a value is found by its words without regard to case, accents, plural and signs")
    func hits() {
        let index = Self.index([
            ("t", "c", ["São Paulo", "AC/DC", "ac dc"]), ("u", "d", ["Ac-Dc", "Bern"]),
        ])
        #expect(index.hits("sao paulo").map(\.value) == [.text("São Paulo")])
        let columns = index.hits("ac dc").map { "\($0.column) \($0.value)" }
        #expect(columns.count == 3 && columns[0].hasPrefix("t.c") && columns[2].hasPrefix("u.d"))
        #expect(index.count == 5 && index.longestPhrase == 2)
        #expect(index.hits("nothing").isEmpty)
    }

    @Test("nulls, numbers, long texts and texts of many words are passed over")
    func prose() {
        var index = ValueIndex()
        index.add(
            table: "t", column: "c",
            values: [
                .null, .integer(3), .text(String(repeating: "x", count: 201)), .text("..."),
                .text("one two three four five six seven eight nine ten eleven twelve thirteen"), .text("kept"),
            ])
        #expect(index.count == 1 && !index.hits("kept").isEmpty)
    }

    @Test("how many rows have a value is kept")
    func frequency() {
        let gatherer = ValueGatherer(limit: 10, budget: 10_000)
        for text in ["Bern", "Oslo", "Bern", "Bern"] {
            Array(text.utf8).withUnsafeBytes { gatherer.add($0, hash: StableHash.of($0)) }
        }
        let bytes = ValueSegmentBuilder.bytes(table: "t", columns: [("c", gatherer)]) ?? []
        let index =
            (try? ValueSegment(SharedBytes(bytes), in: 0..<bytes.count)).map { ValueIndex([$0]) } ?? ValueIndex()
        #expect(index.hits("bern").map(index.frequency) == [3] && index.hits("oslo").map(index.frequency) == [1])
    }

    @Test("a column of too many values is cut, and says so")
    func bounded() throws {
        let gatherer = ValueGatherer(limit: 100, budget: .max)
        let poor = ValueGatherer(limit: .max, budget: 5000)
        for number in 0..<1000 {
            Array("value \(number)".utf8).withUnsafeBytes {
                gatherer.add($0, hash: StableHash.of($0))
                poor.add($0, hash: StableHash.of($0))
            }
        }
        #expect(gatherer.isTruncated && poor.isTruncated && poor.cost <= 5000)
        let bytes = try #require(ValueSegmentBuilder.bytes(table: "t", columns: [("a", gatherer), ("b", poor)]))
        let index = ValueIndex([try ValueSegment(SharedBytes(bytes), in: 0..<bytes.count)])
        #expect(index.isTruncated(ColumnRef("t", "a")) && index.isTruncated(ColumnRef("t", "b")))
        #expect(!index.isTruncated(ColumnRef("t", "c")))
        #expect(index.hits("value 7").map(\.column.column) == ["a", "b"])
    }

    @Test("the only value that holds a word is found; two are as good as none")
    func onlyValue() {
        let index = Self.index([
            ("t", "c", ["Contoso Ltd", "Acme East", "Acme West", "Big Contoso-like Thing GmbH"])
        ])
        #expect(index.onlyValue(holding: "acme") == nil)
        #expect(index.onlyValue(holding: "acme west") == nil)
        #expect(index.onlyValue(holding: "east")?.value == .text("Acme East"))
        #expect(index.onlyValue(holding: "thing gmbh")?.value == .text("Big Contoso-like Thing GmbH"))
        #expect(index.onlyValue(holding: "gmbh thing") == nil)
        #expect(index.onlyValue(holding: "contoso") == nil)
    }

    @Test("words that differ in one letter are found as a search through all words would find them")
    func near() {
        var random = SeededRandom(seed: 11)
        let letters = Array("abcde")
        var words: Set<String> = []
        while words.count < 1500 {
            words.insert(
                String(
                    (0..<Int.random(in: 5...8, using: &random)).map { _ in
                        letters.randomElement(using: &random) ?? "a"
                    })
            )
        }
        let index = Self.index([("t", "c", words.sorted())])
        for word in words.sorted().prefix(300) where word.utf8.count >= 6 && Words.lemma(word) == word {
            let all = words.filter { $0 != word && Words.isNear($0, word) }.sorted()
            #expect(index.wordsNear(word) == all, "\(word)")
        }
    }

    @Test("suggestions hold the word or one that differs in a letter, in the order of the schema")
    func suggestions() {
        let index = Self.index([
            ("t", "c", ["Beverages", "Condiments"]), ("u", "d", ["Hot Beverages", "Beverage Ltd"]),
        ])
        #expect(index.suggestions(for: "beverege", limit: 3) == ["Beverages", "Beverage Ltd", "Hot Beverages"])
        #expect(index.suggestions(for: "zzzzzz", limit: 3).isEmpty)
    }

    @Test("a segment that is cut short is refused")
    func cut() throws {
        let index = Self.index([("t", "c", ["Bern", "Oslo", "New York"])])
        let bytes = Array(try #require(index.segments.first).bytes)
        for count in 0..<bytes.count {
            #expect(throws: ByteReader.Damaged.self, "\(count)") {
                try ValueSegment(SharedBytes(Array(bytes[..<count])), in: 0..<count)
            }
        }
        #expect(try ValueSegment(SharedBytes(bytes), in: 0..<bytes.count).count == 3)
    }

    @Test(
        "people and codes lead to the form that the data holds",
        arguments: [
            ("german", "germany"), ("usa", "united state"), ("texas", "tx"), ("ny", "new york"), ("january", "jan"),
            ("illinois", "il"), ("dutch", "netherland"), ("uk", "united kingdom"),
        ])
    func aliases(word: String, form: String) {
        #expect(ValueAliases.table[Tokenizer.normalized(word)]?.contains(Tokenizer.normalized(form)) == true)
    }

    @Test("words that are no places lead nowhere", arguments: ["in", "or", "me", "may", "mar", "sun", "no", "it"])
    func noAliases(word: String) { #expect(ValueAliases.table[word] == nil) }
}
