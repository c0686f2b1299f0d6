/// Takes known secrets out of text before it is recorded, shown or sent on: the one choke point in front of logs,
/// traces and errors.
///
/// A secret is found as it stands, in base64 and base64url at any alignment inside a longer text (RFC 4648), with any
/// of its characters percent-encoded (RFC 3986), and with any of them escaped as in JSON strings (RFC 8259); base64
/// may be percent-encoded or escaped in turn. In its place comes `[secret:xxxxxxxx]`, whose digits depend on the
/// secret alone: hashes of redacted text are the same in every run.
///
/// The value never shows its secrets: it has no description and no children to look into.
public struct Redactor: Sendable {
    /// The shortest secret in bytes: what is shorter would be found in ordinary words.
    public static let minimumBytes = 6

    let forms: SecretForms?

    /// A redactor for `secrets`. Those under ``minimumBytes`` are left out, and so are the words of the placeholder
    /// itself, which would be found in it again.
    public init(secrets: some Sequence<String>) {
        let known = secrets.filter { secret in
            secret.utf8.count >= Self.minimumBytes && !Self.opening.contains(secret)
        }
        forms = known.isEmpty ? nil : SecretForms(known)
    }

    /// A redactor without secrets: everything passes unchanged.
    public init() { forms = nil }

    /// Whether there is nothing to look for.
    public var isEmpty: Bool { forms == nil }

    /// What stands for `secret`: `[secret:xxxxxxxx]` with the first eight hexadecimal digits of the SHA-256 of a fixed
    /// label and the secret.
    public static func placeholder(for secret: String) -> String { "\(opening)\(digits(of: secret))]" }

    /// The text without secrets. Where there is none the same text comes back, without a copy.
    public func redact(_ text: String) -> String { changed(text) ?? text }

    /// The value with the secrets taken out of its strings and of the names of its members. What holds none is shared
    /// with the value given. When redaction makes two names of an object equal, the later member remains.
    public func redact(_ json: JSON) -> JSON { forms == nil ? json : changed(json) ?? json }

    /// The redacted value; nil when it is the same.
    private func changed(_ json: JSON) -> JSON? {
        switch json {
        case .null, .bool, .int, .double: return nil
        case .string(let text): return changed(text).map { .string($0) }
        case .array(let elements):
            var result: [JSON]?
            for (index, element) in elements.enumerated() {
                if let other = changed(element) { result = result ?? elements; result?[index] = other }
            }
            return result.map { .array($0) }
        case .object(let object):
            var members: [JSONObject.Member]?
            var hasOtherKeys = false
            for (index, member) in object.members.enumerated() {
                let key = changed(member.key)
                let value = changed(member.value)
                guard key != nil || value != nil else { continue }
                if key != nil { hasOtherKeys = true }
                members = members ?? object.members
                members?[index] = .init(key ?? member.key, value ?? member.value)
            }
            guard let members else { return nil }
            guard hasOtherKeys else { return .object(JSONObject(uniqueMembers: members)) }
            var result = JSONObject()
            for member in members { result[member.key] = member.value }
            return .object(result)
        }
    }

    private func changed(_ text: String) -> String? {
        guard let forms else { return nil }
        var text = text
        return text.withUTF8 { bytes in
            var scan = SecretScan(forms)
            let end = scan.run(over: bytes, isFinal: true)
            return scan.hasFound ? scan.text(upTo: end, of: bytes) : nil
        }
    }

    static let opening = "[secret:"

    static func digits(of secret: String) -> String {
        // The label keeps these digits apart from any other digest of the same text.
        String(SHA256Digest.hex(Array("operon.redactor.v1\n".utf8) + Array(secret.utf8)).prefix(8))
    }
}

extension Redactor: CustomStringConvertible, CustomReflectable {
    /// That it is a redactor, and nothing of what it looks for.
    public var description: String { "Redactor" }
    /// No children: a dump shows no secret.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
