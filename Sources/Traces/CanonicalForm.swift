public import Values

/// The form of a log that proves: equal runs have equal bytes in it, at any number of threads.
///
/// It holds the canonical events only (``/Values/EventName/isCanonical``), each as one line of canonical JSON with the
/// members `kind`, `path`, `payload`, `sender`. Sequence number, time, session and topic are left out: they tell when
/// and for whom, not what, and topics carry the session's identifier. Lines stand in the order of paths (natural order
/// of numbers); events at one path keep their order of arrival, which one task decides.
public enum CanonicalForm {
    /// Members of the payload of `session.opened` that belong to the run and not to the work; with them every member
    /// whose name starts with `resumed`. They are left out.
    public static let runLocalMembers = [
        "session", "parent_trace", "fork_at", "trace", "store", "threads", "host", "pid", "operon", "source",
    ]

    /// The canonical events in canonical order.
    public static func events(of envelopes: [Envelope]) -> [Envelope] {
        envelopes.filter(\.kind.isCanonical).sorted { a, b in
            let order = PathOrder.compare(a.path, b.path)
            return order == 0 ? a.seq < b.seq : order < 0
        }
    }

    /// One line per canonical event, without line ends.
    public static func lines(of envelopes: [Envelope]) -> [[UInt8]] { events(of: envelopes).map(line) }

    /// The SHA-256 of all lines, each followed by a line feed: 64 hexadecimal digits. The run's hash.
    public static func hash(of envelopes: [Envelope]) -> String {
        var writer = JSONWriter(reservingBytes: envelopes.count * 256)
        for event in events(of: envelopes) {
            write(event, to: &writer)
            writer.byte(10)
        }
        return SHA256Digest.hex(writer.bytes)
    }

    /// One event's line.
    static func line(_ envelope: Envelope) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 256)
        write(envelope, to: &writer)
        return writer.bytes
    }

    /// The part of a payload that proves.
    static func payload(of envelope: Envelope) -> JSON {
        guard envelope.kind == .sessionOpened, case .object(var object) = envelope.payload else {
            return envelope.payload
        }
        for key in object.keys where runLocalMembers.contains(key) || key.hasPrefix("resumed") { object[key] = nil }
        return .object(object)
    }

    private static func write(_ envelope: Envelope, to writer: inout JSONWriter) {
        writer.raw("{\"kind\":")
        writer.string(envelope.kind.rawValue)
        writer.raw(",\"path\":")
        writer.string(envelope.path)
        writer.raw(",\"payload\":")
        writer.value(payload(of: envelope), canonical: true)
        writer.raw(",\"sender\":")
        writer.string(envelope.sender)
        writer.raw("}")
    }
}
