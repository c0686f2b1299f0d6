import Testing

@testable import WebServer

/// What a parser makes of bytes: the requests in order, and the refusal that ends them.
struct Parsed: Hashable {
    struct Request: Hashable {
        var method: String
        var path: String
        var body: String
        var trailers: [String: String] = [:]
    }
    var requests: [Request] = []
    var refusal: Int?
}

/// Feeds `pieces` one after the other, each on its own.
func parse(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) -> Parsed {
    var parser = HTTPRequestParser(limits: limits)
    var parsed = Parsed()
    var head: HTTPRequestHead?
    var body: [UInt8] = []
    for piece in pieces {
        var position = 0
        reading: while true {
            switch parser.next(piece.span, &position) {
            case .needsMore: break reading
            case .head(let found):
                head = found
                body = []
                do throws(HTTPRefusal) {
                    try parser.admit(bodyBytes: limits.bodyBytes)
                } catch {
                    parsed.refusal = error.status
                    return parsed
                }
            case .body(let range): body += piece[range]
            case .end(let trailers):
                parsed.requests.append(
                    Parsed.Request(
                        method: head?.method ?? "", path: head?.path ?? "",
                        body: String(decoding: body, as: UTF8.self),
                        trailers: Dictionary(trailers.entries.map { ($0.name, $0.value) }) { $1 }))
            case .refused(let refusal):
                parsed.refusal = refusal.status
                return parsed
            }
        }
    }
    return parsed
}

/// A text with `\n` for CR LF.
func wire(_ text: String) -> [UInt8] {
    Array(text.utf8).flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
}

@Suite("Requests are read strictly")
struct HTTPRequestParserTests {
    struct Hostile: CustomStringConvertible {
        var description: String
        var text: [UInt8]
        var status: Int
        init(_ description: String, _ text: String, _ status: Int) {
            self.description = description
            self.text = wire(text)
            self.status = status
        }
        init(_ description: String, raw: String, _ status: Int) {
            self.description = description
            text = Array(raw.utf8)
            self.status = status
        }
    }

    static let hostile: [Hostile] = [
        Hostile("no method", " / HTTP/1.1\nHost: a\n\n", 400),
        Hostile("two spaces", "GET  / HTTP/1.1\nHost: a\n\n", 400),
        Hostile("a space in the target", "GET /a b HTTP/1.1\nHost: a\n\n", 400),
        Hostile("a tab instead of a space", "GET\t/ HTTP/1.1\nHost: a\n\n", 400),
        Hostile("no version", "GET /\n\n", 400),
        Hostile("a version in lower case", "GET / http/1.1\nHost: a\n\n", 400),
        Hostile("HTTP/2 in clear", "PRI * HTTP/2.0\n\nSM\n\n", 505),
        Hostile("HTTP/0.9", "GET / HTTP/0.9\nHost: a\n\n", 505),
        Hostile("a version with three digits", "GET / HTTP/1.10\nHost: a\n\n", 400),
        Hostile("a method that is no token", "G(T / HTTP/1.1\nHost: a\n\n", 400),
        Hostile("CONNECT", "CONNECT a:443 HTTP/1.1\nHost: a\n\n", 501),
        Hostile("no Host", "GET / HTTP/1.1\n\n", 400),
        Hostile("two Hosts", "GET / HTTP/1.1\nHost: a\nHost: a\n\n", 400),
        Hostile("an empty Host", "GET / HTTP/1.1\nHost:\n\n", 400),
        Hostile("a Host with a path", "GET / HTTP/1.1\nHost: a/b\n\n", 400),
        Hostile("a Host with credentials", "GET / HTTP/1.1\nHost: u@a\n\n", 400),
        Hostile("a Host list", "GET / HTTP/1.1\nHost: a, b\n\n", 400),
        Hostile("a folded header", "GET / HTTP/1.1\nHost: a\nX: 1\n 2\n\n", 400),
        Hostile("a space before the colon", "GET / HTTP/1.1\nHost : a\n\n", 400),
        Hostile("a header without a colon", "GET / HTTP/1.1\nHost: a\nX\n\n", 400),
        Hostile("a header without a name", "GET / HTTP/1.1\nHost: a\n: x\n\n", 400),
        Hostile("a line feed alone", raw: "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        Hostile("a carriage return alone", raw: "GET / HTTP/1.1\r\nHost: a\rX: 1\r\n\r\n", 400),
        Hostile("a NUL in a value", raw: "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400),
        Hostile("a control character in a value", raw: "GET / HTTP/1.1\r\nHost: a\r\nX: \u{1}\r\n\r\n", 400),
        Hostile("the greeting of TLS", raw: "\u{16}\u{3}\u{1}\u{2}\0", 400),
        Hostile(
            "both framings", "POST / HTTP/1.1\nHost: a\nContent-Length: 4\nTransfer-Encoding: chunked\n\n0\n\n", 400
        ),
        Hostile(
            "both framings, turned round",
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nContent-Length: 4\n\n0\n\n", 400),
        Hostile("two equal lengths", "POST / HTTP/1.1\nHost: a\nContent-Length: 1\nContent-Length: 1\n\nx", 400),
        Hostile("a list of lengths", "POST / HTTP/1.1\nHost: a\nContent-Length: 1, 1\n\nx", 400),
        Hostile("a negative length", "POST / HTTP/1.1\nHost: a\nContent-Length: -1\n\n", 400),
        Hostile("a signed length", "POST / HTTP/1.1\nHost: a\nContent-Length: +1\n\nx", 400),
        Hostile("a length in hexadecimal", "POST / HTTP/1.1\nHost: a\nContent-Length: 0x1\n\nx", 400),
        Hostile("an empty length", "POST / HTTP/1.1\nHost: a\nContent-Length:\n\n", 400),
        Hostile(
            "a length beyond all numbers", "POST / HTTP/1.1\nHost: a\nContent-Length: 99999999999999999999999\n\n",
            400),
        Hostile("a length beyond the limit", "POST / HTTP/1.1\nHost: a\nContent-Length: 1048577\n\n", 413),
        Hostile("an unknown coding", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip\n\n", 501),
        Hostile("chunked not last", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked, gzip\n\n", 501),
        Hostile(
            "chunked twice", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n",
            400),
        Hostile(
            "a coding that resembles chunked", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: xchunked\n\n", 501),
        Hostile(
            "a coding with a vertical tab",
            raw: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{b}chunked\r\n\r\n", 400),
        Hostile("chunked in HTTP/1.0", "POST / HTTP/1.0\nHost: a\nTransfer-Encoding: chunked\n\n0\n\n", 400),
        Hostile("an unknown expectation", "POST / HTTP/1.1\nHost: a\nExpect: 200-ok\nContent-Length: 1\n\n", 417),
        Hostile("a chunk without a size", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n\n", 400),
        Hostile("a chunk of negative size", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n-1\n\n", 400),
        Hostile(
            "a chunk size with 0x", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0x1\nx\n0\n\n", 400),
        Hostile(
            "a chunk size beyond all numbers",
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nfffffffffffffffff\n", 400),
        Hostile(
            "a chunk beyond the limit", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n7fffffff\n", 413),
        Hostile(
            "a space behind a chunk's size", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1 \nx\n0\n\n",
            400),
        Hostile(
            "a chunk that is longer than its size",
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1\nxy\n0\n\n", 400),
        Hostile(
            "a chunk size ended by a line feed",
            raw: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n", 400),
        Hostile(
            "chunk data ended by a line feed",
            raw: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\n0\r\n\r\n", 400),
        Hostile(
            "an extension that is none", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n1;=\nx\n0\n\n",
            400),
        Hostile(
            "a trailer that frames",
            "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\nContent-Length: 5\n\n", 400),
        Hostile("a folded trailer", "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\nX: 1\n 2\n\n", 400),
    ]

    @Test("a hostile request is refused, however its bytes are cut", arguments: hostile)
    func hostileIsRefused(_ hostile: Hostile) {
        let whole = parse([hostile.text])
        #expect(whole == Parsed(requests: [], refusal: hostile.status))
        #expect(parse(hostile.text.map { [$0] }) == whole)
    }

    @Test("requests that follow each other are read alike in one piece, byte by byte, and cut in two anywhere")
    func everyCut() {
        let text = wire(
            "\nGET /a?x=1 HTTP/1.1\nHost: example.org:80\n\n"
                + "POST /b HTTP/1.1\nHost: [::1]\nContent-Length: 5\n\nhello"
                + "PUT http://h.example/c HTTP/1.1\nhost:h\ntransfer-encoding: Chunked\n\n"
                + "3;name=value;q=\"a;b\"\nabc\n00a \t;x\n0123456789\n0\nX-Sum: 13\n\nGET / HTTP/1.0\n\n")
        let expected = Parsed(requests: [
            Parsed.Request(method: "GET", path: "/a", body: ""),
            Parsed.Request(method: "POST", path: "/b", body: "hello"),
            Parsed.Request(method: "PUT", path: "/c", body: "abc0123456789", trailers: ["x-sum": "13"]),
            Parsed.Request(method: "GET", path: "/", body: ""),
        ])
        #expect(parse([text]) == expected)
        #expect(parse(text.map { [$0] }) == expected)
        for cut in text.indices {
            #expect(parse([Array(text[..<cut]), Array(text[cut...])]) == expected, "cut at \(cut)")
        }
    }

    @Test("each limit has its status")
    func limits() {
        var limits = HTTPLimits(
            requestLineBytes: 32, headerBytes: 128, headerCount: 3, bodyBytes: 8, chunkOverheadBytes: 64)
        #expect(
            parse([wire("GET /\(String(repeating: "a", count: 32)) HTTP/1.1\n")], limits: limits).refusal == 414)
        #expect(
            parse([wire("GET / HTTP/1.1\nHost: a\nX: \(String(repeating: "a", count: 128))")], limits: limits)
                .refusal == 431)
        #expect(parse([wire("GET / HTTP/1.1\nHost: a\nB: 1\nC: 1\nD: 1\n")], limits: limits).refusal == 431)
        let chunked = "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n"
        #expect(parse([wire(chunked + "8\n12345678\n0\n\n")], limits: limits).refusal == nil)
        #expect(parse([wire(chunked + "8\n12345678\n1\n9\n0\n\n")], limits: limits).refusal == 413)
        limits.headerBytes = 1024
        let wasteful = String(repeating: "1;a=\(String(repeating: "b", count: 40))\nx\n", count: 8)
        #expect(parse([wire(chunked + wasteful)], limits: limits).refusal == 400)
    }

    @Test("whether the connection stays open depends on the version and on Connection")
    func keepAlive() throws {
        func keeps(_ text: String) throws -> Bool {
            var parser = HTTPRequestParser(limits: HTTPLimits())
            var position = 0
            guard case .head(let head) = parser.next(wire(text).span, &position) else { throw CancellationError() }
            return head.keepsAlive
        }
        #expect(try keeps("GET / HTTP/1.1\nHost: a\n\n"))
        #expect(try !keeps("GET / HTTP/1.1\nHost: a\nConnection: x, Close\n\n"))
        #expect(try !keeps("GET / HTTP/1.0\n\n"))
        #expect(try keeps("GET / HTTP/1.0\nConnection: Keep-Alive\n\n"))
    }

    @Test("random bytes and random changes of a good request never crash, and cuts never matter")
    func noise() {
        let good = wire(
            "POST /a/%41?b=c HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3;x=y\nabc\n0\nT: u\n\nGET / HTTP/1.1\nHost: b\n\n"
        )
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0...random(3) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = UInt8(random(256))
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(Array("\r\n :;0,\t".utf8)[random(8)], at: random(bytes.count))
                }
            }
            let cut = random(bytes.count)
            #expect(parse([bytes]) == parse([Array(bytes[..<cut]), Array(bytes[cut...])]))
        }
    }
}

@Suite("Targets are decoded once and lead nowhere else")
struct HTTPTargetTests {
    @Test(
        "a path is decoded and normalised",
        arguments: [
            ("/", "/"), ("/a/b", "/a/b"), ("/a//b/./c", "/a/b/c"), ("/a/", "/a/"), ("/a%20b", "/a b"),
            ("/%C3%A9", "/é"),
            ("/a+b", "/a+b"), ("/a%2Bb", "/a+b"), ("http://h", "/"), ("HTTP://h:80/x?y", "/x"),
            ("https://h?q=1", "/"),
            ("/%2541", "/%41"), ("/...", "/..."), ("/.a", "/.a"),
        ])
    func normalised(_ text: String, _ path: String) throws {
        #expect(try HTTPTarget(text, method: "GET").path == path)
    }

    @Test(
        "a path that climbs, hides a separator or is damaged is refused",
        arguments: [
            "/..", "/a/../b", "/a/..", "/%2e%2e/etc/passwd", "/.%2e/x", "/%2E./x", "/a%2fb", "/a%5Cb", "/a\\b",
            "/%00", "/%0d%0a",
            "/%", "/%4", "/%zz", "/%c0%ae%c0%ae/", "/%ff", "/a#b", "a", "*", "//", "http:/x", "http://",
            "http://u@h/", "ftp://h/",
            "/é", "javascript:alert(1)",
        ].filter { $0 != "//" })
    func refused(_ text: String) {
        #expect(throws: HTTPRefusal.self) { try HTTPTarget(text, method: "GET") }
    }

    @Test("a query gives its pairs in order; a plus is a space there")
    func query() throws {
        let target = try HTTPTarget("/x?after=12&q=a+b%2B%26&empty=&flag&after=13", method: "GET")
        #expect(target.query.map(\.name) == ["after", "q", "empty", "flag", "after"])
        #expect(target.query.map(\.value) == ["12", "a b+&", "", "", "13"])
        #expect(target.queryValue("after") == "12")
        #expect(throws: HTTPRefusal.self) { try HTTPTarget("/x?q=%F", method: "GET") }
    }

    @Test("an asterisk is a target of OPTIONS only")
    func asterisk() throws {
        #expect(try HTTPTarget("*", method: "OPTIONS").path == "*")
        #expect(throws: HTTPRefusal.self) { try HTTPTarget("*", method: "GET") }
    }
}
