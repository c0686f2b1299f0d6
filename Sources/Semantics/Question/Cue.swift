/// A word or phrase of a question that tells what to do with the things named.
enum Cue: Sendable, Hashable {
    /// "how many", "number of"
    case count
    /// "how much"
    case howMuch
    /// "different", "distinct"
    case distinct
    /// "total", "average", "minimum", "maximum"
    case aggregate(Aggregate)
    /// "top 5", "bottom 3": nil when no number was said
    case limit(Int?, isDescending: Bool)
    /// "most", "cheapest", "latest"; rank 2 for "second most"
    case superlative(isDescending: Bool, Hint?, rank: Int)
    /// "per", "for each"
    case each
    /// "by", which groups, ranks or names an author
    case by
    /// "sorted by"
    case order
    /// "descending", "highest first"
    case direction(isDescending: Bool)
    /// "more than 3"
    case compare(Comparison, Double, Hint?)
    /// "between 3 and 5"
    case between(Double, Double)
    /// "above average"
    case againstAverage(Comparison)
    /// "older than" with no number behind: another row or another column is compared with
    case than(Comparison, Hint?)
    /// "the same … as"
    case same
    /// "without", "never", "not"
    case negation(Negation)
    /// "percentage of", "share of"
    case share
    /// "ratio of … to …"
    case ratio
    /// "containing", "starting with": the text follows
    case matches(anchored: Bool)
    /// "both … and …"
    case both
    /// "when"
    case when
    /// "who"
    case who
    /// "which", "what"
    case which
    /// "show", "list"
    case list
    /// "and", "," and "or"
    case and, or
    /// "of", "in", "for", "with", "from" …
    case preposition(String)

    /// How something is denied.
    enum Negation: Sendable, Hashable { case without, never, not }

    /// What kind of measure an adjective speaks of.
    enum Hint: String, Sendable, Hashable {
        case price, duration, time, age, count, sold, weight, height, rating, size, pay
    }
}

extension Cue {
    /// Whether the cue asks for the highest or the lowest.
    var isSuperlative: Bool { if case .superlative = self { true } else { false } }
}

/// A cue at its place.
struct CueSpan: Sendable, Hashable {
    var range: Range<Int>
    var cue: Cue
}

/// Finds the cues of a question, longest phrase first.
enum CueReader {
    static func cues(_ tokens: [Token], taken: [Range<Int>]) -> [CueSpan] {
        var found: [CueSpan] = []
        var index = 0
        while index < tokens.count {
            if let range = taken.first(where: { $0.contains(index) }) {
                index = range.upperBound
                continue
            }
            if let span = numeric(tokens, at: index)
                ?? phrase(tokens, at: index, before: taken.map(\.lowerBound).filter { $0 > index }.min() ?? .max),
                !taken.contains(where: { $0.overlaps(span.range) })
            {
                found.append(span)
                index = span.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    private static func phrase(_ tokens: [Token], at index: Int, before limit: Int = .max) -> CueSpan? {
        let end = min(limit, tokens.count)
        var length = min(CuePhrases.longest, end - index)
        while length > 0 {
            let words = tokens[index..<index + length]
            if !words.contains(where: \.isQuoted) {
                let text = words.map(\.folded).joined(separator: " ")
                if let cue = CuePhrases.table[text] {
                    // "a total of 27 medals" says how many there are.
                    if case .aggregate = cue, tokens.indices.contains(index + length),
                        tokens[index + length].number != nil, !tokens[index + length].isOrdinal
                    {
                        return nil
                    }
                    return CueSpan(range: index..<index + length, cue: cue)
                }
            }
            length -= 1
        }
        return nil
    }

    // MARK: Cues with numbers

    private static func numeric(_ tokens: [Token], at index: Int) -> CueSpan? {
        func word(_ at: Int) -> String {
            tokens.indices.contains(at) && !tokens[at].isQuoted ? tokens[at].folded : ""
        }
        func number(_ at: Int) -> (value: Double, end: Int)? {
            var at = at
            while ["$", "€", "£", "a", "about", "than"].contains(word(at)) { at += 1 }
            guard tokens.indices.contains(at), let value = tokens[at].number ?? Numerals.occasions[word(at)],
                !tokens[at].isQuoted, !tokens[at].isOrdinal
            else { return nil }
            var end = at + 1
            var scaled = value
            if word(end) == "%" { end += 1 }
            if let scale = Numerals.scales[word(end)],
                value < scale
            {
                scaled *= scale
                end += 1
            }
            // A unit belongs to its number.
            if CuePhrases.units.contains(word(end)) { end += 1 }
            return (scaled, end)
        }
        // top 5, the first three, bottom 10
        if let isDescending = [
            "top": true, "bottom": false, "first": true, "best": true, "worst": false, "last": false,
        ][word(index)] {
            if let (value, end) = number(index + 1), let count = Int(exactly: value), count > 0, count <= 10_000 {
                return CueSpan(range: index..<end, cue: .limit(count, isDescending: isDescending))
            }
            if word(index) == "top" || word(index) == "bottom" {
                return CueSpan(range: index..<index + 1, cue: .limit(nil, isDescending: isDescending))
            }
        }
        // "heaviest first", "the largest amount first"
        if let lead = phrase(tokens, at: index), case .superlative(let isDescending, _, 1) = lead.cue,
            let end = (lead.range.upperBound...lead.range.upperBound + 1).first(where: { word($0) == "first" })
        {
            return CueSpan(range: index..<end + 1, cue: .direction(isDescending: isDescending))
        }
        // the second most, third highest
        if tokens[index].isOrdinal, let rank = tokens[index].number, rank < 100,
            let next = phrase(tokens, at: index + 1), case .superlative(let isDescending, let hint, _) = next.cue
        {
            return CueSpan(
                range: index..<next.range.upperBound,
                cue: .superlative(isDescending: isDescending, hint, rank: Int(rank)))
        }
        // the 5 most …, the three longest …
        if let (value, end) = number(index), let next = phrase(tokens, at: end), let count = Int(exactly: value),
            count > 1,
            case .superlative(let isDescending, _, _) = next.cue, !["more", "less"].contains(word(end))
        {
            return CueSpan(range: index..<end, cue: .limit(count, isDescending: isDescending))
        }
        // which three cities have the most …
        if index > 0, ["which", "what"].contains(word(index - 1)), let (value, end) = number(index),
            let count = Int(exactly: value), (2...1000).contains(count), end == index + 1,
            let later = (end..<tokens.count).lazy.compactMap({ phrase(tokens, at: $0) }).first(where: {
                if case .superlative = $0.cue { true } else { false }
            }), case .superlative(let isDescending, _, _) = later.cue
        {
            return CueSpan(range: index..<end, cue: .limit(count, isDescending: isDescending))
        }
        // hired before their manager
        if let comparison = ["before": Comparison.less, "after": .greater][word(index)],
            ["their", "his", "her", "its"].contains(word(index + 1))
        {
            return CueSpan(range: index..<index + 1, cue: .than(comparison, .time))
        }
        // between 60 and 120
        if word(index) == "between", let (low, at) = number(index + 1), word(at) == "and",
            let (high, end) = number(at + 1)
        {
            return CueSpan(range: index..<end, cue: .between(low, high))
        }
        // 3 or more, 10 or less
        if let (value, at) = number(index), word(at) == "or" || word(at) == "and" || word(at) == "plus",
            let comparison = [
                "more": Comparison.greaterOrEqual, "above": .greaterOrEqual, "over": .greaterOrEqual,
                "less": .lessOrEqual,
                "fewer": .lessOrEqual, "below": .lessOrEqual, "under": .lessOrEqual, "greater": .greaterOrEqual,
                "higher": .greaterOrEqual,
            ][word(at + 1)]
        {
            return CueSpan(range: index..<at + 2, cue: .compare(comparison, value, nil))
        }
        // "4 stars or more", "with 20 seats or fewer": the comparison stands behind the thing that is counted.
        if let (value, at) = number(index), at == index + 1 {
            for end in at + 1..<min(at + 4, max(at + 1, tokens.count)) where word(end) == "or" {
                guard let comparison = Self.openEnds[word(end + 1)] else { break }
                return CueSpan(range: index..<at, cue: .compare(comparison, value, nil))
            }
        }
        var length = min(5, tokens.count - index)
        while length > 0 {
            let text = tokens[index..<index + length].map(\.folded).joined(separator: " ")
            if let (comparison, hint) = CuePhrases.comparatives[text] {
                if let (value, end) = number(index + length) {
                    return CueSpan(range: index..<end, cue: .compare(comparison, value, hint))
                }
                if let end = average(word, at: index + length) {
                    return CueSpan(range: index..<end, cue: .againstAverage(comparison))
                }
                if word(index + length - 1) == "than" || comparesOwn(text, word(index + length)) {
                    return CueSpan(range: index..<index + length, cue: .than(comparison, hint))
                }
            }
            length -= 1
        }
        // more credits than their prerequisite
        if let comparison = [
            "more": Comparison.greater, "higher": .greater, "greater": .greater, "larger": .greater,
            "less": .less, "fewer": .less, "lower": .less, "smaller": .less,
        ][word(index)],
            word(index + 1) != "than", let than = (index + 2..<index + 4).first(where: { word($0) == "than" }),
            number(than + 1) == nil, average(word, at: than + 1) == nil
        {
            return CueSpan(range: index..<index + 1, cue: .than(comparison, nil))
        }
        return nil
    }

    /// What "or more" and the like make of a number that stands before them.
    static let openEnds: [String: Comparison] = [
        "more": .greaterOrEqual, "above": .greaterOrEqual, "over": .greaterOrEqual, "higher": .greaterOrEqual,
        "greater": .greaterOrEqual, "better": .greaterOrEqual, "longer": .greaterOrEqual, "larger": .greaterOrEqual,
        "less": .lessOrEqual, "fewer": .lessOrEqual, "below": .lessOrEqual, "under": .lessOrEqual,
        "lower": .lessOrEqual,
        "shorter": .lessOrEqual, "smaller": .lessOrEqual,
    ]

    /// "exceeds the …", "equals the …", "below their reorder level": a comparison without "than" that no number follows.
    private static func comparesOwn(_ text: String, _ next: String) -> Bool {
        if ["their", "its", "his", "her"].contains(next) { return true }
        return ["exceeds", "exceed", "exceeded", "exceeding", "equals", "equal to", "is equal to"].contains(text)
            && ["the", "a", "that"].contains(next)
    }

    /// The end of "the average", "average", "the overall average" at a place.
    private static func average(_ word: (Int) -> String, at index: Int) -> Int? {
        var at = index
        while ["the", "than", "overall", "its", "their"].contains(word(at)) { at += 1 }
        return ["average", "mean"].contains(word(at)) ? at + 1 : nil
    }
}
