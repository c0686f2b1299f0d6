internal import Services

/// Sends HTTP requests through libcurl: one thread for all of them, connections kept and shared, bodies streamed.
///
/// It starts with the first request. ``stop()`` ends it; so does dropping it together with every body it has given.
public final class HTTPEngine: HTTPSender, Sendable {
    private let configuration: HTTPConfiguration
    private let loop: CurlLoop
    private let thread = BlockingThread()

    /// Makes an engine. Nothing is opened yet.
    public init(_ configuration: HTTPConfiguration = .init()) {
        self.configuration = configuration
        let loop = CurlLoop(configuration)
        self.loop = loop
        if !thread.post({ loop.run() }) { loop.stop() }
    }

    deinit { loop.stop() }

    /// Sends `request` and returns when the head of the response is there, whatever its status.
    ///
    /// A request is sent once. Only when a kept connection turns out to be dead before the first byte of an answer, and
    /// the method is one that may be repeated (RFC 9110, section 9.2.2), is it sent again on a fresh one.
    public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
        let transfer = try Transfer(request, configuration, loop)
        await withTaskCancellationHandler {
            _ = await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
                if transfer.waitForHead(continuation) {
                    loop.post(.start(transfer))
                } else {
                    continuation.resume(returning: true)
                }
            }
        } onCancel: {
            transfer.giveUp()
        }
        let head = try transfer.takeHead()
        let reader = BodyReader(transfer, keeping: self)
        return HTTPResponse(
            status: head.status, headers: head.headers,
            body: HTTPBody(
                read: { () async throws(HTTPFailure) in try await reader.next() }, cancel: { reader.cancel() },
                finish: { await reader.finish() }))
    }

    /// Ends every transfer with the failure `stopped`, closes the connections and returns when the thread has ended.
    /// Requests sent afterwards fail with `stopped`.
    public func stop() async {
        loop.stop()
        await thread.stop()
    }
}
