import Values

/// Reading of quantities with units.
enum Units {
    private static let durations: [(unit: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ]
    private static let sizes: [(unit: String, bytes: Int)] = [
        ("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ]

    /// Milliseconds of `250ms`, `5s`, `2m`, `1h`.
    static func milliseconds(_ node: YAMLNode, _ key: String, _ problems: inout Problems) -> Int? {
        quantity(node, durations.map { ($0.unit, $0.milliseconds) })
            ?? {
                problems.error(
                    "bad_duration", "'\(key)' is no duration",
                    hint: "write a whole number above 0 with ms, s, m or h, such as 250ms or 5s, at most 24h",
                    at: node.place)
                return nil
            }()
    }

    /// Bytes of `64MiB`, `10kB`, or a plain number.
    static func bytes(_ node: YAMLNode, _ key: String, _ problems: inout Problems) -> Int? {
        if case .int(let bytes)? = node.scalar?.json, bytes > 0 { return bytes }
        return quantity(node, sizes.map { ($0.unit, $0.bytes) }, most: 1 << 50)
            ?? {
                problems.error(
                    "bad_size", "'\(key)' is no size",
                    hint: "write a whole number above 0 with B, kB, MB, GB, KiB, MiB or GiB, such as 64MiB",
                    at: node.place)
                return nil
            }()
    }

    private static func quantity(_ node: YAMLNode, _ units: [(String, Int)], most: Int = 86_400_000) -> Int? {
        guard let text = node.scalar?.text else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits), let factor = units.first(where: { $0.0 == unit })?.1 else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow || value < 1 || value > most ? nil : value
    }

    /// A whole number within `range`.
    static func integer(
        _ node: YAMLNode, _ key: String, _ range: ClosedRange<Int>, _ problems: inout Problems
    ) -> Int? {
        guard let scalar = node.scalar, case .int(let value) = scalar.json else {
            problems.error(
                "wrong_type", "'\(key)' must be a whole number, not \(node.kind)",
                hint: "write a number from \(range.lowerBound) to \(range.upperBound), without quotes",
                at: node.place)
            return nil
        }
        guard range.contains(value) else {
            problems.error(
                "out_of_range", "'\(key)' is \(value)",
                hint: "write a number from \(range.lowerBound) to \(range.upperBound)", at: node.place)
            return nil
        }
        return value
    }

    /// An amount of money in millionths.
    static func microcost(_ node: YAMLNode, _ key: String, _ problems: inout Problems) -> Int? {
        guard let value = node.scalar?.json.double else {
            problems.error(
                "wrong_type", "'\(key)' must be a number, not \(node.kind)",
                hint: "write an amount such as 0.50, without a currency sign", at: node.place)
            return nil
        }
        guard value >= 0, value <= 1_000_000 else {
            problems.error(
                "out_of_range", "'\(key)' is \(value)", hint: "write an amount from 0 to 1000000", at: node.place)
            return nil
        }
        return Int((value * 1_000_000).rounded())
    }
}

/// The names that people give to things.
enum Naming {
    /// Small letters, digits and `_`, beginning with a letter, `minimum` to 64 characters.
    static func isName(_ text: String, minimum: Int) -> Bool {
        let bytes = Array(text.utf8)
        guard (minimum...64).contains(bytes.count), let first = bytes.first, first &- 97 < 26 else { return false }
        return bytes.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == 95 }
    }

    /// Reports `name` when it is none.
    static func check(_ name: PlacedText, _ what: String, minimum: Int, _ problems: inout Problems) {
        guard !isName(name.text, minimum: minimum) else { return }
        problems.error(
            "bad_name", "\(what) '\(name.text)' is no valid name",
            hint: "use \(minimum) to 64 small letters, digits and _, beginning with a letter", at: name.place)
    }
}
