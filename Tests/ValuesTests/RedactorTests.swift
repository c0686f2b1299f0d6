import Foundation
import Support
import Testing
import Values

private let key = "sk-canary-0123456789/abc+DEF"

/// A secret of characters that some encoding treats in its own way.
private func randomSecret(_ random: inout SeededRandom) -> String {
    let alphabets: [[Character]] = [
        Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
        Array("ab%+/\\\"=&: \n\t"), Array("aé漢😀z\"%\\"), Array("ab"),
    ]
    let alphabet = alphabets[random.below(alphabets.count)]
    while true {
        let secret = String((0..<(6 + random.below(30))).map { _ in alphabet[random.below(alphabet.count)] })
        if secret.utf8.count >= Redactor.minimumBytes { return secret }
    }
}

/// The spellings in which a secret may turn up, made by Foundation and by hand.
private func spellings(_ secret: String, _ random: inout SeededRandom) -> [String] {
    var result = [secret]
    for alignment in 0..<3 {
        let before = (0..<alignment).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let after = (0..<random.below(4)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let encoded = Data(before + Array(secret.utf8) + after).base64EncodedString()
        result.append(encoded)
        result.append(
            encoded.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: ""))
        result.append(encoded.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }
    result.append(secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    result.append(secret.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? "")
    result.append(secret.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    result.append(secret.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined())
    result.append(JSON.string(secret).description.dropFirst().dropLast().description)
    result.append(
        secret.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined())
    return result
}

/// `text` in pieces of random lengths.
private func pieces(_ text: String, _ random: inout SeededRandom, longest: Int) -> [String] {
    var result: [String] = []
    var rest = text.unicodeScalars[...]
    while !rest.isEmpty {
        let piece = rest.prefix(random.below(longest + 1))
        rest = rest.dropFirst(piece.count)
        result.append(String(String.UnicodeScalarView(piece)))
    }
    return result
}

private func streamed(_ pieces: [String], _ redactor: Redactor) -> String {
    var stream = redactor.stream()
    return pieces.map { stream.feed($0) }.joined() + stream.finish()
}

@Suite("Redaction")
struct RedactorTests {
    @Test("no secret survives in any of its spellings, wherever the text is cut", arguments: 0..<80)
    func properties(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let secrets = (0..<(1 + random.below(4))).map { _ in randomSecret(&random) }
        let redactor = Redactor(secrets: secrets)
        for secret in secrets {
            for spelling in spellings(secret, &random) {
                let filler = ["", "key=", "{\"a\": \"", "%", "\\", "é", spelling.prefix(3).description]
                let text = filler[random.below(filler.count)] + spelling + filler[random.below(filler.count)]
                let redacted = redactor.redact(text)
                #expect(redacted.contains("[secret:"), "\(spelling.debugDescription) in \(text.debugDescription)")
                // At the edges base64 shares characters with what stands beside the secret.
                #expect(!redacted.contains(spelling.dropFirst(3).dropLast(6)) || spelling.utf8.count < 16)
                #expect(!redacted.contains(secret) || "[secret:00000000]".contains(secret))
                for longest in [1, 3, 12] {
                    let cut = streamed(pieces(text, &random, longest: longest), redactor)
                    #expect(Array(cut.utf8) == Array(redacted.utf8), "\(text.debugDescription)")
                }
            }
        }
    }

    @Test("the placeholder is the secret's own, and the same in every run")
    func placeholder() {
        let redactor = Redactor(secrets: [key, "another-secret"])
        #expect(redactor.redact("a \(key) b") == "a \(Redactor.placeholder(for: key)) b")
        #expect(Redactor.placeholder(for: "canary-1") == "[secret:9d071fee]")
        #expect(Redactor.placeholder(for: key) != Redactor.placeholder(for: "another-secret"))
        let once = redactor.redact("\(key) another-secret")
        #expect(redactor.redact(once) == once, "what is redacted already stays as it is")
    }

    @Test("of two secrets that begin alike the longer one is found")
    func longest() {
        let redactor = Redactor(secrets: ["secret-a", "secret-a-and-more"])
        #expect(redactor.redact("secret-a-and-more!") == Redactor.placeholder(for: "secret-a-and-more") + "!")
        #expect(redactor.redact("secret-a-and-less") == Redactor.placeholder(for: "secret-a") + "-and-less")
        #expect(streamed(["secret-a-and", "-less"], redactor) == redactor.redact("secret-a-and-less"))
    }

    @Test("a stream holds text back only while its tail may begin a secret")
    func holding() {
        var stream = Redactor(secrets: ["abcdefgh"]).stream()
        #expect(stream.feed("xyz") == "xyz")
        #expect(stream.feed("12ab") == "12")
        #expect(stream.feed("cX") == "abcX")
        #expect(stream.feed("abcdefg") == "")
        #expect(stream.feed("hi") == Redactor.placeholder(for: "abcdefgh") + "i")
        #expect(stream.feed("50%") == "50")
        #expect(stream.feed(" of it, abc") == "% of it, ")
        #expect(stream.finish() == "abc")
        #expect(stream.finish() == "")
    }

    @Test("what is too short or the placeholder's own word is no secret")
    func notSecrets() {
        #expect(Redactor(secrets: ["", "abcde", "secret"]).isEmpty)
        #expect(Redactor().redact("abcde") == "abcde")
    }

    @Test("values lose secrets in strings and names; numbers and order stay")
    func json() throws {
        let redactor = Redactor(secrets: [key])
        let value: JSON = ["b": ["x", .string("Bearer \(key)")], key: 1, "a": 1.5, "n": nil]
        let name = Redactor.placeholder(for: key)
        #expect(
            redactor.redact(value).description == #"{"b":["x","Bearer \#(name)"],"\#(name)":1,"a":1.5,"n":null}"#)
        #expect(redactor.redact(["a": 1, "b": [true, "x"]]) == ["a": 1, "b": [true, "x"]])
    }

    @Test("a value without secrets is the same storage")
    func sharing() {
        let redactor = Redactor(secrets: [key])
        let elements: [JSON] = ["one", 2, ["three": 3]]
        guard case .array(let same) = redactor.redact(.array(elements)) else { return #expect(Bool(false)) }
        let addresses = [elements, same].map { $0.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) } }
        #expect(addresses[0] == addresses[1])
    }

    @Test("a redactor shows nothing of its secrets")
    func dumping() {
        let redactor = Redactor(secrets: [key])
        var stream = redactor.stream()
        _ = stream.feed(String(key.prefix(12)))
        var text = "\(redactor) \(String(reflecting: redactor)) \(stream)"
        dump(redactor, to: &text)
        dump(stream, to: &text)
        #expect(!text.contains("sk-can") && text.contains("Redactor"))
    }

    @Test(
        "patterns of credentials are found without knowing them",
        arguments: [
            ("use sk-abcdefghijklmnop1234, please", "sk-abcdefghijklmnop1234"),
            ("Authorization: Bearer abc.def-123==", "abc.def-123=="),
            ("authorization: basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
            ("bearer 0123456789abcdef", "0123456789abcdef"),
            ("X-Api-Key: qwerty and more", "qwerty"),
            (#"{"x-api-key": "qwerty", "b": 1}"#, "qwerty"),
            (#"{"Authorization":"Bearer qwertyuiop1"}"#, "qwertyuiop1"),
            ("?api-key=qwerty&x=1", "qwerty"),
        ])
    func patterns(text: String, secret: String) {
        let redacted = Redactor.redactPatterns(text)
        #expect(redacted == text.replacingOccurrences(of: secret, with: Redactor.placeholder(for: secret)))
        #expect(Redactor.redactPatterns(redacted) == redacted, "a second pass changes nothing")
    }

    @Test(
        "ordinary text has no credentials",
        arguments: [
            "a task-oriented desk-lamp", "sk-short", "the bearer of bad news", "the bearer instrument",
            "authorization",
            "api-key", "Authorization: Bearer [secret:00000000]", "", "x-api-key:",
        ])
    func ordinary(text: String) { #expect(Redactor.redactPatterns(text) == text) }

    @Test("text without secrets costs no more than a look at each byte")
    func speed() async throws {
        try await onThreadOfItsOwn {
            let redactor = Redactor(secrets: (0..<8).map { "sk-\($0)-abcdefghijklmnopqrstuvwxyz" })
            let text = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 22_000)
            let start = ContinuousClock.now
            #expect(redactor.redact(text) == text)
            #expect(ContinuousClock.now - start < .seconds(2 * slowFactor), "1 MB")
        }
    }
}
