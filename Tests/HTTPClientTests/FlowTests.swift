import Glibc
import HTTPClient
import Support
import Testing

@Suite("Backpressure")
struct FlowTests {
    @Test("a slow reader slows the server down, and then gets every byte in order")
    func backpressure() async throws {
        let total = 64 << 20
        let full = Event()
        let sent = Counter()
        let server = ScriptedServer { connection, _ in
            guard connection.request() != nil else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            for number in 0..<(total / piece.count) {
                for index in stride(from: 0, to: piece.count, by: 4096) {
                    piece[index] = UInt8(truncatingIfNeeded: number)
                    piece[index + 1] = UInt8(truncatingIfNeeded: number >> 8)
                    piece[index + 2] = UInt8(truncatingIfNeeded: index >> 12)
                }
                // No room for half a second: the reader holds us back.
                var ready = pollfd(fd: connection.descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&ready, 1, 500) == 0 { full.happen() }
                if !connection.send(piece) { return }
                sent.increment(by: piece.count)
            }
            connection.waitForEnd()
        }
        let engine = HTTPEngine(HTTPConfiguration(unreadBytes: 128 << 10))
        let response = try await engine.send(HTTPRequest(url: server.url()))
        await full.wait()
        // What the kernel's buffers hold, and little more.
        #expect(sent.value < 24 << 20)
        var at = 0
        var wrong = 0
        var largest = 0
        while let piece = try await response.body.next() {
            largest = max(largest, piece.count)
            var index = (4096 - at % 4096) % 4096
            while index + 2 < piece.count {
                let number = (at + index) / (64 << 10)
                if piece[index] != UInt8(truncatingIfNeeded: number)
                    || piece[index + 1] != UInt8(truncatingIfNeeded: number >> 8)
                    || piece[index + 2] != UInt8(truncatingIfNeeded: ((at + index) % (64 << 10)) >> 12)
                {
                    wrong += 1
                }
                index += 4096
            }
            at += piece.count
        }
        #expect(at == total)
        #expect(wrong == 0)
        // Never more was held than the mark and one read of the library.
        #expect(largest <= (128 + 64) << 10)
        await engine.stop()
    }
}
