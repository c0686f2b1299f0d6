/// Which bodies are worth compressing, whether the client takes them so, and the compressing itself.
package enum ContentCoding {
    /// Bodies smaller than this go as they are: the fields would eat what is saved.
    static let leastBytes = 1024

    /// Whether bodies of a media type get smaller.
    package static func isCompressible(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        if type == "text/event-stream" { return false }
        return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || [
                "application/json", "application/javascript", "application/x-ndjson", "application/xml",
                "application/wasm",
            ]
            .contains(type)
    }

    /// Whether `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3). Without the field nobody has asked for it.
    package static func takesGzip(_ fields: HTTPFields) -> Bool {
        var weightOfAll: Bool?
        for member in fields.members(of: "accept-encoding") {
            let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first else { continue }
            let isRefused = parts.dropFirst().contains { part in
                part.lowercased().hasPrefix("q=") && part.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
            }
            if name.isSameToken(as: "gzip") || name.isSameToken(as: "x-gzip") { return !isRefused }
            if name == "*" { weightOfAll = !isRefused }
        }
        return weightOfAll ?? false
    }

    /// `bytes` as a gzip member (RFC 1952) of the given level, 1 to 9; nil when there is no memory for it.
    package static func gzip(_ bytes: [UInt8], level: Int32 = 4) -> [UInt8]? {
        Deflater(level: level, windowBits: 15 + 16)?.finish(bytes)
    }
}
