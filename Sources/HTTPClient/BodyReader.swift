/// The reading end of a body. When the last reference to it goes, the transfer is given up.
final class BodyReader: Sendable {
    private let transfer: Transfer
    /// Keeps the engine alive while somebody may read.
    private let engine: HTTPEngine

    init(_ transfer: Transfer, keeping engine: HTTPEngine) {
        self.transfer = transfer
        self.engine = engine
    }

    deinit { transfer.giveUp() }

    func cancel() { transfer.giveUp() }

    /// Lets the rest come unread, and returns when it has or has been given up.
    func finish() async {
        transfer.letFinish()
        _ = await wait()
    }

    /// All bytes that have come since the last call; nil at the end.
    func next() async throws(HTTPFailure) -> [UInt8]? {
        while true {
            if Task.isCancelled {
                transfer.giveUp()
                throw .cancelled(isRequested: true)
            }
            switch transfer.take() {
            case .bytes(let bytes): return bytes
            case .end: return nil
            case .failed(let failure): throw failure
            case .nothing: break
            }
            guard await wait() else {
                throw HTTPFailure(.badRequest, "a body has one reader at a time")
            }
        }
    }

    /// Returns when there is something to take; false when somebody else waits for it already.
    private func wait() async -> Bool {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
                switch transfer.waitForBytes(continuation) {
                case .registered: break
                case .needless: continuation.resume(returning: true)
                case .taken: continuation.resume(returning: false)
                }
            }
        } onCancel: {
            transfer.giveUp()
        }
    }
}
