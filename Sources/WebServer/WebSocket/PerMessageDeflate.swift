/// Whether and how a server compresses messages.
public enum WebSocketCompression: Sendable, Hashable {
    /// Not at all.
    case off
    /// Each message by itself. A message to many is compressed once, and connections hold no memory for it. Messages of
    /// fewer bytes than this go uncompressed.
    case perMessage(leastBytes: Int)
    /// With the memory of earlier messages where the client wants that: better compression of small messages, about
    /// 300 KiB per connection, and each connection compresses for itself.
    case keepingContext(leastBytes: Int)

    var leastBytes: Int {
        switch self {
        case .off: .max
        case .perMessage(let count), .keepingContext(let count): count
        }
    }
}

/// Decompression as it was agreed upon.
package struct MessageInflater {
    let stream: Inflater
    let keepsContext: Bool
}

/// What both sides have agreed upon (RFC 7692, section 7.1).
struct DeflateAgreement: Hashable {
    /// Whether the server's messages may refer to earlier ones.
    var serverKeepsContext: Bool
    /// Whether the client's messages may.
    var clientKeepsContext: Bool
    /// The server's window: 2 to the power of this many bytes, 9 to 15.
    var windowBits: Int32
    /// The value of `Sec-WebSocket-Extensions` in the response.
    var response: String

    /// Accepts the first offer that can be met; nil when there is none.
    init?(offers: HTTPFields, _ upgrade: WebSocketUpgrade) {
        guard upgrade.compression != .off else { return nil }
        var mayKeep = false
        if case .keepingContext = upgrade.compression { mayKeep = true }
        var mayShed = false
        if case .dropOldest = upgrade.whenFull { mayShed = true }
        for offer in offers.members(of: "sec-websocket-extensions") {
            // A message that is shed would be missing from what later ones refer to.
            if let agreement = DeflateAgreement(offer: offer, server: mayKeep && !mayShed, client: mayKeep) {
                self = agreement
                return
            }
        }
        return nil
    }

    private init?(offer: Substring, server mayServerKeep: Bool, client mayClientKeep: Bool) {
        let parts = splitOutsideQuotes(String(offer), at: UInt8(ascii: ";"))
        guard let name = parts.first, name.isSameToken(as: "permessage-deflate") else { return nil }
        serverKeepsContext = mayServerKeep
        clientKeepsContext = mayClientKeep
        windowBits = 15
        var seen: Set<String> = []
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let parameter = sides[0].filter { $0 != " " }.lowercased()
            guard seen.insert(parameter).inserted else { return nil }
            let value = sides.count > 1 ? sides[1].filter { $0 != " " && $0 != "\"" } : nil
            switch (parameter, value) {
            case ("server_no_context_takeover", nil): serverKeepsContext = false
            case ("client_no_context_takeover", nil): clientKeepsContext = false
            case ("client_max_window_bits", nil): continue
            case ("client_max_window_bits", let bits?): guard Self.bits(bits) != nil else { return nil }
            case ("server_max_window_bits", let bits?):
                // zlib has no raw window of 256 bytes.
                guard let bits = Self.bits(bits), bits > 8 else { return nil }
                windowBits = bits
            default: return nil
            }
        }
        response = "permessage-deflate"
        if !serverKeepsContext { response += "; server_no_context_takeover" }
        if !clientKeepsContext { response += "; client_no_context_takeover" }
        if windowBits < 15 { response += "; server_max_window_bits=\(windowBits)" }
    }

    /// 8 to 15, without a leading zero.
    private static func bits(_ text: String) -> Int32? {
        guard let bits = Int32(text), (8...15).contains(bits), "\(bits)" == text else { return nil }
        return bits
    }
}
