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

    /// `Milliseconds` told in minutes is `Minutes`; another name keeps its words: `Duration in minutes`.
    static func column(_ ref: ColumnRef, told: UnitConversion) -> String {
        let words = column(ref).split(separator: " ").map(String.init)
        var kept = words
        while let last = kept.last, MeasureUnit(last.lowercased()) != nil || last == "in" { kept.removeLast() }
        return ((kept.isEmpty ? "" : kept.joined(separator: " ") + " in ") + told.unit).capitalisedFirst
    }

    static func aggregate(_ aggregate: Aggregate, _ name: String) -> String {
        switch aggregate {
        case .sum: name.hasPrefix("total") ? name.capitalisedFirst : "Total \(name)"
        case .average: "Average \(name)"
        case .minimum: "Lowest \(name)"
        case .maximum: "Highest \(name)"
        case .median: "Median \(name)"
        }
    }

    /// `subtotal minus order cost`; what is no plain arithmetic is an `amount`.
    static func formula(_ formula: Formula) -> String {
        let signs = ["+": "plus", "-": "minus", "*": "times", "/": "divided by"]
        switch formula {
        case .column(let ref): return column(ref).lowercased()
        case .infix(let left, let sign, let right):
            guard let word = signs[sign] else { return "amount" }
            let parts = [self.formula(left), self.formula(right)]
            return parts.contains("amount") ? "amount" : parts.joined(separator: " \(word) ")
        default: return "amount"
        }
    }

    /// `days from order date to shipped date`, `age`.
    static func span(_ span: DateSpan) -> String {
        if span.unit == .age { return "age" }
        func end(_ end: DateSpan.End) -> String {
            switch end {
            case .column(let ref): column(ref).lowercased()
            case .day(let day): "\(day)"
            }
        }
        return "\(span.unit.plural) from \(end(span.from)) to \(end(span.to))"
    }

    static func amount(_ amount: Amount) -> String {
        switch amount {
        case .column(let ref): column(ref).lowercased()
        case .product(let a, let b): "\(column(a).lowercased()) times \(column(b).lowercased())"
        case .formula(let formula, _): Titles.formula(formula)
        case .span(let span): Titles.span(span)
        }
    }

    static func course(_ course: Course, _ title: String) -> String {
        let name = title.lowercased()
        switch course.kind {
        case .growth: return "Growth of \(name)"
        case .change: return "Change of \(name)"
        case .earlier:
            return "\(title) \(course.isAgainstYearBefore ? "of the year before" : "of the period before")"
        case .runningTotal: return "Running \(name)"
        }
    }

    /// `Average milliseconds` told in minutes is `Average minutes`.
    static func told(_ title: String, in unit: MeasureUnit, _ own: MeasureUnit) -> String {
        let words = title.split(separator: " ").map(String.init)
        if let last = words.last, MeasureUnit(last.lowercased()) == own {
            let rest = words.dropLast().filter { $0 != "in" }.joined(separator: " ")
            return
                (rest.isEmpty
                ? "" : rest + (rest.hasSuffix("e") || rest.hasSuffix("t") || rest.hasSuffix("l") ? " " : " in "))
                + unit.plural
        }
        return "\(title) in \(unit.plural)"
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
