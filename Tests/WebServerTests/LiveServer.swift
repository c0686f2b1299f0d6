import Glibc
import Services
import Support
import Testing
import Values

@testable import WebServer

/// Runs a server on a free port while `body` talks to it from a thread of its own; the server has threads of its own, too.
func withServer(
    _ configure: (inout WebServer.Configuration) -> Void = { _ in },
    _ handler: @escaping @Sendable (WebServer, HTTPRequest) async -> HTTPResponse,
    _ body: @escaping @Sendable (WebServer, Int) throws -> Void
) async throws {
    var configuration = WebServer.Configuration()
    configuration.lingerTimeout = .milliseconds(200)
    // A ping in between would have to be told from what a test waits for.
    configuration.pingInterval = .seconds(3600)
    configuration.drainTimeout = .seconds(5 * slowFactor)
    configure(&configuration)
    final class Holder: Sendable {
        // nonisolated(unsafe) because it is set before the server runs.
        nonisolated(unsafe) weak var server: WebServer?
    }
    let holder = Holder()
    let server = try WebServer(configuration) { request in
        guard let server = holder.server else { return HTTPResponse(status: 503) }
        return await handler(server, request)
    }
    holder.server = server
    let port = try server.bind()
    let pool = ThreadPoolExecutor(threads: 2)
    defer { pool.stop() }
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: pool) { try await server.run() }
        do {
            try await onThreadOfItsOwn { try body(server, port) }
        } catch {
            server.shutDown()
            throw error
        }
        server.shutDown()
        try await group.waitForAll()
    }
}

/// What goes wrong on the client's side.
struct ClientFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// A client that speaks plain bytes and waits 10 s for an answer.
final class RawClient {
    let fd: Int32
    private var buffer: [UInt8] = []

    init(_ port: Int, receiveBytes: Int32? = nil) throws {
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 10 * slowFactor, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBytes { setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receiveBytes, 4) }
        var one: Int32 = 1
        setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { throw ClientFailure("connect: \(String(cString: strerror(errno)))") }
    }

    deinit { close(fd) }

    /// Sends all of it; false when the server has gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            start += count
        }
        return true
    }

    /// Sends a text with `\n` for CR LF.
    @discardableResult
    func send(_ text: String) -> Bool { send(wire(text)) }

    /// Says that nothing more will be sent.
    func endSending() { shutdown(fd, Int32(SHUT_WR)) }

    /// Whether more came; false at the end. Throws when nothing comes in time.
    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 65536)
        let count = recv(fd, &piece, piece.count, 0)
        if count > 0 { buffer += piece[..<count] }
        if count < 0 && (errno == EAGAIN || errno == EINTR) { throw ClientFailure("nothing came in time") }
        return count > 0
    }

    /// The next `count` bytes; fewer at the end.
    func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { if try !fill() { break } }
        let taken = Array(buffer.prefix(count))
        buffer.removeFirst(taken.count)
        return taken
    }

    /// The next line, without its CR LF; nil at the end.
    func line() throws -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[..<end]
                buffer.removeFirst(end + 1)
                return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            }
            if try !fill() { return nil }
        }
    }

    /// All that still comes.
    func rest() throws -> [UInt8] {
        while try fill() {}
        defer { buffer = [] }
        return buffer
    }

    struct Answer {
        var status: Int
        var fields: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// The next response. `hasBody` is false for the answer to HEAD.
    func answer(hasBody: Bool = true) throws -> Answer {
        guard let first = try line(), first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else {
            throw ClientFailure("no status line")
        }
        var fields: [String: String] = [:]
        while let line = try line(), !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw ClientFailure("no field: \(line)") }
            fields[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
        }
        var answer = Answer(status: status, fields: fields, body: [])
        if !hasBody || status < 200 || status == 204 || status == 304 { return answer }
        if fields["transfer-encoding"] == "chunked" {
            while true {
                guard let size = try line().flatMap({ Int($0, radix: 16) }) else {
                    throw ClientFailure("no chunk size")
                }
                answer.body += try read(size)
                guard try line() == "" else { throw ClientFailure("a chunk does not end") }
                if size == 0 { return answer }
            }
        }
        if let length = fields["content-length"].flatMap({ Int($0) }) {
            answer.body = try read(length)
            if answer.body.count < length { throw ClientFailure("the body is cut off") }
        } else {
            answer.body = try rest()
        }
        return answer
    }

    // MARK: WebSocket

    /// Opens a WebSocket; gives the response.
    @discardableResult
    func upgrade(_ path: String, _ fields: String = "") throws -> Answer {
        send(
            "GET \(path) HTTP/1.1\nHost: 127.0.0.1\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\(fields)\n")
        let answer = try answer()
        if answer.status == 101, answer.fields["sec-websocket-accept"] != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
            throw ClientFailure("a wrong accept value")
        }
        return answer
    }

    struct Frame: Hashable {
        var opcode: UInt8
        var payload: [UInt8]
        var isFinal = true
        var reserved: UInt8 = 0
        var text: String { String(decoding: payload, as: UTF8.self) }
        /// The code of a close frame.
        var code: Int { payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1]) }
    }

    /// The next frame; nil at the end.
    func frame() throws -> Frame? {
        let head = try read(2)
        guard head.count == 2 else { return nil }
        if head[1] & 0x80 != 0 { throw ClientFailure("the server masks") }
        var count = Int(head[1])
        if count >= 126 { count = try read(count == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
        let payload = try read(count)
        guard payload.count == count else { return nil }
        return Frame(
            opcode: head[0] & 15, payload: payload, isFinal: head[0] & 0x80 != 0, reserved: head[0] >> 4 & 7)
    }

    /// Sends a text message.
    @discardableResult
    func say(_ text: String) -> Bool { send(clientFrame(1, Array(text.utf8))) }
}

/// Sends back what comes.
struct EchoHandler: WebSocketHandler {
    func onText(_ text: Span<UInt8>, _ connection: WebSocketConnection) {
        connection.send(SharedFrame(text: text.array))
    }
    func onBinary(_ bytes: Span<UInt8>, _ connection: WebSocketConnection) {
        connection.send(SharedFrame(binary: bytes.array))
    }
}

/// Waits until `condition` holds, 10 s at most. For what another thread does and tells nobody.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<(5000 * slowFactor) {
        if try condition() { return }
        usleep(2000)
    }
    throw ClientFailure("not in time: \(what)")
}
