/// Periods as people say them.
enum PeriodText {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]

    /// `2025-12` is `December 2025`, `2025-Q3` is `Q3 2025`, `2025-12-01` is `1 December 2025`; other texts come back as
    /// they are.
    static func words(_ text: String, _ grain: TimeGrain) -> String {
        let parts = text.split(separator: "-").map(String.init)
        switch (grain, parts.count) {
        case (.month, 2):
            guard let month = month(parts[1]) else { return text }
            return "\(month) \(parts[0])"
        case (.quarter, 2): return "\(parts[1]) \(parts[0])"
        case (.day, 3), (.week, 3):
            guard let month = month(parts[1]), let day = Int(parts[2]) else { return text }
            return (grain == .week ? "the week of " : "") + "\(day) \(month) \(parts[0])"
        default: return text
        }
    }

    private static func month(_ text: String) -> String? {
        guard let number = Int(text), months.indices.contains(number - 1) else { return nil }
        return months[number - 1]
    }
}
