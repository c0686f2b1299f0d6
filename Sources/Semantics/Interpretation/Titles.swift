import Modeling

/// Names for people.
enum Titles {
    /// `BillingCountry` is `Billing country`.
    static func column(_ ref: ColumnRef) -> String {
        var words = Words.split(ref.column)
        // The letter of `l_tax` tells the table; the one of `x_position` tells the axis.
        if words.count > 1, words[0].count == 1, !["x", "y", "z"].contains(words[0]) { words.removeFirst() }
        return words.joined(separator: " ").capitalisedFirst
    }

    static func aggregate(_ aggregate: Aggregate, _ name: String) -> String {
        switch aggregate {
        case .sum: name.hasPrefix("total") ? name.capitalisedFirst : "Total \(name)"
        case .average: "Average \(name)"
        case .minimum: "Lowest \(name)"
        case .maximum: "Highest \(name)"
        }
    }

    /// The English plural of a noun phrase.
    static func plural(_ noun: String) -> String {
        guard let last = noun.last else { return noun }
        if noun.hasSuffix("person") { return noun.dropLast(6) + "people" }
        if noun.hasSuffix("data") || noun.hasSuffix("staff") || noun.hasSuffix("series") { return noun }
        if last == "y", let before = noun.dropLast().last, !"aeiou".contains(before) {
            return noun.dropLast() + "ies"
        }
        if "sxz".contains(last) || noun.hasSuffix("ch") || noun.hasSuffix("sh") { return noun + "es" }
        return noun + "s"
    }
}
