internal import Values

/// Stores large parts of payloads once, by their content.
///
/// An array or a string whose encoding is larger than ``limit`` is replaced by `{"$blob":HASH,"bytes":N}`; the blob
/// holds its JSON text under the SHA-256 of that text. Parts are looked for through objects and arrays, from the
/// inside out.
///
/// A conversation that is sent with every turn is a list that grows at its end. Stored whole it would cost the square
/// of the number of turns. A long list (or text) is therefore cut into runs of about ``limit`` bytes from its start:
/// the runs are blobs, shared with the shorter list of the turn before, and the blob of the list itself holds only
/// `"level":1`, the list of its runs, and the unfinished rest. A list of runs that becomes long is cut in the same way
/// (`"level":2`, …). A text is treated as the list of its pieces and marked `"text":true`.
///
/// An object of the payload itself that has a member `$blob` or `$object` is wrapped as `{"$object":…}`.
struct PayloadParts {
    /// Encodings up to so many bytes stay where they are.
    static let limit = 4096

    /// The blobs found: hash and JSON text, each hash once, in order of appearance.
    private(set) var blobs: [(hash: String, body: [UInt8])] = []
    private var seen: Set<String> = []

    /// The payload with its large parts replaced.
    mutating func deflate(_ value: JSON) -> JSON {
        switch value {
        case .string(let text):
            guard text.utf8.count + 2 > Self.limit || value.bytes().count > Self.limit else { return value }
            return store(Self.pieces(of: text), level: 0, isText: true, size: text.utf8.count)
        case .array(let elements):
            let smaller = elements.map { deflate($0) }
            let size = JSON.array(smaller).bytes().count
            return size > Self.limit ? store(smaller, level: 0, isText: false, size: size) : .array(smaller)
        case .object(let object):
            var result = JSONObject(
                uniqueMembers: object.members.map { .init($0.key, deflate($0.value)) })
            if object["$blob"] != nil || object["$object"] != nil { result = ["$object": .object(result)] }
            return .object(result)
        default: return value
        }
    }

    /// Pieces of at most ``limit`` bytes, cut from the start at borders of Unicode scalars.
    private static func pieces(of text: String) -> [JSON] {
        var text = text
        return text.withUTF8 { bytes in
            var pieces: [JSON] = []
            var start = 0
            while start < bytes.count {
                var end = min(start + limit, bytes.count)
                // A byte 10xxxxxx continues a scalar: the border is before the scalar's first byte.
                while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
                pieces.append(
                    .string(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)))
                start = end
            }
            return pieces
        }
    }

    private mutating func store(_ items: [JSON], level: Int, isText: Bool, size: Int) -> JSON {
        var parts: [JSON] = []
        var run: [JSON] = []
        var runBytes = 0
        for item in items {
            run.append(item)
            runBytes += item.bytes().count + 1
            if runBytes >= Self.limit {
                parts.append(put(.array(run), level: level, isText: isText, size: runBytes))
                run = []
                runBytes = 0
            }
        }
        if parts.isEmpty || parts.count == 1 && run.isEmpty {
            return put(.array(items), level: level, isText: isText, size: size)
        }
        if !run.isEmpty { parts.append(.array(run)) }
        if JSON.array(parts).bytes().count > Self.limit {
            return store(parts, level: level + 1, isText: isText, size: size)
        }
        return put(.array(parts), level: level + 1, isText: isText, size: size)
    }

    private mutating func put(_ value: JSON, level: Int, isText: Bool, size: Int) -> JSON {
        let body = value.bytes()
        let hash = SHA256Digest.hex(body)
        if seen.insert(hash).inserted { blobs.append((hash, body)) }
        var reference: JSONObject = ["$blob": .string(hash), "bytes": .int(size)]
        if level > 0 { reference["level"] = .int(level) }
        if isText { reference["text"] = true }
        return .object(reference)
    }

    /// Puts the large parts back. `blob` gives the elements of the blob under a hash, or nil.
    static func inflate(_ value: JSON, blob: (String) throws(OperonError) -> [JSON]?) throws(OperonError) -> JSON {
        switch value {
        case .array(let elements):
            var result: [JSON] = []
            result.reserveCapacity(elements.count)
            for element in elements { result.append(try inflate(element, blob: blob)) }
            return .array(result)
        case .object(let object):
            if object["$blob"]?.string != nil {
                let items = try items(of: object, blob: blob)
                if object["text"]?.bool == true { return .string(items.reduce(into: "") { $0 += $1.string ?? "" }) }
                return try inflate(.array(items), blob: blob)
            }
            if object.count == 1, let wrapped = object["$object"]?.object {
                return .object(try inflateMembers(wrapped, blob: blob))
            }
            return .object(try inflateMembers(object, blob: blob))
        default: return value
        }
    }

    private static func inflateMembers(
        _ object: JSONObject, blob: (String) throws(OperonError) -> [JSON]?
    ) throws(OperonError) -> JSONObject {
        var members: [JSONObject.Member] = []
        members.reserveCapacity(object.count)
        for member in object.members { members.append(.init(member.key, try inflate(member.value, blob: blob))) }
        return JSONObject(uniqueMembers: members)
    }

    /// The items of the list behind a reference, at whatever level.
    private static func items(
        of reference: JSONObject, blob: (String) throws(OperonError) -> [JSON]?
    ) throws(OperonError) -> [JSON] {
        let hash = reference["$blob"]?.string ?? ""
        guard let stored = try blob(hash) else {
            throw OperonError(
                code: "store_corrupt", "the payload part \(hash) is missing or damaged",
                hint:
                    "Check the store with `PRAGMA integrity_check`; restore it from a backup or an exported trace.")
        }
        return try expand(stored, level: reference["level"]?.int ?? 0, blob: blob)
    }

    private static func expand(
        _ stored: [JSON], level: Int, blob: (String) throws(OperonError) -> [JSON]?
    ) throws(OperonError) -> [JSON] {
        if level == 0 { return stored }
        var result: [JSON] = []
        for part in stored {
            switch part {
            case .object(let reference): result += try items(of: reference, blob: blob)
            case .array(let rest): result += try expand(rest, level: level - 1, blob: blob)
            default: break
            }
        }
        return result
    }
}
