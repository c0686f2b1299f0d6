internal import Values

/// How one envelope stands in the store: `[at_us, path, topic, sender, kind, payload]` as JSON. The key holds session
/// and sequence number. Unlike the wire form it keeps the microseconds.
enum StoredEnvelope {
    static func write(_ envelope: Envelope, payload: JSON, to writer: inout JSONWriter) {
        writer.byte(91)
        writer.int(Int(envelope.at.microseconds))
        writer.byte(44)
        writer.string(envelope.path)
        writer.byte(44)
        writer.string(envelope.topic)
        writer.byte(44)
        writer.string(envelope.sender)
        writer.byte(44)
        writer.string(envelope.kind.rawValue)
        writer.byte(44)
        writer.value(payload)
        writer.byte(93)
    }

    /// The envelopes of a segment whose last one is `last`: what stands between the brackets of a JSON array.
    static func segment(_ bytes: [UInt8], last: Int, session: String) throws(OperonError) -> [JSON] {
        guard case .array(let items)? = try? JSON(parsing: [91] + bytes + [93]) else {
            throw OperonError(
                code: "store_corrupt",
                "the segment of session \(session) that ends with envelope \(last) cannot be read",
                hint: "Restore the store from a backup or an exported trace.")
        }
        return items
    }

    static func read(
        _ item: JSON, seq: Int, session: String, blob: (String) throws(OperonError) -> [JSON]?
    ) throws(OperonError) -> Envelope {
        func damaged(_ what: String) -> OperonError {
            OperonError(
                code: "store_corrupt", "envelope \(seq) of session \(session) \(what)",
                hint: "Restore the store from a backup or an exported trace.")
        }
        guard case .array(let parts) = item, parts.count == 6, let at = parts[0].int,
            let path = parts[1].string, let topic = parts[2].string, let sender = parts[3].string,
            let name = parts[4].string
        else { throw damaged("cannot be read") }
        guard let kind = EventName(rawValue: name) else { throw damaged("has the unknown kind \"\(name)\"") }
        return Envelope(
            seq: seq, at: Timestamp(microseconds: Int64(at)), session: session, path: path, topic: topic,
            sender: sender, kind: kind, payload: try PayloadParts.inflate(parts[5], blob: blob))
    }
}
