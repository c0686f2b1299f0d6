/// A request. Its URL and body may hold secrets, so it has no description.
public struct HTTPRequest: Sendable {
    /// The absolute URL, `http` or `https`.
    public var url: String
    /// The method. Defaults to `POST`.
    public var method: String
    /// The headers, in order. A name or value with a line break is refused.
    public var headers: [HTTPHeader]
    /// The body.
    public var body: [UInt8]
    /// How long and how much.
    public var limits: HTTPLimits

    /// Makes a request.
    public init(
        url: String, method: String = "POST", headers: [HTTPHeader] = [], body: [UInt8] = [],
        limits: HTTPLimits = HTTPLimits()
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
        self.limits = limits
    }
}

/// One header.
public struct HTTPHeader: Sendable, Hashable {
    /// The name; compared without regard to case.
    public var name: String
    /// The value, without spaces around it.
    public var value: String

    /// Makes a header.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// How long a request may take and how much may come back.
public struct HTTPLimits: Sendable, Hashable {
    /// Name lookup, TCP and TLS together. Defaults to 10 s.
    public var connect: Duration
    /// The longest pause before the first byte and between bytes, while the reader is ready for them. Defaults to 60 s.
    public var idle: Duration
    /// The whole, from the call to the last byte. Defaults to 120 s.
    public var total: Duration
    /// Bytes of all response headers together. Defaults to 64 KiB.
    public var headerBytes: Int
    /// Bytes of the body after decompression. Defaults to 64 MiB.
    public var bodyBytes: Int

    /// Makes limits.
    public init(
        connect: Duration = .seconds(10), idle: Duration = .seconds(60), total: Duration = .seconds(120),
        headerBytes: Int = 64 << 10, bodyBytes: Int = 64 << 20
    ) {
        self.connect = connect
        self.idle = idle
        self.total = total
        self.headerBytes = headerBytes
        self.bodyBytes = bodyBytes
    }
}

/// The head of a response, and its body as it comes.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: Int
    /// The headers in order of arrival.
    public var headers: [HTTPHeader]
    /// The body. Whoever does not read it to its end cancels it.
    public var body: HTTPBody

    /// Makes a response.
    public init(status: Int, headers: [HTTPHeader], body: HTTPBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// A body that arrives piece by piece. Reading slowly slows the sender down: no more than a fixed number of bytes is
/// held for a reader.
public struct HTTPBody: Sendable {
    // Closures stand inside a struct, so that they keep their form wherever it is stored.
    private let read: @Sendable () async throws(HTTPFailure) -> [UInt8]?
    private let stop: @Sendable () -> Void
    private let drain: @Sendable () async -> Void

    /// A body that is read through `read`, which returns nil at the end, and given up through `cancel`; `finish` lets
    /// the rest come.
    public init(
        read: @escaping @Sendable () async throws(HTTPFailure) -> [UInt8]?,
        cancel: @escaping @Sendable () -> Void = {}, finish: (@Sendable () async -> Void)? = nil
    ) {
        self.read = read
        stop = cancel
        drain = finish ?? { cancel() }
    }

    /// Everything that has arrived since the last call, at least one byte; nil at the end. One reader at a time.
    /// When the task is cancelled the transfer is given up at once and the failure is `cancelled`.
    public func next() async throws(HTTPFailure) -> [UInt8]? { try await read() }

    /// Lets the rest come unread, so that the connection can be used again, and returns when it has: for 50 ms and
    /// 64 KiB at most, after which it is given up.
    public func finish() async { await drain() }

    /// Gives the rest up and frees the connection. After the end it does nothing.
    public func cancel() { stop() }

    /// The rest as a whole; more than `limit` bytes fail with `tooLarge`.
    public func collect(limit: Int) async throws(HTTPFailure) -> [UInt8] {
        var whole: [UInt8] = []
        while let piece = try await next() {
            if whole.count + piece.count > limit {
                cancel()
                throw HTTPFailure(.tooLarge, "the response has more than \(limit) bytes")
            }
            whole += piece
        }
        return whole
    }
}

/// A request that brought no response, or a response that broke off. The text holds no URL, header or body.
public struct HTTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request is no request: a bad URL, a line break in a header, another scheme.
        case badRequest = "bad_request"
        /// No connection: name lookup, refused, unreachable, proxy.
        case connect
        /// TLS: handshake, certificate.
        case tls
        /// Connecting took longer than ``HTTPLimits/connect``.
        case connectTimeout = "connect_timeout"
        /// No byte for longer than ``HTTPLimits/idle``.
        case idleTimeout = "idle_timeout"
        /// The whole took longer than ``HTTPLimits/total``.
        case totalTimeout = "total_timeout"
        /// The connection broke before the response was complete.
        case reset
        /// What answers does not speak HTTP, or breaks its rules.
        case `protocol`
        /// More header or body bytes than allowed.
        case tooLarge = "too_large"
        /// The caller gave it up.
        case cancelled
        /// The engine has been stopped.
        case stopped
    }

    /// What kind.
    public var kind: Kind
    /// What is wrong.
    public var message: String
    /// Whether the request is known to have reached nobody: no byte of it was sent.
    public var isUnsent: Bool

    /// Makes a failure.
    public init(_ kind: Kind, _ message: String, isUnsent: Bool = false) {
        self.kind = kind
        self.message = message
        self.isUnsent = isUnsent
    }

    /// `kind: message`
    public var description: String { "\(kind.rawValue): \(message)" }
}

/// Sends requests. ``HTTPEngine`` is the real one; tests hand in their own.
public protocol HTTPSender: Sendable {
    /// Sends `request` and returns when the head of the response is there, whatever its status. Redirects are
    /// responses like any other: they are never followed.
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}
