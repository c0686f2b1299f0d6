import Modeling
import Schemas
import Values

/// What is told of the course of a figure.
struct CourseWish: Sendable, Hashable {
    /// What is told; nil where only the periods were said ("month over month").
    var kind: Course.Kind?
    /// The periods, when they were said.
    var grain: TimeGrain?
    /// Whether the year before is compared with.
    var isAgainstYearBefore = false
    /// The two times that are compared, the earlier one first, when they were said.
    var between: [DateInterval] = []
}

/// Finds phrases that name a measure which no column holds as it is: the time between two dates, growth, running totals,
/// a formula, a unit. They are read before names and times, since their words ("between", "from … to", "last month")
/// mean something else by themselves.
struct MeasurePhrases {
    let model: SchemaModel
    let lexicon: Lexicon
    let values: ValueIndex
    let tokens: [Token]
    let today: CivilDate
    /// The month in which fiscal years start; nil where no calendar says so.
    var fiscalStart: Int?

    /// The phrases found, in the order of the question and without overlap.
    func parts() -> [Evidence.Part] {
        var found: [Evidence.Part] = []
        var at = 0
        while at < tokens.count {
            if tokens[at].isQuoted {
                at += 1
                continue
            }
            let parts = definition(at) ?? part(at).map { [$0] }
            let last = found.last?.range.upperBound ?? 0
            if let parts, let first = parts.first, let end = parts.last?.range.upperBound,
                first.range.lowerBound >= last
            {
                found += parts
                at = max(end, at + 1)
            } else {
                at += 1
            }
        }
        return found.filter { !$0.range.isEmpty }
    }

    private func part(_ at: Int) -> Evidence.Part? {
        level(at) ?? span(at) ?? promise(at) ?? age(at) ?? course(at) ?? arithmetic(at) ?? weekend(at) ?? unit(at)
    }

    // MARK: Words

    func word(_ at: Int) -> String {
        tokens.indices.contains(at) && !tokens[at].isQuoted ? tokens[at].folded : ""
    }

    /// Whether the words stand at a place, one after another.
    func stands(_ words: String, at: Int) -> Bool {
        var index = at
        for word in words.split(separator: " ") {
            guard self.word(index) == word else { return false }
            index += 1
        }
        return true
    }

    /// The first of the phrases that stands at a place, with the place after it; longer phrases must come first.
    func first(of phrases: [String], at: Int) -> Int? {
        for phrase in phrases where stands(phrase, at: at) {
            return at + phrase.utf8.count { $0 == 32 } + 1
        }
        return nil
    }

    /// Whether the words name a column or a table outright.
    func isName(_ range: Range<Int>) -> Bool {
        let phrase = tokens[range].map(\.lemma).joined(separator: " ")
        return lexicon.candidates(phrase).contains { $0.weight >= 0.85 }
    }

    /// Whether a word is a part of a longer name of the schema: "cumulative" of a column `cumulative_gpa`.
    func isInName(_ at: Int) -> Bool {
        for start in max(0, at - 3)...at {
            for end in at + 1...min(tokens.count, at + 4) where end - start <= 4 && isName(start..<end) {
                return true
            }
        }
        return false
    }

    /// A part with candidates, best first.
    static func part(_ range: Range<Int>, _ candidates: [Candidate]) -> Evidence.Part? {
        guard !candidates.isEmpty else { return nil }
        let sorted = candidates.sorted {
            $0.weight != $1.weight ? $0.weight > $1.weight : $0.element.sortKey < $1.element.sortKey
        }
        return Evidence.Part(range: range, fixed: nil, candidates: Array(sorted.prefix(12)))
    }
}
