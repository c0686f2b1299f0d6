/// What speaks for and against a reading, as numbers that are known before anything is run. The probability that the
/// reading is right is computed from them (see ``Calibration``).
public struct Signals: Sendable, Hashable {
    /// The weakest match among the chosen meanings, 0 to 1.
    public var weakest = 1.0
    /// The mean match of the chosen meanings, 0 to 1.
    public var meanMatch = 1.0
    /// How much better the reading scores than the next one that means something else; at most 1.
    public var margin = 1.0
    /// Words that were passed over because they only tie their neighbours.
    public var ties = 0
    /// Words that were read in another spelling.
    public var corrections = 0
    /// Names that were completed from a part of them.
    public var shortened = 0
    /// Nouns that were taken as a part of the name beside them.
    public var absorbed = 0
    /// What the composer guessed: the sum of its doubts.
    public var guesses = 0.0
    /// What was assumed and is told to the person.
    public var assumptions = 0
    /// Tables that are joined.
    public var tables = 1
    /// Joins that the schema does not declare.
    public var inferredJoins = 0
    /// Whether a join could as well have gone another way.
    public var hasAmbiguousJoin = false
    /// Whether joins repeat rows of what is listed or measured.
    public var fansOut = false
    /// Words of the question that carry meaning.
    public var words = 0
    /// The share of the question's words that found a meaning of their own.
    public var coverage = 1.0
    /// Conditions on rows and on groups.
    public var conditions = 0
    /// Conditions that need a query of their own: never, both, whose, above the average.
    public var nested = 0
    /// Columns that are listed.
    public var listed = 0
    /// Things that results are grouped by.
    public var groups = 0
    /// Numbers that are computed.
    public var measures = 0
    /// Whether only the first few are wanted.
    public var isRanked = false
    /// Tables that must take part although nothing of them is shown.
    public var related = 0

    /// The names of ``vector``, in its order.
    public static let names = [
        "weakest", "mean_match", "margin", "ties", "corrections", "shortened", "absorbed", "guesses", "assumptions",
        "tables",
        "inferred_joins", "ambiguous_join", "fans_out", "words", "coverage", "conditions", "nested", "listed",
        "groups", "measures", "ranked", "related",
    ]

    /// The signals as numbers, counts cut off where more of them says no more.
    public var vector: [Double] {
        func count(_ number: Int, _ most: Int) -> Double { Double(min(number, most)) }
        return [
            weakest, meanMatch, min(margin, 0.4), count(ties, 3), count(corrections, 2), count(shortened, 1),
            count(absorbed, 2),
            min(guesses, 0.3), count(assumptions, 3), count(tables - 1, 3), count(inferredJoins, 2),
            hasAmbiguousJoin ? 1 : 0, fansOut ? 1 : 0, count(words, 20) / 10, coverage, count(conditions, 3),
            count(nested, 2), count(listed, 3), count(groups, 2), count(measures, 2), isRanked ? 1 : 0,
            count(related, 2),
        ]
    }
}
