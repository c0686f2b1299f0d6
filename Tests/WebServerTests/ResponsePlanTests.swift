import Testing

@testable import WebServer

@Suite("Responses are planned from values")
struct ResponsePlanTests {
    let asset = HTTPAsset(
        Array(String(repeating: "0123456789", count: 500).utf8), contentType: "text/css; charset=utf-8")

    func head(_ text: String) throws -> HTTPRequestHead {
        var parser = HTTPRequestParser(limits: HTTPLimits())
        var position = 0
        guard case .head(let head) = parser.next(wire(text).span, &position) else { throw CancellationError() }
        return head
    }

    func plan(_ response: HTTPResponse, _ fields: String = "", method: String = "GET", version: String = "1.1")
        throws -> ResponsePlan
    {
        let request = try head("\(method) / HTTP/\(version)\nHost: a\n\(fields)\n")
        return ResponsePlan(response, to: request, date: "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    func has(_ plan: ResponsePlan, _ line: String) -> Bool {
        String(decoding: plan.head, as: UTF8.self).split(separator: "\r\n").contains { $0 == line }
    }

    @Test("a whole body has its length, and HEAD has the length without the body")
    func length() throws {
        let whole = try plan(.text("hello"))
        #expect(
            has(whole, "HTTP/1.1 200 OK") && has(whole, "Content-Length: 5") && whole.body == Array("hello".utf8)
                && whole.keepsAlive)
        let head = try plan(.text("hello"), method: "HEAD")
        #expect(has(head, "Content-Length: 5") && head.body.isEmpty)
        let none = try plan(HTTPResponse(status: 204))
        #expect(none.body.isEmpty && !String(decoding: none.head, as: UTF8.self).contains("Content-Length"))
    }

    @Test("a stream is chunked, and in HTTP/1.0 ended by closing")
    func streams() throws {
        let stream = HTTPResponse(body: .stream { _ in })
        let chunked = try plan(stream)
        #expect(chunked.framing == .chunked && chunked.keepsAlive && has(chunked, "Transfer-Encoding: chunked"))
        let old = try plan(stream, "Connection: keep-alive\n", version: "1.0")
        #expect(old.framing == .untilClose && !old.keepsAlive && has(old, "Connection: close"))
        let head = try plan(stream, method: "HEAD")
        #expect(!head.isStream && has(head, "Transfer-Encoding: chunked"))
    }

    @Test("a known entity tag gives 304, also when it is weak, in a list, or of the compressed form")
    func notModified() throws {
        let tag = asset.entityTag
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*", tag.dropLast() + "-gzip\""] {
            let plan = try plan(.asset(asset), "If-None-Match: \(known)\n")
            #expect(plan.status == 304 && plan.body.isEmpty && has(plan, "ETag: \(tag)"), "\(known)")
        }
        #expect(try plan(.asset(asset), "If-None-Match: \"other\"\n").status == 200)
        #expect(try plan(.asset(asset), "If-None-Match: *\n", method: "POST").status == 200)
    }

    @Test(
        "ranges",
        arguments: [
            ("bytes=0-0", 206, "0-0"), ("bytes=4990-", 206, "4990-4999"), ("bytes=-10", 206, "4990-4999"),
            ("bytes=-99999", 206, "0-4999"), ("bytes=10-99999", 206, "10-4999"), ("bytes=5000-", 416, "*"),
            ("bytes=-0", 416, "*"),
            ("bytes=5-4", 200, ""), ("bytes=a-b", 200, ""), ("bytes=0-1,5-6", 200, ""), ("lines=1-2", 200, ""),
            ("bytes=99999999999999999999-", 200, ""),
        ])
    func ranges(_ range: String, _ status: Int, _ part: String) throws {
        let plan = try plan(.asset(asset), "Range: \(range)\n")
        #expect(plan.status == status)
        if status != 200 { #expect(has(plan, "Content-Range: bytes \(part)/5000")) }
        if status == 206 {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            #expect(plan.body == Array(asset.bytes[ends[0]...ends[1]]))
        }
    }

    @Test("a range holds only for the version that If-Range names")
    func ifRange() throws {
        #expect(try plan(.asset(asset), "Range: bytes=0-1\nIf-Range: \(asset.entityTag)\n").status == 206)
        #expect(try plan(.asset(asset), "Range: bytes=0-1\nIf-Range: \"old\"\n").status == 200)
        #expect(try plan(.asset(asset), "Range: bytes=0-1\nIf-Range: W/\(asset.entityTag)\n").status == 200)
    }

    @Test("what is worth it goes compressed to whom wants it, under another tag")
    func compression() throws {
        let packed = try plan(.asset(asset), "Accept-Encoding: br, gzip;q=0.5\n")
        #expect(packed.body.starts(with: [0x1F, 0x8B]) && packed.body.count < 200)
        #expect(has(packed, "Content-Encoding: gzip") && has(packed, "Vary: Accept-Encoding"))
        #expect(has(packed, "ETag: \(asset.entityTag.dropLast())-gzip\""))
        for unwanted in ["", "Accept-Encoding: br\n", "Accept-Encoding: gzip;q=0\n", "Accept-Encoding: *;q=0\n"] {
            let plain = try plan(.asset(asset), unwanted)
            #expect(plain.body == asset.bytes && has(plain, "Vary: Accept-Encoding"))
        }
        #expect(try plan(.text("short"), "Accept-Encoding: gzip\n").body == Array("short".utf8))
        let picture = HTTPResponse(fields: ["Content-Type": "image/png"], body: .bytes(asset.bytes))
        #expect(try plan(picture, "Accept-Encoding: gzip\n").body == asset.bytes)
    }

    @Test("a field that would break the wire, or a status that is none, gives 500 and nothing of it")
    func injection() throws {
        for response in [
            HTTPResponse(fields: ["X": "a\r\nSet-Cookie: b"]), HTTPResponse(fields: ["X\r\n": "a"]),
            HTTPResponse(fields: ["X": "a\0"]),
            HTTPResponse(status: 99), HTTPResponse(status: 101),
        ] {
            let plan = try plan(response)
            #expect(plan.status == 500 && !String(decoding: plan.head, as: UTF8.self).contains("Set-Cookie"))
        }
        let own = try plan(HTTPResponse(fields: ["content-length": "7", "Transfer-Encoding": "chunked"]))
        #expect(has(own, "Content-Length: 0") && !has(own, "Transfer-Encoding: chunked"))
    }

    @Test("dates are those of HTTP")
    func dates() {
        #expect(DateField.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(DateField.format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(DateField.format(1_709_164_800) == "Thu, 29 Feb 2024 00:00:00 GMT")
    }

    @Test("an event's line breaks stay inside of it")
    func events() {
        func text(_ event: ServerEvent) -> String {
            var bytes: [UInt8] = []
            event.write(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(
            text(ServerEvent(id: "7", event: "tick", data: "a\nb\r\nc\rd"))
                == "id: 7\nevent: tick\ndata: a\ndata: b\ndata: c\ndata: d\n\n")
        #expect(text(ServerEvent(data: "")) == "data: \n\n")
        #expect(
            text(ServerEvent(id: "1\ndata: x", event: "a\rb", data: "y\n"))
                == "id: 1\nevent: a\ndata: y\ndata: \n\n")
    }
}
