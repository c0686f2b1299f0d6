import HTTPClient
import Synchronization
import Testing

@Suite("HTTP messages")
struct HTTPMessagesTests {
    @Test("a header is found whatever the case of its name, and the first of several counts")
    func headerLookup() {
        let response = HTTPResponse(
            status: 200, headers: [HTTPHeader("Retry-After", "1"), HTTPHeader("retry-after", "2")],
            body: HTTPBody(read: { () throws(HTTPFailure) in nil }))
        #expect(response.header("RETRY-AFTER") == "1")
        #expect(response.header("x-other") == nil)
    }

    @Test("a body that is larger than the limit is given up, and the failure says so")
    func collectLimit() async {
        let pieces = Mutex<[[UInt8]]>([[1, 2], [3, 4]])
        let cancelled = Mutex(false)
        let body = HTTPBody(
            read: { () throws(HTTPFailure) in pieces.withLock { $0.isEmpty ? nil : $0.removeFirst() } },
            cancel: { cancelled.withLock { $0 = true } })
        do throws(HTTPFailure) {
            _ = try await body.collect(limit: 3)
            Issue.record("four bytes fit into three")
        } catch { #expect(error.kind == .tooLarge) }
        #expect(cancelled.withLock { $0 })
    }
}
