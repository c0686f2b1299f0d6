/// The requests of one connection, one after the other: what is being read, and what is being answered.
final class HTTPExchange {
    /// What the connection waits for; each but the first and the last has a deadline of its own.
    enum Stage: Hashable {
        case none
        case idle
        case head
        case body
        case busy
    }

    var parser: HTTPRequestParser
    var stage = Stage.none
    /// Whether bytes are being taken apart right now, further up in the same call.
    var isReading = false
    /// The head whose body is being read.
    var head: HTTPRequestHead?
    var body: [UInt8] = []
    /// Whether a request is being answered. What comes meanwhile waits.
    var isBusy = false
    /// Bytes of later requests.
    var leftover: [UInt8] = []
    /// Whether the connection ends with the response that is being written.
    var closesAfter = false
    /// The response that comes piece by piece.
    var writer: HTTPBodyWriter?
    var isChunked = false
    /// Bytes of the response that were added so far, as the writer counts them.
    private var appended = 0

    init(_ limits: HTTPLimits) { parser = HTTPRequestParser(limits: limits) }

    /// A piece of the stream has been added.
    func count(_ bytes: Int) { appended += bytes }

    /// Tells the writer how much has gone out, when `waiting` bytes have not.
    func acknowledge(waiting: Int) { writer?.acknowledge(appended - min(appended, waiting)) }

    /// Makes ready for the next request.
    func finish() {
        writer = nil
        isBusy = false
        appended = 0
    }
}
