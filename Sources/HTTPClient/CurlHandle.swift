internal import CCurl
internal import Values

/// One easy handle of libcurl with all that it is told, and what must live as long as it does.
///
/// @unchecked Sendable because it is made on one thread, handed over whole, and used on the loop's thread from then on.
final class CurlHandle: @unchecked Sendable {
    /// libcurl's receive buffer, per transfer. A stream of small events needs no more, and 500 of them wait at once.
    static let receiveBytes = 2 << 10

    let easy: UnsafeMutableRawPointer
    private var headerLines: UnsafeMutablePointer<curl_slist>?
    private var isRefused = false

    /// Tells libcurl the request. Throws `badRequest` when it refuses an option.
    init(_ request: HTTPRequest, _ configuration: HTTPConfiguration, isSecure: Bool) throws(HTTPFailure) {
        CurlLibrary.prepare()
        guard let easy = curl_easy_init() else { throw Self.refusal }
        self.easy = easy
        set(CURLOPT_URL, request.url)
        setLimits(request.limits)
        setConnection(configuration, isSecure: isSecure)
        setTrust(configuration)
        setProxy(configuration)
        setHeaders(request.headers)
        set(CURLOPT_USERAGENT, configuration.userAgent)
        set(CURLOPT_ACCEPT_ENCODING, CurlLibrary.encodings)
        setBody(request)
        guard !isRefused else { throw Self.refusal }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerLines)
    }

    private static var refusal: HTTPFailure {
        HTTPFailure(
            .badRequest, "libcurl refuses the request; look at the proxy and certificate settings", isUnsent: true)
    }

    private func setLimits(_ limits: HTTPLimits) {
        // libcurl shares this time out among the addresses of a host; the deadline itself is the loop's.
        let (seconds, attoseconds) = limits.connect.components
        let milliseconds = min(max(seconds, 0), 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(milliseconds)))
        set(CURLOPT_BUFFERSIZE, Self.receiveBytes)
        set(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)
    }

    private func setConnection(_ configuration: HTTPConfiguration, isSecure: Bool) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_NOSIGNAL, 1)
        // Without it, dropping a transfer that looks a name up would wait for the name server on the loop's thread.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 60)
        set(CURLOPT_TCP_KEEPINTVL, 30)
        // Waiting for a connection that may multiplex is for TLS alone: a plain one tells its version only with its
        // first answer, and until then every other request to the host would wait.
        let mayMultiplex = isSecure && configuration.prefersHTTP2
        set(CURLOPT_HTTP_VERSION, mayMultiplex ? Int(CURL_HTTP_VERSION_2TLS) : Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PIPEWAIT, mayMultiplex ? 1 : 0)
    }

    private func setTrust(_ configuration: HTTPConfiguration) {
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.caFile {
            set(CURLOPT_CAINFO, file)
            set(CURLOPT_PROXY_CAINFO, file)
        }
        if let folder = configuration.caFolder {
            set(CURLOPT_CAPATH, folder)
            set(CURLOPT_PROXY_CAPATH, folder)
        }
    }

    private func setProxy(_ configuration: HTTPConfiguration) {
        // The answer to CONNECT is the proxy's, not the server's.
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Header fields for the server are no business of the proxy.
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        if configuration.proxy == nil && configuration.usesEnvironmentProxy { return }
        // An empty text keeps the environment out; so does an empty list of exceptions.
        set(CURLOPT_PROXY, configuration.proxy ?? "")
        set(CURLOPT_NOPROXY, "")
    }

    private func setHeaders(_ headers: [HTTPHeader]) {
        // libcurl's own habits: a pause before bodies, and the type of a web form.
        var lines = ["Expect:"]
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        // A semicolon is libcurl's way to say that the value is empty.
        lines += headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard let longer = curl_slist_append(headerLines, line) else {
                isRefused = true
                return
            }
            headerLines = longer
        }
        accept(operon_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerLines))
    }

    private func setBody(_ request: HTTPRequest) {
        if request.method == "HEAD" { return set(CURLOPT_NOBODY, 1) }
        if request.method == "GET" && request.body.isEmpty { return set(CURLOPT_HTTPGET, 1) }
        let hasBody = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method)
        if hasBody {
            set(CURLOPT_POST, 1)
            accept(operon_curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)))
            // The copying form, because an array's bytes do not stay in one place.
            request.body.withUnsafeBytes {
                let bytes: UnsafeRawPointer? = $0.baseAddress
                if let bytes, !$0.isEmpty {
                    accept(operon_curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, bytes))
                } else {
                    accept(operon_curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, ""))
                }
            }
        }
        if request.method != "POST" { set(CURLOPT_CUSTOMREQUEST, request.method) }
    }

    /// Leads libcurl's callbacks to `transfer`, which owns this handle and so outlives it.
    func connect(to transfer: Transfer) {
        let me = UnsafeRawPointer(Unmanaged.passUnretained(transfer).toOpaque())
        for option in [CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA] {
            accept(operon_curl_set_pointer(easy, option, me))
        }
        accept(operon_curl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, takeBody))
        accept(operon_curl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, takeHeaderLine))
        accept(operon_curl_set_prereq_callback(easy, beginRequest))
    }

    private func set(_ option: CURLoption, _ value: Int) { accept(operon_curl_set_long(easy, option, value)) }
    private func set(_ option: CURLoption, _ value: String) { accept(operon_curl_set_string(easy, option, value)) }
    private func accept(_ code: CURLcode) { if code != CURLE_OK { isRefused = true } }
}
