public import Values

extension TraceFile {
    /// Reads and checks the file at `path`. Blocks; call it from a thread that may.
    ///
    /// Throws `file_unreadable`, and for the first defect, with its line: `trace_invalid` (no JSON, a member missing,
    /// an unknown kind), `trace_tampered` (checksum, sequence or session do not fit), `trace_format_unsupported` (from
    /// a newer version). A torn last line, the mark of a writer that was killed, is dropped and noted.
    public static func read(_ path: String) throws(OperonError) -> Contents {
        try parse(try FileAccess.read(path), name: path)
    }

    /// As ``read(_:)``, for bytes that are there already; `name` is the file's name in messages.
    public static func parse(_ bytes: [UInt8], name: String) throws(OperonError) -> Contents {
        var contents = Contents(envelopes: [], notes: [])
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: 10)
            let place = SourcePlace(file: name, line: number)
            do throws(OperonError) {
                let expected = contents.envelopes.last
                contents.envelopes.append(
                    try envelope(of: Array(bytes[start..<(end ?? bytes.count)]), after: expected, at: place))
            } catch {
                // Only a line without its line feed can be torn; with it, the line was written whole and changed later.
                guard end == nil, error.code != "trace_format_unsupported" else { throw error }
                contents.notes.append(
                    Diagnostic(
                        .warning, code: "trace_torn_line",
                        message: "the last line is incomplete (\(bytes.count - start) bytes) and was dropped",
                        hint: "Its writer was stopped while it wrote. All lines before it are whole.", place: place)
                )
            }
            start = (end ?? bytes.count) + 1
        }
        return contents
    }

    private static func envelope(
        of line: [UInt8], after previous: Envelope?, at place: SourcePlace
    ) throws(OperonError) -> Envelope {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: line)
        } catch {
            throw invalid(
                "this is no JSON: \(error.message)",
                SourcePlace(
                    file: place.file, line: place.line, column: error.column))
        }
        guard case .object(var object) = json else { throw invalid("this is no JSON object", place) }
        let path = object["path"]?.string ?? ""
        let around = path.isEmpty ? "" : " (effect path \(path))"
        guard let written = object["crc"]?.string else {
            throw tampered("the line has no checksum \"crc\"" + around, place)
        }
        object["crc"] = nil
        let actual = CRC32.hex(CRC32.checksum(JSON.object(object).canonicalBytes()))
        guard written == actual else {
            throw tampered("the line does not fit its checksum \(written)" + around, place)
        }
        let envelope: Envelope
        do throws(OperonError) {
            envelope = try Envelope(json: .object(object))
        } catch {
            throw invalid(error.message + around, place, hint: error.hint)
        }
        let expected = (previous?.seq ?? 0) + 1
        guard envelope.seq == expected else {
            throw tampered("envelope \(expected) is missing: found \(envelope.seq)" + around, place)
        }
        if let previous, previous.session != envelope.session {
            throw tampered("the session changes from \(previous.session) to \(envelope.session)" + around, place)
        }
        try checkFormat(of: envelope, at: place)
        return envelope
    }

    /// Refuses envelopes of a newer format; `session.opened` says which it is, and says nothing in format 1.
    static func checkFormat(of envelope: Envelope, at place: SourcePlace) throws(OperonError) {
        guard envelope.kind == .sessionOpened, let number = envelope.payload["format"] else { return }
        guard let found = number.int, found >= 1 else {
            throw invalid("\"format\" must be a positive integer, found \(number)", place)
        }
        guard found <= format else {
            throw OperonError(
                code: "trace_format_unsupported",
                "the trace has format \(found), this version reads formats up to \(format)",
                hint: "Use the version of Operon that wrote it, or a newer one.", at: place.description)
        }
    }

    private static func invalid(_ message: String, _ place: SourcePlace, hint: String = "") -> OperonError {
        OperonError(
            code: "trace_invalid", message,
            hint: hint.isEmpty ? "Export the trace again from its store." : hint, at: place.description)
    }

    private static func tampered(_ message: String, _ place: SourcePlace) -> OperonError {
        OperonError(
            code: "trace_tampered", message,
            hint: "The file was changed after it was written; export it again from its store.",
            at: place.description)
    }
}
