/// A unit of measure that names of columns and questions use: `milliseconds`, `cents`, `kg`.
public struct MeasureUnit: Sendable, Hashable {
    /// What is measured; units of one dimension are converted into one another.
    public enum Dimension: String, Sendable, Hashable {
        case time, money, mass, length, data
    }

    /// What is measured.
    public var dimension: Dimension
    /// How many base units (seconds, whole currency units, grams, metres, bytes) it is.
    public var size: Double
    /// The word for people, in the plural.
    public var plural: String

    /// The unit that a word stands for, singular or plural or shortened; nil for other words.
    public init?(_ word: String) {
        for (words, dimension, size) in Self.table where words.contains(word) {
            self.dimension = dimension
            self.size = size
            plural = words[1]
            return
        }
        return nil
    }

    /// The unit that a column's name tells: the last word that is one, where a letter or two count at the end only.
    public static func of(_ words: [String]) -> MeasureUnit? {
        for (at, word) in words.enumerated().reversed() where word.utf8.count > 2 || at == words.count - 1 && at > 0
        {
            if let unit = MeasureUnit(word) { return unit }
        }
        return nil
    }

    /// Singular and plural first, then what names of columns shorten them to. A megabyte is 1,048,576 bytes, as files
    /// are counted.
    private static let table: [([String], Dimension, Double)] = [
        (["millisecond", "milliseconds", "ms", "millis", "msec"], .time, 0.001),
        (["second", "seconds", "sec", "secs"], .time, 1), (["minute", "minutes", "mins"], .time, 60),
        (["hour", "hours", "hrs", "hr"], .time, 3600), (["day", "days"], .time, 86_400),
        (["week", "weeks"], .time, 604_800),
        (["cent", "cents"], .money, 0.01), (["dollar", "dollars", "usd"], .money, 1),
        (["euro", "euros", "eur"], .money, 1), (["pound", "pounds", "gbp"], .money, 1),
        (["gram", "grams", "g"], .mass, 1), (["kilogram", "kilograms", "kg", "kilo", "kilos", "kgs"], .mass, 1000),
        (["tonne", "tonnes", "tons"], .mass, 1_000_000),
        (["millimeter", "millimeters", "mm", "millimetre", "millimetres"], .length, 0.001),
        (["centimeter", "centimeters", "cm", "centimetre", "centimetres"], .length, 0.01),
        (["meter", "meters", "m", "metre", "metres"], .length, 1),
        (["kilometer", "kilometers", "km", "kilometre", "kilometres", "kms"], .length, 1000),
        (["mile", "miles"], .length, 1609.344), (["foot", "feet", "ft"], .length, 0.3048),
        (["inch", "inches", "inche"], .length, 0.0254),
        (["byte", "bytes"], .data, 1), (["kilobyte", "kilobytes", "kb"], .data, 1024),
        (["megabyte", "megabytes", "mb"], .data, 1_048_576),
        (["gigabyte", "gigabytes", "gb"], .data, 1_073_741_824),
    ]
}
