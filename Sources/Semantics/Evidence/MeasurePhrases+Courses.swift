import Schemas
import Values

/// Words for the course of a figure: "growth", "month over month", "compared with the previous year", "running total".
extension MeasurePhrases {
    func course(_ at: Int) -> Evidence.Part? {
        running(at) ?? periodOverPeriod(at) ?? comparedWithEarlier(at) ?? growth(at) ?? comparedTimes(at)
    }

    /// "from 2023 to 2024" behind a word for growth.
    private func comparedTimes(_ at: Int) -> Evidence.Part? {
        guard let (between, end) = twoTimes(at),
            (0..<at).contains(where: { change($0) != nil || Self.verbs[word($0)] != nil })
        else { return nil }
        return part(at..<end, CourseWish(between: between))
    }

    private func part(_ range: Range<Int>, _ wish: CourseWish) -> Evidence.Part {
        Evidence.Part(range: range, fixed: .course(wish))
    }

    /// "cumulative", "running total of"
    private func running(_ at: Int) -> Evidence.Part? {
        let phrases = [
            "running total of", "running totals of", "cumulative total of", "cumulative sum of", "running sum of",
            "cumulative number of", "cumulative count of", "running count of", "running total", "running totals",
            "cumulative total", "cumulative sum", "running sum", "cumulative", "cumulatively", "accumulated",
            "running",
        ]
        guard let end = first(of: phrases, at: at), !isInName(at) else { return nil }
        if word(at) == "running", end == at + 1, !lexiconSaysMeasure(end) { return nil }
        // The number that is counted keeps its own words.
        let counts = word(end - 1) == "of" && ["number", "count"].contains(word(end - 2))
        return part(at..<(counts ? end - 2 : end), CourseWish(kind: .runningTotal))
    }

    private func lexiconSaysMeasure(_ at: Int) -> Bool {
        tokens.indices.contains(at) && ["total", "sum", "revenue", "sales", "count"].contains(word(at))
    }

    /// "month over month", "year-on-year", "YoY", with a word for growth where one follows at once.
    private func periodOverPeriod(_ at: Int) -> Evidence.Part? {
        var grain: TimeGrain?
        var end = at
        let shorts: [String: TimeGrain] = ["yoy": .year, "mom": .month, "qoq": .quarter, "wow": .week, "dod": .day]
        if let short = shorts[word(at)], word(at) == "yoy" || tokens[at].text.count(where: \.isUppercase) > 1 {
            grain = short
            end = at + 1
        } else if let first = TimeGrain(rawValue: word(at)) {
            var place = at + 1
            if word(place) == "-" { place += 1 }
            guard ["over", "on", "versus", "vs"].contains(word(place)) else { return nil }
            place += 1
            if word(place) == "-" { place += 1 }
            guard word(place) == first.rawValue else { return nil }
            grain = first
            end = place + 1
        }
        if grain == nil, word(at) == "from", let first = TimeGrain(rawValue: word(at + 1)), word(at + 2) == "to",
            word(at + 3) == first.rawValue,
            tokens.indices.contains(where: { change($0) != nil || Self.verbs[word($0)] != nil })
        {
            grain = first
            end = at + 4
        }
        if grain == nil, let found = first(of: ["period over period", "period - over - period"], at: at) {
            end = found
        }
        guard end > at else { return nil }
        var wish = CourseWish(grain: grain)
        if grain == .year { wish.isAgainstYearBefore = true }
        if let (kind, after) = change(end) {
            wish.kind = kind
            end = after
        }
        return part(at..<end, wish)
    }

    /// "compared with the previous month", "versus last year", "than the month before": only where figures are broken
    /// down by periods; else two times are compared.
    private func comparedWithEarlier(_ at: Int) -> Evidence.Part? {
        guard
            let place = first(
                of: [
                    "compared with the", "compared to the", "compared with", "compared to", "in comparison to the",
                    "in comparison with the", "relative to the", "versus the", "vs the", "vs . the", "versus", "vs",
                    "over the", "from the", "against the", "than the", "than in the", "and the", "with the",
                ], at: at)
        else { return nil }
        let grain: TimeGrain?
        let end: Int
        if word(place) == "same", tokens.indices.contains(place + 1), TimeGrain(rawValue: word(place + 1)) != nil,
            let after = first(
                of: [
                    "of the previous year", "in the previous year", "of the prior year", "in the prior year",
                    "of last year", "last year", "a year earlier", "a year ago", "a year before", "the year before",
                    "of the year before", "in the year before", "one year earlier",
                ], at: place + 2)
        {
            var wish = CourseWish(grain: TimeGrain(rawValue: word(place + 1)))
            wish.isAgainstYearBefore = true
            return part(at..<after, wish)
        } else if ["previous", "prior", "preceding"].contains(word(place)) {
            if word(place + 1) == "period" || word(place + 1) == "one" {
                grain = nil
                end = place + 2
            } else if let said = TimeGrain(rawValue: word(place + 1)) {
                grain = said
                end = place + 2
            } else {
                return nil
            }
        } else if let said = TimeGrain(rawValue: word(place)), word(place + 1) == "before" {
            grain = said
            end = place + 2
        } else {
            return nil
        }
        guard isBrokenDown else { return nil }
        var wish = CourseWish(grain: nil)
        wish.isAgainstYearBefore = grain == .year
        return part(at..<end, wish)
    }

    /// Whether the question asks for periods: "each month", "monthly", "by quarter".
    private var isBrokenDown: Bool {
        tokens.indices.contains { at in
            ["daily", "weekly", "monthly", "quarterly", "yearly", "annual", "annually"].contains(word(at))
                || ["each", "every", "per", "by"].contains(word(at)) && tokens.indices.contains(at + 1)
                    && TimeGrain(rawValue: tokens[at + 1].lemma) != nil
        }
    }

    /// "growth rate", "percentage change", "increase": what is told, with the place after the words.
    private func change(_ at: Int) -> (Course.Kind, Int)? {
        let growth = [
            "growth percentage", "percentage growth", "percent growth", "growth rates", "growth rate",
            "rate of growth",
            "rate of change", "percentage change", "percent change", "% change", "% growth", "percentage increase",
            "percent increase", "percentage decrease", "relative change", "growth",
        ]
        if let end = first(of: growth, at: at) { return (.growth, end) }
        let change = ["absolute change", "change", "changes", "increase", "decrease", "difference"]
        if let end = first(of: change, at: at) { return (.change, end) }
        return nil
    }

    // MARK: Growth

    /// "growth", "how much did … grow", with the two times that are compared where they follow.
    private func growth(_ at: Int) -> Evidence.Part? {
        var kind: Course.Kind
        var end: Int
        var isVerb = false
        if let (said, after) = change(at) {
            (kind, end) = (said, after)
        } else if let said = Self.verbs[word(at)] {
            (kind, end, isVerb) = (said, at + 1, true)
        } else {
            return nil
        }
        if word(end) == "between", twoTimes(end) == nil { return nil }
        if isInName(at) || (!isVerb && isName(at..<end)) { return nil }
        // Per cent may be said anywhere: "by what percentage did … change".
        if tokens.contains(where: { ["percent", "percentage", "%"].contains($0.folded) }) { kind = .growth }
        if let (between, after) = twoTimes(end) {
            return part(at..<after, CourseWish(kind: kind, between: between))
        }
        // The times may stand behind the figure: "growth in revenue from 2023 to 2024".
        let later = (end..<tokens.count).contains { place in twoTimes(place) != nil }
        if kind == .growth, !isVerb || later { return part(at..<end, CourseWish(kind: kind)) }
        let asksHow = tokens.prefix(at).contains { ["how", "what"].contains($0.folded) }
        guard later || hasPeriods(except: at..<end) || asksHow && hasPeriods(except: at..<end) else { return nil }
        return part(at..<end, CourseWish(kind: kind))
    }

    private static let verbs: [String: Course.Kind] = [
        "grow": .growth, "grew": .growth, "grown": .growth, "growing": .growth, "increase": .change,
        "increased": .change, "decrease": .change, "decreased": .change, "change": .change, "changed": .change,
        "rise": .change, "rose": .change, "risen": .change, "fall": .change, "fell": .change, "drop": .change,
        "dropped": .change, "decline": .change, "declined": .change, "improve": .change, "improved": .change,
    ]

    /// Whether something else in the question says over which periods the figure moves.
    private func hasPeriods(except range: Range<Int>) -> Bool {
        tokens.indices.contains { at in
            !range.contains(at) && (periodOverPeriod(at) != nil || comparedWithEarlier(at) != nil)
        }
    }

    /// "from 2023 to 2024", "between Q1 and Q2 2025", "in 2024 compared with 2023".
    func twoTimes(_ at: Int) -> (between: [DateInterval], end: Int)? {
        let reader = TimeReader(tokens: tokens, today: today, fiscalStart: fiscalStart)
        if word(at) == "from" || word(at) == "between", let first = reader.point(at: at + 1),
            ["to", "and", "until"].contains(word(first.end)), let second = reader.point(at: first.end + 1)
        {
            return ([Self.moved(first, before: second), second.interval], second.end)
        }
        if ["in", "during", "for", "of"].contains(word(at)), let first = reader.point(at: at + 1),
            let other = self.first(
                of: [
                    "compared with", "compared to", "versus", "vs .", "vs", "over", "relative to", "against",
                    "in comparison to", "in comparison with", "as compared to",
                ], at: first.end), let second = reader.point(at: other)
        {
            return ([Self.moved(second, before: first), first.interval], second.end)
        }
        return nil
    }

    /// "Q1 to Q2 2025": the year stands once and belongs to both.
    private static func moved(_ point: TimeReader.Point, before other: TimeReader.Point) -> DateInterval {
        guard point.isYearOpen, !other.isYearOpen, let start = point.interval.start, let end = point.interval.end,
            let last = other.interval.start
        else { return point.interval }
        var years = last.year - start.year
        if start.adding(months: 12 * years) > last { years -= 1 }
        return DateInterval(start: start.adding(months: 12 * years), end: end.adding(months: 12 * years))
    }
}
