/// The head of a request, checked: what is known before its body.
public struct HTTPRequestHead: Sendable {
    /// The method, as it was sent.
    public let method: String
    /// The path and the query.
    public let target: HTTPTarget
    /// The header fields, names in lower case.
    public let fields: HTTPFields
    /// The host that was asked for, with its port if one was named; empty only in HTTP/1.0.
    public let host: String
    /// The minor version of HTTP/1: 0 or 1.
    public let minorVersion: Int
    /// The address of the client, numeric, without its port.
    public internal(set) var peer = ""
    /// Whether the request came over TLS.
    public internal(set) var isSecure = false

    let framing: HTTPBodyFraming
    let expectsContinue: Bool

    /// The decoded path.
    public var path: String { target.path }

    /// Whether the connection stays open after the response, as far as the client is concerned.
    var keepsAlive: Bool {
        if fields.contains("close", in: "connection") { return false }
        return minorVersion == 1 || fields.contains("keep-alive", in: "connection")
    }
}

/// How the end of a request's body is found.
enum HTTPBodyFraming: Hashable {
    case none
    case length(Int)
    case chunked
}

/// A request that is complete.
public struct HTTPRequest: Sendable {
    /// The head.
    public var head: HTTPRequestHead
    /// The body, without its transfer coding.
    public var body: [UInt8]
    /// What came behind a chunked body.
    public var trailers: HTTPFields

    /// Makes a request.
    public init(head: HTTPRequestHead, body: [UInt8] = [], trailers: HTTPFields = HTTPFields()) {
        self.head = head
        self.body = body
        self.trailers = trailers
    }

    /// The method, as it was sent.
    public var method: String { head.method }
    /// The decoded path.
    public var path: String { head.target.path }
    /// The header fields, names in lower case.
    public var fields: HTTPFields { head.fields }
}
