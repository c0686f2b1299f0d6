import Foundation
import Glibc
import Support
import Testing
import Values

/// A connection that speaks HTTP by hand, so that the server is not judged by the client that it is there to judge.
private final class Plain {
    let descriptor: Int32

    init(_ server: FaultServer) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(server.port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
    }

    deinit { close(descriptor) }

    func post(_ path: String, _ body: String, headers: String = "") {
        let text = "POST \(path) HTTP/1.1\r\nHost: x\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        _ = Array(text.utf8).withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// What comes until `mark` or the end; the error that ended it, 0 for none.
    func read(until mark: String? = nil) -> (text: String, error: Int32) {
        let (bytes, error) = bytes(until: mark)
        return (String(decoding: bytes, as: UTF8.self), error)
    }

    func bytes(until mark: String? = nil) -> (bytes: [UInt8], error: Int32) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while mark.map({ !String(decoding: bytes, as: UTF8.self).contains($0) }) ?? true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return (bytes, count < 0 ? errno : 0) }
            bytes += buffer[..<count]
        }
        return (bytes, 0)
    }
}

private let chat = "/a/v1/chat/completions"

@Suite("The server that misbehaves on purpose")
struct ModelServerTests {
    private func with(
        _ replies: [FaultReply], _ body: @escaping @Sendable (FaultServer) throws -> Void
    ) async throws {
        try await onThreadOfItsOwn {
            let server = try FaultServer()
            defer { server.stop() }
            server.script("a", replies)
            try body(server)
        }
    }

    @Test("replies are consumed in order, the last one repeats, and one connection serves several requests")
    func order() async throws {
        try await with([.error(503), .answer(FaultAnswer(["hi"]))]) { server in
            let client = try Plain(server)
            client.post(chat, "{}", headers: "X-One: 1\r\n")
            #expect(client.read(until: "wrong").text.hasPrefix("HTTP/1.1 503 "))
            for _ in 0..<2 {
                client.post(chat, #"{"stream":false}"#)
                let text = client.read(until: "\"total_tokens\":26}}").text
                #expect(text.contains("Content-Length: ") && text.contains(#""content":"hi""#))
            }
            let requests = server.requests("a")
            #expect(requests.count == 3 && requests.allSatisfy { $0.connection == 1 && $0.api == .openAI })
            #expect(requests[0].header("x-one") == "1" && requests[2].json["stream"] == false)
        }
    }

    @Test("both APIs are streamed when the request asks for it")
    func streams() async throws {
        try await with([.answer(FaultAnswer(["hi"], calls: [.init(fragments: ["{\"q\"", ":1}"])]))]) { server in
            let client = try Plain(server)
            client.post(chat, #"{"stream":true}"#)
            let openAI = client.read(until: "\r\n0\r\n\r\n").text
            #expect(openAI.contains("data: [DONE]") && openAI.contains(#""finish_reason":"tool_calls""#))
            client.post("/a/v1/messages", #"{"stream":true}"#)
            let anthropic = client.read(until: "\r\n0\r\n\r\n").text
            #expect(anthropic.contains("event: message_stop") && anthropic.contains(#""partial_json":":1}""#))
        }
    }

    @Test("a connection is reset, ended, or kept open in silence, as the reply says")
    func endings() async throws {
        try await with([
            .broken(.reset, afterEvents: 2), .broken(.finish, afterEvents: 2), .silent(.hang),
        ]) { server in
            var client = try Plain(server)
            client.post(chat, #"{"stream":true}"#)
            let (text, error) = client.read()
            #expect(error == ECONNRESET && text.contains("Hello") && !text.contains("wörld"))
            client = try Plain(server)
            client.post(chat, #"{"stream":true}"#)
            let (cut, none) = client.read()
            #expect(none == 0 && cut.contains("Hello") && !cut.contains("wörld"))
            client = try Plain(server)
            client.post(chat, "{}")
            while server.requests("a").count < 3 { usleep(500) }
            shutdown(client.descriptor, Int32(SHUT_RDWR))
            while server.departures("a") < 1 { usleep(500) }
        }
    }

    @Test("a gate holds a reply back until the test opens it")
    func gates() async throws {
        let gate = try FaultGate()
        let reply = FaultReply.raw([.hold(gate)] + FaultReply.response(200, [], [Array("late".utf8)]))
        try await with([reply]) { server in
            let client = try Plain(server)
            client.post(chat, "{}")
            while server.requests("a").isEmpty { usleep(500) }
            var nothing = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&nothing, 1, 20) == 0)
            gate.open()
            #expect(client.read(until: "late").text.hasSuffix("late"))
        }
    }

    @Test("what is compressed is gzip, and a bomb inflates to what it promises")
    func compression() async throws {
        let folder = try Folder()
        try await with([.gzipped(), .gzipBomb(bytes: 2 << 20)]) { server in
            for name in ["answer", "bomb"] {
                let client = try Plain(server)
                client.post(chat, "{}")
                shutdown(client.descriptor, Int32(SHUT_WR))
                let bytes = client.bytes().bytes
                let end = try #require(String(decoding: bytes, as: UTF8.self).range(of: "\r\n\r\n"))
                let head = String(decoding: bytes, as: UTF8.self)[..<end.lowerBound]
                #expect(head.contains("Content-Encoding: gzip"))
                try Data(bytes[(head.utf8.count + 4)...]).write(to: URL(fileURLWithPath: folder.file(name)))
            }
        }
        let answer = try await Operon.command(["/bin/sh", "-c", "gzip -dc < answer"], in: folder)
        #expect(answer.status == 0 && answer.output.contains("test-model"), "\(answer)")
        // Its checksum is wrong, which only who reads to the end finds out.
        let bomb = try await Operon.command(["/bin/sh", "-c", "gzip -dc < bomb"], in: folder)
        #expect(bomb.output.utf8.count >= 2 << 20 && bomb.output.allSatisfy { $0 == " " })
    }

    @Test("stopping ends connections that hang")
    func stopping() async throws {
        try await onThreadOfItsOwn {
            let server = try FaultServer()
            server.script("a", [.silent(.hang)])
            let client = try Plain(server)
            client.post(chat, "{}")
            while server.requests("a").isEmpty { usleep(500) }
            server.stop()
            #expect(client.read().text.isEmpty)
            server.stop()
        }
    }
}
