public import Values

/// A log as JSON lines: one envelope of the wire per line, and a checksum.
///
/// A line is `{"seq":…,"at":…,"session":…,"path":…,"topic":…,"sender":…,"kind":…,"payload":…,"crc":"xxxxxxxx"}`. The
/// checksum is the CRC-32 (IEEE 802.3) of the canonical form (members in byte order of their keys, no white space) of
/// the object without its member `crc`, in UTF-8, as eight lower-case hexadecimal digits. A line that was only laid
/// out anew still fits its checksum.
public enum TraceFile {
    /// The newest layout that this version reads and the one it writes; stands as `format` in the payload of
    /// `session.opened`.
    public static let format = 1

    /// What a trace file holds.
    public struct Contents: Sendable {
        /// The envelopes in the order of their sequence numbers, from 1.
        public var envelopes: [Envelope]
        /// What was noticed and is no defect: a torn last line that was dropped (`trace_torn_line`).
        public var notes: [Diagnostic]
    }

    /// One envelope as a line, with its line feed.
    public static func line(_ envelope: Envelope) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 512)
        write(envelope, to: &writer)
        return writer.bytes
    }

    static func write(_ envelope: Envelope, to writer: inout JSONWriter) {
        let start = writer.bytes.count
        envelope.write(to: &writer)
        writer.bytes.removeLast()
        writer.raw(",\"crc\":\"")
        var canonical = JSONWriter(reservingBytes: writer.bytes.count - start)
        writeCanonical(envelope, to: &canonical)
        writer.bytes.append(contentsOf: CRC32.hex(CRC32.checksum(canonical.bytes)).utf8)
        writer.raw("\"}\n")
    }

    /// The wire envelope with its members in byte order of their keys.
    private static func writeCanonical(_ envelope: Envelope, to writer: inout JSONWriter) {
        writer.raw("{\"at\":\"")
        envelope.at.write(to: &writer)
        writer.raw("\",\"kind\":")
        writer.string(envelope.kind.rawValue)
        writer.raw(",\"path\":")
        writer.string(envelope.path)
        writer.raw(",\"payload\":")
        writer.value(envelope.payload, canonical: true)
        writer.raw(",\"sender\":")
        writer.string(envelope.sender)
        writer.raw(",\"seq\":")
        writer.int(envelope.seq)
        writer.raw(",\"session\":")
        writer.string(envelope.session)
        writer.raw(",\"topic\":")
        writer.string(envelope.topic)
        writer.raw("}")
    }

    /// Writes a whole log to `path` at once: into a file beside it, made durable and then renamed, so that readers see
    /// the old file or the whole new one. Blocks; call it from a thread that may. Throws `file_unwritable`.
    public static func export(_ envelopes: [Envelope], to path: String) throws(OperonError) {
        var writer = JSONWriter(reservingBytes: envelopes.count * 512)
        for envelope in envelopes { write(envelope, to: &writer) }
        try FileAccess.replace(path, with: writer.bytes)
    }
}
