internal import Values

/// What goes onto the wire for a response: decided from values alone.
struct ResponsePlan {
    /// How the end of the body is shown.
    enum Framing: Hashable {
        /// All of the body stands in ``ResponsePlan/body``, or there is none.
        case complete
        /// In chunks.
        case chunked
        /// By closing the connection: HTTP/1.0 knows no chunks.
        case untilClose
    }

    /// The status line and the fields, with the empty line.
    var head: [UInt8]
    /// The body, when it is complete.
    var body: [UInt8]
    var framing: Framing
    /// Whether the connection stays open afterwards.
    var keepsAlive: Bool
    var status: Int
    /// Whether a body follows that comes piece by piece.
    var isStream: Bool { framing != .complete }

    /// Plans a response to `request`; nil for one whose request was none. `date` is the value of the Date field.
    init(_ response: HTTPResponse, to request: HTTPRequestHead?, date: String, isClosing: Bool = false) {
        var response = response
        if !(200...599).contains(response.status) || !response.fields.isWritable {
            // Nothing of a response that would break the wire is sent.
            response = .text("The response cannot be sent.", status: 500)
        }
        let isHead = request?.method == "HEAD"
        var isStream = false
        var body: [UInt8] = []
        switch response.body {
        case .bytes(let bytes): body = bytes
        case .asset(let asset):
            response.fields.setDefault("Content-Type", asset.contentType)
            response.fields.setDefault("Cache-Control", asset.cacheControl)
            response.fields.setDefault("ETag", asset.entityTag)
            response.fields.setDefault("Accept-Ranges", "bytes")
            body = asset.bytes
        case .stream: isStream = true
        case .events:
            isStream = true
            response.fields["Content-Type"] = "text/event-stream"
            response.fields.setDefault("Cache-Control", "no-store")
            // Proxies that buffer would hold events back.
            response.fields.setDefault("X-Accel-Buffering", "no")
        case .webSocket: break
        }
        if !isStream, let request, response.status == 200, request.method == "GET" || isHead {
            Self.narrow(&response, &body, request)
        }
        let hasBody = response.status != 204 && response.status != 304
        let minor = request?.minorVersion ?? 1
        framing = !isStream || !hasBody || isHead ? .complete : minor == 1 ? .chunked : .untilClose
        keepsAlive =
            !isClosing && framing != .untilClose && request?.keepsAlive == true
            && !response.fields.contains("close", in: "connection")
        for name in ["Content-Length", "Transfer-Encoding", "Connection", "Date"] { response.fields[name] = nil }
        var text = "HTTP/1.1 \(response.status) \(reasonPhrase(response.status))\r\nDate: \(date)\r\n"
        for field in response.fields.entries { text += "\(field.name): \(field.value)\r\n" }
        if isStream && hasBody {
            if minor == 1 { text += "Transfer-Encoding: chunked\r\n" }
        } else if hasBody {
            text += "Content-Length: \(body.count)\r\n"
        }
        if !keepsAlive {
            text += "Connection: close\r\n"
        } else if minor == 0 {
            text += "Connection: keep-alive\r\n"
        }
        text += "\r\n"
        head = Array(text.utf8)
        self.body = isHead || !hasBody ? [] : body
        status = response.status
    }

    /// Answers conditions, ranges and compression of a response that is there as a whole.
    private static func narrow(_ response: inout HTTPResponse, _ body: inout [UInt8], _ request: HTTPRequestHead) {
        let tag = response.fields["ETag"]
        if let tag, request.fields["if-none-match"] != nil {
            let members = request.fields.members(of: "if-none-match")
            if members.contains(where: { $0 == "*" || plain($0) == plain(tag[...]) }) {
                response.status = 304
                body = []
                for name in ["Content-Type", "Content-Encoding", "Accept-Ranges"] { response.fields[name] = nil }
                return
            }
        }
        if response.fields["Accept-Ranges"] == "bytes", request.method == "GET", isRangeValid(request, tag) {
            switch ByteRange(request.fields["range"], length: body.count) {
            case .whole: break
            case .part(let range):
                response.status = 206
                response.fields["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(body.count)"
                body = Array(body[range])
                return
            case .unsatisfiable:
                response.status = 416
                response.fields["Content-Range"] = "bytes */\(body.count)"
                response.fields["Content-Type"] = nil
                body = []
                return
            }
        }
        compress(&response, &body, request, tag)
    }

    private static func compress(
        _ response: inout HTTPResponse, _ body: inout [UInt8], _ request: HTTPRequestHead, _ tag: String?
    ) {
        guard body.count >= ContentCoding.leastBytes, response.fields["Content-Encoding"] == nil,
            ContentCoding.isCompressible(response.fields["Content-Type"] ?? ""),
            !response.fields.contains("no-transform", in: "Cache-Control")
        else { return }
        if !response.fields.contains("Accept-Encoding", in: "Vary") {
            response.fields.append("Vary", "Accept-Encoding")
        }
        guard ContentCoding.takesGzip(request.fields) else { return }
        var packed: [UInt8]?
        if case .asset(let asset) = response.body { packed = asset.gzip } else { packed = ContentCoding.gzip(body) }
        guard let packed, packed.count < body.count else { return }
        body = packed
        response.fields["Content-Encoding"] = "gzip"
        // Another form of the same content has another strong tag.
        if let tag, tag.hasSuffix("\"") { response.fields["ETag"] = tag.dropLast() + "-gzip\"" }
    }

    /// A tag without the marks for weakness and for the compressed form.
    private static func plain(_ tag: Substring) -> String {
        var tag = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
        if tag.hasSuffix("-gzip\"") { tag = tag.dropLast(6) + "\"" }
        return String(tag)
    }

    /// Whether a range may be cut out: `If-Range` names the very same content, or is not there.
    private static func isRangeValid(_ request: HTTPRequestHead, _ tag: String?) -> Bool {
        guard request.fields["range"] != nil else { return false }
        guard let condition = request.fields["if-range"] else { return true }
        return condition == tag && !condition.hasPrefix("W/")
    }
}

/// The value of the Date field, made anew once a second (RFC 9110, section 5.6.7).
struct DateField {
    private var second = Int64.min
    private var text = ""

    /// The date of `microseconds` since 1970.
    mutating func value(microseconds: Int64) -> String {
        let now = microseconds / 1_000_000
        if now != second {
            second = now
            text = Self.format(now)
        }
        return text
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    static func format(_ seconds: Int64) -> String {
        let days = Int(seconds / 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        let clock = Int(seconds % 86_400)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(weekdays[days % 7]), \(two(date.day)) \(months[date.month - 1]) \(date.year) "
            + "\(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60)) GMT"
    }
}
