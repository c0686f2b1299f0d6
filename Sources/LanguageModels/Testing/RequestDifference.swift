internal import Values

/// In which places a request differs from a recorded one. It tells places, kinds and lengths; texts may be private.
struct RequestDifference {
    /// How many values differ.
    private(set) var count = 0
    /// The first few, in words: `messages[2].text: recorded 120 bytes, now 118, the same up to byte 40`.
    private(set) var places: [String] = []

    private static let shown = 5

    init(recorded: JSON, now: JSON) { compare(recorded, now, at: "") }

    private mutating func compare(_ old: JSON, _ new: JSON, at path: String) {
        if old == new { return }
        switch (old, new) {
        case (.object(let before), .object(let after)):
            let added = after.members.filter { before[$0.key] == nil }
            for member in before.members + added {
                let place = path.isEmpty ? member.key : "\(path).\(member.key)"
                compare(before[member.key], after[member.key], at: place)
            }
        case (.array(let before), .array(let after)):
            for index in 0..<max(before.count, after.count) {
                compare(before.dropFirst(index).first, after.dropFirst(index).first, at: "\(path)[\(index)]")
            }
        case (.string(let before), .string(let after)):
            let same = zip(before.utf8, after.utf8).prefix { $0 == $1 }.count
            note(
                "\(path): recorded \(before.utf8.count) bytes, now \(after.utf8.count), the same up to byte \(same)"
            )
        default: note("\(path): recorded \(Self.words(old)), now \(Self.words(new))")
        }
    }

    private mutating func compare(_ old: JSON?, _ new: JSON?, at path: String) {
        switch (old, new) {
        case (let old?, let new?): compare(old, new, at: path)
        case (.some, nil): note("\(path): recorded, now missing")
        case (nil, .some): note("\(path): not recorded, now there")
        case (nil, nil): break
        }
    }

    private mutating func note(_ place: String) {
        count += 1
        if places.count < Self.shown { places.append(place) }
    }

    /// Numbers and truth values are settings and may be shown.
    private static func words(_ value: JSON) -> String {
        switch value {
        case .int, .double, .bool, .null: value.description
        case .string, .array, .object: value.typeName
        }
    }
}
