/// One entry of a session's log: who, when, where in the work, what. Immutable once appended, shared by reference.
public final class Envelope: Sendable {
    /// Position in the session's log, from 1, without gaps: arrival order.
    public let seq: Int
    /// When it was appended (wall clock of the session).
    public let at: Timestamp
    /// The session whose log this is.
    public let session: String
    /// Where in the work: an effect path such as `t1/execute/s2/a1`; empty for the session itself.
    public let path: String
    /// Which subscribers it is for.
    public let topic: String
    /// The agent or part that said it; stamped by the runtime.
    public let sender: String
    /// What kind of event it is.
    public let kind: EventName
    /// The event's content.
    public let payload: JSON

    /// Makes an envelope.
    public init(
        seq: Int, at: Timestamp, session: String, path: String, topic: String, sender: String, kind: EventName,
        payload: JSON
    ) {
        self.seq = seq
        self.at = at
        self.session = session
        self.path = path
        self.topic = topic
        self.sender = sender
        self.kind = kind
        self.payload = payload
    }
}

extension Envelope {
    /// Writes the wire form: `{"seq","at","session","path","topic","sender","kind","payload"}`.
    public func write(to writer: inout JSONWriter) {
        writer.raw("{\"seq\":")
        writer.int(seq)
        writer.raw(",\"at\":\"")
        at.write(to: &writer)
        writer.raw("\",\"session\":")
        writer.string(session)
        writer.raw(",\"path\":")
        writer.string(path)
        writer.raw(",\"topic\":")
        writer.string(topic)
        writer.raw(",\"sender\":")
        writer.string(sender)
        writer.raw(",\"kind\":")
        writer.string(kind.rawValue)
        writer.raw(",\"payload\":")
        writer.value(payload)
        writer.raw("}")
    }

    /// The wire form as UTF-8.
    public func bytes() -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 512)
        write(to: &writer)
        return writer.bytes
    }

    /// Reads the wire form.
    public convenience init(json: JSON) throws(OperonError) {
        func text(_ key: String) throws(OperonError) -> String {
            guard let value = json[key]?.string else {
                throw OperonError(code: "envelope_invalid", "an envelope has no text \"\(key)\"")
            }
            return value
        }
        guard let seq = json["seq"]?.int else {
            throw OperonError(code: "envelope_invalid", "an envelope has no integer \"seq\"")
        }
        let kindName = try text("kind")
        guard let kind = EventName(rawValue: kindName) else {
            throw OperonError(
                code: "envelope_invalid", "unknown kind \"\(kindName)\" at seq \(seq)",
                hint: "The trace was written by a newer Operon, or was changed by hand.")
        }
        guard let at = Timestamp(iso8601: try text("at")) else {
            throw OperonError(code: "envelope_invalid", "\"at\" is no ISO 8601 time at seq \(seq)")
        }
        self.init(
            seq: seq, at: at, session: try text("session"), path: try text("path"), topic: try text("topic"),
            sender: try text("sender"), kind: kind, payload: json["payload"] ?? .null)
    }
}
