/// How much a client may send, and the server's answer to more of it.
public struct HTTPLimits: Sendable, Hashable {
    /// Bytes of the request line. Defaults to 8 KiB; more is answered with 414.
    public var requestLineBytes: Int
    /// Bytes of the request line and all header fields together. Defaults to 32 KiB; more is answered with 431.
    public var headerBytes: Int
    /// Number of header fields. Defaults to 100; more is answered with 431.
    public var headerCount: Int
    /// Bytes of the body, unless ``WebServer/Configuration/admit`` says otherwise. Defaults to 1 MiB; more is answered with 413.
    public var bodyBytes: Int
    /// Bytes that chunked coding spends on sizes, extensions and trailers in one body, beside 16 per chunk of data.
    /// Defaults to 16 KiB; more is answered with 400.
    public var chunkOverheadBytes: Int

    /// Makes limits.
    public init(
        requestLineBytes: Int = 8 << 10, headerBytes: Int = 32 << 10, headerCount: Int = 100,
        bodyBytes: Int = 1 << 20,
        chunkOverheadBytes: Int = 16 << 10
    ) {
        self.requestLineBytes = requestLineBytes
        self.headerBytes = headerBytes
        self.headerCount = headerCount
        self.bodyBytes = bodyBytes
        self.chunkOverheadBytes = chunkOverheadBytes
    }
}

/// Why a request is no request, with the status that says so. The text repeats nothing of what was sent.
package struct HTTPRefusal: Error, Hashable {
    package var status: Int
    package var reason: String

    package init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
