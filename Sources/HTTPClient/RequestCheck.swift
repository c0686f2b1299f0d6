internal import CCurl

/// What a request must be before libcurl sees it. Messages say what is wrong and repeat nothing of the request.
struct RequestCheck {
    /// Headers that frame the message or steer the connection: they are the engine's business, and a second opinion
    /// about the length of a body is how requests are smuggled (RFC 9112, section 11.2).
    static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// Whether the URL asks for TLS.
    let isSecure: Bool

    /// Throws `badRequest` for a URL, method or header that must not be sent.
    init(_ request: HTTPRequest) throws(HTTPFailure) {
        isSecure = try Self.checkURL(request.url)
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(Self.isToken) else {
            throw Self.refusal("the method is no HTTP token")
        }
        // CONNECT and TRACE have a meaning to proxies that no caller here can want.
        guard request.method != "CONNECT", request.method != "TRACE" else {
            throw Self.refusal("the method \(request.method) is not offered")
        }
        for header in request.headers { try Self.checkHeader(header) }
    }

    private static func checkHeader(_ header: HTTPHeader) throws(HTTPFailure) {
        guard !header.name.isEmpty, header.name.utf8.allSatisfy(isToken) else {
            throw refusal("a header's name holds other characters than RFC 9110, section 5.6.2, allows")
        }
        // A line break would start another header, and a NUL would end the text early.
        guard header.value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
            throw refusal("a header's value holds a line break or another control character")
        }
        guard !reserved.contains(header.name.lowercased()) else {
            throw refusal("the header \(header.name.lowercased()) is set by the engine alone")
        }
    }

    private static func checkURL(_ text: String) throws(HTTPFailure) -> Bool {
        guard !text.utf8.contains(0), let url = curl_url() else { throw refusal("the URL is no URL") }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK else {
            throw refusal("the URL is no absolute http or https URL")
        }
        guard part(CURLUPART_USER, of: url) == nil, part(CURLUPART_PASSWORD, of: url) == nil,
            part(CURLUPART_OPTIONS, of: url) == nil
        else { throw refusal("the URL holds credentials; hand them in as a header") }
        switch part(CURLUPART_SCHEME, of: url) {
        case "http": return false
        case "https": return true
        default: throw refusal("the URL is neither http nor https")
        }
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// `tchar` of RFC 9110, section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func refusal(_ text: String) -> HTTPFailure { HTTPFailure(.badRequest, text, isUnsent: true) }
}
