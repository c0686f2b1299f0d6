import Testing

@testable import WebServer

/// A frame as a client sends it; every part can be wrong.
func clientFrame(
    _ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true,
    lengthBytes: Int? = nil, declared: UInt64? = nil
) -> [UInt8] {
    let count = declared ?? UInt64(payload.count)
    let wide = lengthBytes ?? (count < 126 ? 0 : count < 65536 ? 2 : 8)
    var frame: [UInt8] = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    frame.append((isMasked ? 0x80 : 0) | (wide == 0 ? UInt8(count) : wide == 2 ? 126 : 127))
    for index in 0..<wide { frame.append(UInt8(truncatingIfNeeded: count >> UInt64(8 * (wide - 1 - index)))) }
    let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
    if isMasked { frame += key }
    for (index, byte) in payload.enumerated() { frame.append(isMasked ? byte ^ key[index & 3] : byte) }
    return frame
}

/// What a decoder makes of pieces of bytes, in words.
func decode(_ pieces: [[UInt8]], limit: Int = 1 << 20, inflater: MessageInflater? = nil) -> [String] {
    var decoder = WebSocketDecoder(messageLimit: limit, inflater: inflater)
    var words: [String] = []
    for var piece in pieces {
        piece.withUnsafeMutableBytes { piece in
            var position = 0
            while let event = decoder.next(piece, &position) {
                func bytes(_ payload: WebSocketDecoder.Payload) -> [UInt8] {
                    switch payload {
                    case .input(let range): Array(piece[range])
                    case .bytes(let bytes): bytes
                    }
                }
                switch event {
                case .text(let payload): words.append("text " + String(decoding: bytes(payload), as: UTF8.self))
                case .binary(let payload): words.append("binary \(bytes(payload))")
                case .ping(let payload): words.append("ping " + String(decoding: payload, as: UTF8.self))
                case .pong(let payload): words.append("pong " + String(decoding: payload, as: UTF8.self))
                case .close(let code, let reason): words.append("close \(code.rawValue) \(reason)")
                case .failed(let failure): words.append("failed \(failure.code.rawValue)")
                }
            }
        }
    }
    return words
}

private func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("Frames are read strictly")
struct WebSocketCodecTests {
    struct Case: CustomStringConvertible {
        var description: String
        var bytes: [UInt8]
        var expected: [String]
        init(_ description: String, _ frames: [[UInt8]], _ expected: String...) {
            self.description = description
            bytes = frames.flatMap { $0 }
            self.expected = expected
        }
    }

    static let cases: [Case] = [
        Case("an empty text", [clientFrame(1)], "text "),
        Case("a text", [clientFrame(1, ascii("hello"))], "text hello"),
        Case("a binary", [clientFrame(2, [0, 255])], "binary [0, 255]"),
        Case(
            "a text of 126 bytes", [clientFrame(1, ascii(String(repeating: "a", count: 126)))],
            "text " + String(repeating: "a", count: 126)),
        Case(
            "a text of 65536 bytes", [clientFrame(1, ascii(String(repeating: "a", count: 65536)))],
            "text " + String(repeating: "a", count: 65536)),
        Case(
            "a text in pieces with a ping between them",
            [
                clientFrame(1, ascii("hel"), isFinal: false), clientFrame(9, ascii("p")),
                clientFrame(0, ascii("lo")),
            ], "ping p", "text hello"),
        Case(
            "a text whose character is cut by frames",
            [clientFrame(1, [0xC3], isFinal: false), clientFrame(0, [0xA9])], "text é"),
        Case(
            "empty pieces", [clientFrame(1, isFinal: false), clientFrame(0, isFinal: false), clientFrame(0)],
            "text "),
        Case(
            "a ping of 125 bytes", [clientFrame(9, ascii(String(repeating: "p", count: 125)))],
            "ping " + String(repeating: "p", count: 125)),
        Case("an unasked pong", [clientFrame(10, ascii("x"))], "pong x"),
        Case("a ping of 126 bytes", [clientFrame(9, ascii(String(repeating: "p", count: 126)))], "failed 1002"),
        Case("a ping in pieces", [clientFrame(9, isFinal: false)], "failed 1002"),
        Case("no mask", [clientFrame(1, ascii("a"), isMasked: false)], "failed 1002"),
        Case("reserved bit 1 without compression", [clientFrame(1, reserved: 4)], "failed 1002"),
        Case("reserved bit 2", [clientFrame(1, reserved: 2)], "failed 1002"),
        Case("reserved bit 3 on a ping", [clientFrame(9, reserved: 1)], "failed 1002"),
        Case("opcode 3", [clientFrame(3)], "failed 1002"),
        Case("opcode 11", [clientFrame(11)], "failed 1002"),
        Case("a continuation of nothing", [clientFrame(0)], "failed 1002"),
        Case("a text inside of a text", [clientFrame(1, isFinal: false), clientFrame(1)], "failed 1002"),
        Case("126 for a short length", [clientFrame(1, ascii("a"), lengthBytes: 2)], "failed 1002"),
        Case(
            "127 for a middle length", [clientFrame(1, ascii("a"), lengthBytes: 8, declared: 65535)], "failed 1002"),
        Case("a length with the top bit", [clientFrame(2, lengthBytes: 8, declared: 1 << 63)], "failed 1002"),
        Case("a length of 2^62", [clientFrame(2, lengthBytes: 8, declared: 1 << 62)], "failed 1009"),
        Case("a message beyond the limit", [clientFrame(2, declared: 1 << 21)], "failed 1009"),
        Case(
            "pieces beyond the limit together",
            [clientFrame(2, [UInt8](repeating: 0, count: 1 << 20), isFinal: false), clientFrame(0, [0])],
            "failed 1009"),
        Case("text that is not UTF-8", [clientFrame(1, [0xFF])], "failed 1007"),
        Case("a surrogate", [clientFrame(1, [0xED, 0xA0, 0x80])], "failed 1007"),
        Case("an overlong slash", [clientFrame(1, [0xC0, 0xAF])], "failed 1007"),
        Case("beyond the last character", [clientFrame(1, [0xF4, 0x90, 0x80, 0x80])], "failed 1007"),
        Case("a text that ends inside of a character", [clientFrame(1, [0xE2, 0x82])], "failed 1007"),
        Case(
            "bad text fails before its frame has ended",
            [Array(clientFrame(1, ascii("ab") + [0xFF] + ascii("abcdefghijkl")).dropLast(9))], "failed 1007"),
        Case("close without a code", [clientFrame(8)], "close 1005 "),
        Case("close with a reason", [clientFrame(8, [0x03, 0xE8] + ascii("bye"))], "close 1000 bye"),
        Case("close of one byte", [clientFrame(8, [3])], "failed 1002"),
        Case("close with bad text", [clientFrame(8, [0x03, 0xE8, 0xFF])], "failed 1007"),
        Case(
            "nothing counts after a close", [clientFrame(8, [0x03, 0xE8]), clientFrame(1, ascii("x"))],
            "close 1000 "),
        Case(
            "a close inside of a message", [clientFrame(1, isFinal: false), clientFrame(8, [0x0F, 0xA0])],
            "close 4000 "),
    ]

    @Test("frames give the same events in one piece, byte by byte and in pieces of seven", arguments: cases)
    func frames(_ example: Case) {
        #expect(decode([example.bytes]) == example.expected)
        if example.bytes.count < 70_000 { #expect(decode(example.bytes.map { [$0] }) == example.expected) }
        let sevens = stride(from: 0, to: example.bytes.count, by: 7).map {
            Array(example.bytes[$0..<min($0 + 7, example.bytes.count)])
        }
        #expect(decode(sevens) == example.expected)
    }

    @Test("close codes: those that may be sent, and no others")
    func closeCodes() {
        for code in [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
        ] as [UInt16] {
            #expect(decode([clientFrame(8, [UInt8(code >> 8), UInt8(code & 255)])]) == ["close \(code) "])
        }
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16] {
            #expect(decode([clientFrame(8, [UInt8(code >> 8), UInt8(code & 255)])]) == ["failed 1002"])
        }
    }

    @Test("UTF-8 is taken exactly as Swift takes it, in one piece and byte by byte")
    func utf8() {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let interesting: [UInt8] = [
            0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1,
            0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<random(12)).map { _ in interesting[random(interesting.count)] }
            let isText = String(validating: bytes, as: UTF8.self) != nil
            var whole = UTF8Validator()
            #expect((bytes.withUnsafeBytes { whole.take($0) } && whole.isComplete) == isText)
            var single = UTF8Validator()
            #expect(
                (bytes.allSatisfy { byte in [byte].withUnsafeBytes { single.take($0) } } && single.isComplete)
                    == isText)
        }
    }

    @Test("frames are written in the fewest bytes")
    func encoder() {
        #expect(WebSocketEncoder.frame(.text, ascii("hi")) == [0x81, 2] + ascii("hi"))
        #expect(WebSocketEncoder.header(.binary, count: 125) == [0x82, 125])
        #expect(WebSocketEncoder.header(.binary, count: 126) == [0x82, 126, 0, 126])
        #expect(WebSocketEncoder.header(.binary, count: 65535) == [0x82, 126, 255, 255])
        #expect(
            WebSocketEncoder.header(.text, count: 65536, isCompressed: true) == [0xC1, 127, 0, 0, 0, 0, 0, 1, 0, 0])
        let reason = WebSocketEncoder.closePayload(.goingAway, String(repeating: "é", count: 100))
        #expect(reason.count == 124 && String(validating: reason[2...], as: UTF8.self) != nil)
        #expect(WebSocketEncoder.closePayload(.abnormal, "x").isEmpty)
    }

    @Test("the accept value is that of RFC 6455")
    func handshake() throws {
        #expect(
            WebSocketHandshake.sha1(ascii("abc")).starts(with: [
                0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E,
            ]))
        #expect(
            WebSocketHandshake.base64(ascii("a")) == "YQ==" && WebSocketHandshake.base64(ascii("ab")) == "YWI="
                && WebSocketHandshake.base64(ascii("abc")) == "YWJj")
        func accept(_ fields: String, line: String = "GET /chat HTTP/1.1") throws -> String {
            var parser = HTTPRequestParser(limits: HTTPLimits())
            var position = 0
            guard case .head(let head) = parser.next(wire("\(line)\nHost: a\n\(fields)\n").span, &position) else {
                throw CancellationError()
            }
            return try WebSocketHandshake.accept(head)
        }
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
        let good = "Upgrade: WebSocket\nConnection: keep-alive, Upgrade\nSec-WebSocket-Version: 13\n"
        #expect(try accept(good + key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(throws: HTTPRefusal(400, "no proper Sec-WebSocket-Key")) { try accept(good) }
        #expect(throws: HTTPRefusal(400, "no proper Sec-WebSocket-Key")) { try accept(good + key + key) }
        #expect(throws: HTTPRefusal(400, "no proper Sec-WebSocket-Key")) {
            try accept(good + "Sec-WebSocket-Key: short\n")
        }
        #expect(throws: HTTPRefusal(426, "only version 13 of WebSocket is spoken here")) {
            try accept("Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 12\n" + key)
        }
        #expect(throws: HTTPRefusal.self) { try accept(key + "Connection: Upgrade\nSec-WebSocket-Version: 13\n") }
        #expect(throws: HTTPRefusal.self) { try accept(good + key, line: "POST /chat HTTP/1.1") }
        #expect(throws: HTTPRefusal.self) { try accept(good + key, line: "GET /chat HTTP/1.0") }
    }
}

private struct Quiet: WebSocketHandler {
    func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection) {}
}

@Suite("Messages are compressed as agreed")
struct PerMessageDeflateTests {
    func agree(
        _ offer: String, _ compression: WebSocketCompression = .keepingContext(leastBytes: 0), sheds: Bool = false
    ) -> String? {
        let upgrade = WebSocketUpgrade(
            Quiet(), whenFull: sheds ? .dropOldest { _ in [] } : .close, compression: compression)
        return DeflateAgreement(offers: ["sec-websocket-extensions": offer], upgrade)?.response
    }

    @Test("offers are taken, or left for the next one")
    func offers() {
        #expect(agree("permessage-deflate") == "permessage-deflate")
        #expect(agree("permessage-deflate; client_max_window_bits") == "permessage-deflate")
        #expect(
            agree("permessage-deflate; server_no_context_takeover")
                == "permessage-deflate; server_no_context_takeover")
        #expect(
            agree("permessage-deflate; server_max_window_bits=10")
                == "permessage-deflate; server_max_window_bits=10")
        #expect(
            agree("permessage-deflate; server_max_window_bits=\"9\"")
                == "permessage-deflate; server_max_window_bits=9")
        #expect(agree("permessage-deflate; server_max_window_bits=8, permessage-deflate") == "permessage-deflate")
        #expect(
            agree("x-webkit-deflate-frame, permessage-deflate;client_max_window_bits=12") == "permessage-deflate")
        for bad in [
            "permessage-deflate; unknown", "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=010", "permessage-deflate; client_no_context_takeover=1",
            "permessage-deflate; client_max_window_bits=7",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "deflate-frame", "",
        ] { #expect(agree(bad) == nil, "\(bad)") }
        #expect(agree("permessage-deflate", .off) == nil)
        #expect(
            agree("permessage-deflate", .perMessage(leastBytes: 0))
                == "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
        #expect(agree("permessage-deflate", sheds: true) == "permessage-deflate; server_no_context_takeover")
    }

    @Test("messages come back as they were, with and without memory of earlier ones")
    func roundTrip() throws {
        for keepsContext in [false, true] {
            let deflater = try #require(Deflater(level: 1, windowBits: -15))
            let inflater = MessageInflater(stream: try #require(Inflater()), keepsContext: keepsContext)
            var frames: [UInt8] = []
            let numbers = (0..<100).map { "\($0 * 7919)" }.joined(separator: " ")
            let texts = ["", "a", numbers, numbers, String(repeating: "é", count: 40_000)]
            var sizes: [Int] = []
            for text in texts {
                let packed = try #require(
                    ascii(text).withUnsafeBytes { deflater.message($0, keepsContext: keepsContext) })
                sizes.append(packed.count)
                frames += clientFrame(1, packed, reserved: 4)
            }
            #expect(decode([frames], inflater: inflater) == texts.map { "text \($0)" })
            #expect((sizes[3] < sizes[2] / 2) == keepsContext, "memory makes the repetition cheap")
        }
    }

    @Test("a bomb is refused at the limit, and damage is told from it")
    func bombs() throws {
        let deflater = try #require(Deflater(level: 9, windowBits: -15))
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        let packed = try #require(zeros.withUnsafeBytes { deflater.message($0, keepsContext: false) })
        #expect(packed.count < 20_000)
        let inflater = MessageInflater(stream: try #require(Inflater()), keepsContext: false)
        #expect(
            decode([clientFrame(2, packed, reserved: 4)], limit: 1 << 20, inflater: inflater) == ["failed 1009"])
        #expect(decode([clientFrame(2, [0xFF, 0xFF, 0xFF], reserved: 4)], inflater: inflater) == ["failed 1007"])
        #expect(
            decode(
                [clientFrame(1, ascii("a"), isFinal: false, reserved: 4), clientFrame(0, reserved: 4)],
                inflater: inflater) == ["failed 1002"])
        #expect(decode([clientFrame(9, reserved: 4)], inflater: inflater) == ["failed 1002"])
    }
}
