public import Values

/// Reads how long a server asks to wait, and whether it wants another attempt at all.
public enum RetryAfter {
    /// What every longer wait is taken for: ten years, which fits into no deadline.
    public static let longest = Duration.seconds(315_360_000)

    /// The wait that the headers of a response ask for; nil when they ask for none, or for nothing that can be read.
    ///
    /// `retry-after-ms` goes first, then `retry-after` as seconds (with a fraction, if the server likes), then as a
    /// date (RFC 9110, sections 10.2.3 and 5.6.7). A moment that has passed is a wait of zero; negative numbers and
    /// words are nothing; what is too great for a number is ``longest``.
    /// - Parameters:
    ///   - now: the wall clock, for dates.
    ///   - header: gives the value of a header whose name is in lower case.
    public static func wait(now: Timestamp, header: (String) -> String?) -> Duration? {
        if let text = header("retry-after-ms"), let wait = duration(text, unitsPerSecond: 1000) { return wait }
        guard let text = header("retry-after") else { return nil }
        if let wait = duration(text, unitsPerSecond: 1) { return wait }
        guard let moment = HTTPDate.parse(text, now: now) else { return nil }
        let (micros, overflow) = moment.microseconds.subtractingReportingOverflow(now.microseconds)
        if overflow { return longest }
        return min(max(.microseconds(micros), .zero), longest)
    }

    /// What `x-should-retry` says; nil when it is missing or neither `true` nor `false`.
    public static func shouldRetry(header: (String) -> String?) -> Bool? {
        switch header("x-should-retry").map({ trimmed($0).lowercased() }) {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// A number of seconds or thousandths, not negative.
    private static func duration(_ text: String, unitsPerSecond: Double) -> Duration? {
        let digits = trimmed(text)
        // Words such as `nan` and `inf`, which `Double` would take, and hexadecimal numbers are no numbers here.
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 48 < 10 || ".+-eE".utf8.contains($0) }),
            let value = Double(digits), !value.isNaN
        else { return nil }
        if value < 0 || (value == 0 && digits.hasPrefix("-")) { return nil }
        let seconds = value / unitsPerSecond
        guard seconds < Double(longest.components.seconds) else { return longest }
        return .nanoseconds(Int64((seconds * 1_000_000_000).rounded(.up)))
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 }
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
