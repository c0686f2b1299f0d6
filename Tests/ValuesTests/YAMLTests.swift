import Testing
import Values

@Suite("YAML")
struct YAMLTests {
    private func json(_ text: String) -> JSON? {
        let (node, problems) = YAML.parse(text, file: "t.yaml")
        #expect(problems.isEmpty)
        return node?.json
    }

    private func problem(_ text: String, line: Int = 1) -> Diagnostic? {
        let (_, problems) = YAML.parse(text, file: "t.yaml", line: line)
        #expect(problems.allSatisfy { !$0.hint.isEmpty })
        return problems.first
    }

    @Test(
        "plain scalars follow the core schema of YAML 1.2",
        arguments: [
            ("", JSON.null), ("~", .null), ("null", .null), ("Null", .null), ("true", true), ("FALSE", false),
            ("yes", "yes"), ("no", "no"), ("on", "on"), ("12", 12), ("-7", -7), ("+7", 7), ("007", 7), ("0x1F", 31),
            ("0o17", 15), ("1.5", 1.5), (".5", 0.5), ("-.5", -0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.e-1", 0.1),
            ("+1.5E+2", 150.0), (".inf", ".inf"), ("1e999", "1e999"), ("-", "-"), ("1-2", "1-2"),
            ("2024-01-01", "2024-01-01"),
            ("12:30", "12:30"), ("1_000", "1_000"), ("0x", "0x"), ("0x-1", "0x-1"), ("99999999999999999999", 1e20),
            ("!!str 12", "12"), ("a b", "a b"), ("nan", "nan"), ("+", "+"), ("1e", "1e"),
        ])
    func core(text: String, value: JSON) {
        // A lone dash starts a list, so the scalars stand in a mapping, where it is refused and not asked here.
        guard text != "-" else { return }
        #expect(json("k: \(text)") == ["k": value])
    }

    @Test("quoted scalars and block scalars are texts")
    func quoted() {
        #expect(json("[\"1\", 'true', \"\", 'null']") == ["1", "true", "", "null"])
        #expect(json("a: |\n  12\n  13\nb: >\n  x\n  y\n") == ["a": "12\n13\n", "b": "x y\n"])
    }

    @Test("mappings keep their order and their keys' places")
    func order() throws {
        let (root, problems) = YAML.parse("z: 1\na:\n  - x\n  - {k: v}\n", file: "f", line: 11)
        #expect(problems.isEmpty)
        let entries = try #require(root?.mapping)
        #expect(entries.map(\.key) == ["z", "a"])
        #expect(entries[1].place == SourcePlace(file: "f", line: 12, column: 1))
        let list = try #require(entries[1].value.sequence)
        #expect(list[1].place == SourcePlace(file: "f", line: 14, column: 5))
        #expect(list[1]["k"]?.place == SourcePlace(file: "f", line: 14, column: 9))
    }

    @Test("an empty text is no document and no mistake")
    func empty() {
        let (root, problems) = YAML.parse("# nothing\n", file: "f")
        #expect(root == nil)
        #expect(problems.isEmpty)
    }

    @Test(
        "what is refused is named with its line",
        arguments: [
            ("a: 1\nb: 2\na: 3\n", "yaml_duplicate_key", 3), ("a:\n\t- x\n", "yaml_tab", 2),
            ("a: 1\n---\nb: 2\n", "yaml_documents", 2), ("a: *x\n", "yaml_alias", 1),
            ("a: &x [*x]\n", "yaml_alias", 1), ("? [a]\n: b\n", "yaml_key", 1), ("a: !thing 1\n", "yaml_tag", 1),
            ("a: [1, 2\nb: 3\n", "yaml_syntax", 1), ("a: 'x\n", "yaml_syntax", 1), ("a: b: c\n", "yaml_syntax", 1),
            ("a: 1\nb: \u{1}\n", "yaml_syntax", 2), (String(repeating: "[", count: 100), "yaml_depth", 1),
        ])
    func refused(text: String, code: String, line: Int) {
        let found = problem(text)
        #expect(found?.code == code)
        #expect(found?.place.line == line)
    }

    @Test("aliases are expanded, within bounds")
    func aliases() {
        #expect(json("a: &x {k: 1}\nb: *x\n") == ["a": ["k": 1], "b": ["k": 1]])
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let alias = "*a\(level - 1)"
            bomb += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        #expect(problem(bomb)?.code == "yaml_size")
    }

    @Test("a repeated key does not hide later mistakes")
    func several() {
        let (_, problems) = YAML.parse("a: 1\na: 2\nb: !x 1\nb: 4\n", file: "f")
        #expect(problems.map(\.code) == ["yaml_duplicate_key", "yaml_tag", "yaml_duplicate_key"])
    }

    @Test(
        "places inside scalars follow escapes, folds and indentation",
        arguments: [
            ("k: plain text", 6, 1, 10), ("k: 'it''s here'", 5, 1, 11), ("k: \"a\\tb\\u00e9c\"", 4, 1, 15),
            ("k: |\n    one\n    two\n", 4, 3, 5), ("k: >\n  one\n  two\n", 5, 3, 4), ("k: one\n   two\n", 4, 2, 4),
            ("é: \"ü\\\"x\"", 2, 1, 8),
        ])
    func places(text: String, offset: Int, line: Int, column: Int) throws {
        let node = try #require(YAML.parse(text, file: "f").0?.mapping?.first?.value)
        #expect(node.place(at: offset) == SourcePlace(file: "f", line: line, column: column))
    }

    @Test("any bytes are answered by a value or a diagnostic")
    func fuzz() {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("ab:-?[]{}&*!|>'\"%@`#,~ \n\t\\é<1.$")
        for _ in 0..<4000 {
            let text = String(
                (0..<Int.random(in: 0..<40, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
            let (node, problems) = YAML.parse(text, file: "f")
            if let node {
                _ = node.json
                _ = node.place(at: 3)
            } else if problems.isEmpty {
                #expect(!text.contains(":") || text.contains("#"), "\(text.debugDescription) vanished")
            }
            #expect(problems.allSatisfy { !$0.hint.isEmpty && $0.place.line >= 1 })
        }
    }
}

@Suite("spelling")
struct SpellingTests {
    @Test("the nearest name is found within a third of the length")
    func nearest() {
        #expect(Spelling.nearest("tool", among: ["name", "tools"]) == "tools")
        #expect(Spelling.nearest("npl", among: ["viz", "nlp"]) == "nlp")
        #expect(Spelling.nearest("delegats", among: ["delegates", "default"]) == "delegates")
        #expect(Spelling.nearest("xyz", among: ["name", "tools"]) == nil)
        #expect(Spelling.hint("zzz", among: ["a", "b"], otherwise: "-") == "known: a, b")
    }
}
