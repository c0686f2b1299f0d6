public import Values

/// The first place where two values differ.
public struct JSONDifference: Sendable, Hashable {
    /// Where: a JSON pointer (RFC 6901); empty for the values themselves.
    public var pointer: String
    /// What stands there on the left; nil when there is nothing.
    public var left: JSON?
    /// What stands there on the right; nil when there is nothing.
    public var right: JSON?

    /// Finds the first difference in canonical order of members; nil when the values are equal.
    public init?(_ left: JSON, _ right: JSON) {
        guard let found = Self.find(left, right, at: "") else { return nil }
        self = found
    }

    private init(pointer: String, left: JSON?, right: JSON?) {
        self.pointer = pointer
        self.left = left
        self.right = right
    }

    private static func find(_ a: JSON?, _ b: JSON?, at pointer: String) -> JSONDifference? {
        switch (a, b) {
        case (.object(let x)?, .object(let y)?):
            let keys = (x.sorted.map(\.key) + y.sorted.map(\.key).filter { x[$0] == nil })
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for key in keys {
                if let found = find(x[key], y[key], at: pointer + "/" + escaped(key)) { return found }
            }
            return nil
        case (.array(let x)?, .array(let y)?):
            for index in 0..<max(x.count, y.count) {
                let found = find(
                    index < x.count ? x[index] : nil, index < y.count ? y[index] : nil, at: "\(pointer)/\(index)")
                if let found { return found }
            }
            return nil
        default:
            return a == b ? nil : JSONDifference(pointer: pointer, left: a, right: b)
        }
    }

    /// RFC 6901 section 3: `~` is written `~0`, `/` is written `~1`.
    private static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == 126 || $0 == 47 }) else { return key }
        return key.reduce(into: "") { text, character in
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
    }
}
