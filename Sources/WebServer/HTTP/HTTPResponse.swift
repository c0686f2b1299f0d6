public import Values

/// What a handler answers.
public struct HTTPResponse: Sendable {
    /// How the body comes about.
    public enum Body: Sendable {
        /// All of it at once.
        case bytes([UInt8])
        /// A file held in memory, with its entity tag and its compressed form.
        case asset(HTTPAsset)
        /// Piece by piece. The closure runs in the request's own task, which is cancelled when the client has gone.
        case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
        /// Server-sent events, likewise. The server adds the fields and, in silence, comments that keep proxies awake.
        case events(@Sendable (EventWriter) async throws -> Void)
        /// The connection becomes a WebSocket, if the client has asked for one; otherwise it is told so (426).
        case webSocket(WebSocketUpgrade)
    }

    /// The status, 200 to 599.
    public var status: Int
    /// The header fields. `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are the server's business.
    public var fields: HTTPFields
    /// The body.
    public var body: Body

    /// Makes a response.
    public init(status: Int = 200, fields: HTTPFields = HTTPFields(), body: Body = .bytes([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Plain text.
    public static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, fields: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    /// A JSON value.
    public static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, fields: ["Content-Type": "application/json"], body: .bytes(value.bytes()))
    }

    /// An error in the shape of the wire: `{"error":{"code","message","hint","at"}}`.
    public static func error(_ error: OperonError, status: Int) -> HTTPResponse {
        .json(["error": error.json], status: status)
    }

    /// A file held in memory.
    public static func asset(_ asset: HTTPAsset) -> HTTPResponse { HTTPResponse(body: .asset(asset)) }

    /// Server-sent events; see ``Body/events(_:)``.
    public static func events(_ produce: @escaping @Sendable (EventWriter) async throws -> Void) -> HTTPResponse {
        HTTPResponse(body: .events(produce))
    }

    /// A WebSocket; see ``Body/webSocket(_:)``.
    public static func webSocket(_ upgrade: WebSocketUpgrade) -> HTTPResponse {
        HTTPResponse(status: 101, body: .webSocket(upgrade))
    }
}

/// A file held in memory: its bytes, its entity tag, and its gzip form, made once.
public final class HTTPAsset: Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// The media type, with its charset where it has one.
    public let contentType: String
    /// `Cache-Control`. `no-cache` lets it be kept and asked for again with its tag.
    public let cacheControl: String
    /// The strong entity tag, of the content's SHA-256.
    public let entityTag: String
    /// The gzip form; nil where it saves nothing.
    let gzip: [UInt8]?

    /// Holds `bytes` as a file of `contentType`.
    public init(_ bytes: [UInt8], contentType: String, cacheControl: String = "no-cache") {
        self.bytes = bytes
        self.contentType = contentType
        self.cacheControl = cacheControl
        entityTag = "\"" + SHA256Digest.hex(bytes).prefix(32) + "\""
        let packed = ContentCoding.isCompressible(contentType) ? ContentCoding.gzip(bytes, level: 9) : nil
        gzip = packed.flatMap { $0.count < bytes.count - bytes.count / 16 ? $0 : nil }
    }
}

/// The phrase behind a status (RFC 9110, section 15).
func reasonPhrase(_ status: Int) -> String {
    switch status {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 417: "Expectation Failed"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
}
