public import Values

/// The length of one period of a time axis.
public enum TimeGrain: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
    case day, week, month, quarter, year

    /// From the finest to the coarsest.
    private var rank: Int {
        switch self {
        case .day: 0
        case .week: 1
        case .month: 2
        case .quarter: 3
        case .year: 4
        }
    }

    /// A finer grain comes before a coarser one.
    public static func < (a: TimeGrain, b: TimeGrain) -> Bool { a.rank < b.rank }
}

/// What one column of an answer is, so that charts, tables and sentences can treat it rightly without looking at
/// the SQL.
public struct OutputColumn: Sendable, Hashable {
    /// What the column does in the answer.
    public enum Role: Sendable, Hashable {
        /// Names or categories that the measures are broken down by; also plain listed columns.
        case dimension
        /// Periods of a time axis. Values are text that sorts: `2024`, `2024-Q1`, `2024-03`, `2024-03-09`; a week is
        /// written as the day it begins on, a Monday.
        case time(TimeGrain)
        /// A number that was counted, summed, averaged or ranked on.
        case measure
    }

    /// How the column's values are written for people.
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        /// As they come.
        case plain
        /// An amount of money; the currency is unknown.
        case money
        /// A whole number of things.
        case count
        /// A number that may have a fraction.
        case number
        /// A fraction of one.
        case ratio
        /// Per cent: 12.5 means 12.5 %.
        case percent
    }

    /// The column's name in the result, as the SQL gives it.
    public var name: String
    /// The title for people.
    public var title: String
    /// What the column does.
    public var role: Role
    /// How its values are written.
    public var format: Format

    /// Makes a column.
    public init(name: String, title: String, role: Role, format: Format = .plain) {
        self.name = name
        self.title = title
        self.role = role
        self.format = format
    }

    /// `{"name","title","role":"dimension|time|measure","grain"?,"format"}`
    public var json: JSON {
        var object: JSONObject = ["name": .string(name), "title": .string(title)]
        switch role {
        case .dimension: object["role"] = "dimension"
        case .measure: object["role"] = "measure"
        case .time(let grain):
            object["role"] = "time"
            object["grain"] = .string(grain.rawValue)
        }
        object["format"] = .string(format.rawValue)
        return .object(object)
    }

    /// Reads back ``json``; nil when a member is missing or unknown.
    public init?(json: JSON) {
        guard let name = json["name"]?.string, let title = json["title"]?.string,
            let format = json["format"]?.string.flatMap(Format.init(rawValue:))
        else { return nil }
        switch json["role"]?.string {
        case "dimension": role = .dimension
        case "measure": role = .measure
        case "time":
            guard let grain = json["grain"]?.string.flatMap(TimeGrain.init(rawValue:)) else { return nil }
            role = .time(grain)
        default: return nil
        }
        self.name = name
        self.title = title
        self.format = format
    }
}
