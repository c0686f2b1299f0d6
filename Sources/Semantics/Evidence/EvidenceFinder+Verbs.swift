import Modeling
import Schemas

/// Verbs that tell by which date something is meant: "signed up" of `signup_date`, "joined" of `hire_date`.
extension EvidenceFinder {
    /// The particle that belongs to a verb: "up" of "signed up".
    func particle(after index: Int) -> String? {
        guard tokens.indices.contains(index + 1), !tokens[index + 1].isQuoted else { return nil }
        let word = tokens[index + 1].folded
        return ["up", "in", "out", "off", "on"].contains(word) ? word : nil
    }

    /// Whether the words are one participle that names dates and no table: "shipped" of `shipped_at`. "The shipped date"
    /// is a longer name, and "by shipped" asks for groups.
    func isDateVerb(_ span: EvidenceSpan) -> Bool {
        guard span.range.count == 1, !tokens[span.range.lowerBound].isQuoted,
            Self.isParticiple(tokens[span.range.lowerBound].folded)
        else { return false }
        let before = span.range.lowerBound - 1
        if before >= 0, ["by", "per", "each"].contains(tokens[before].folded) { return false }
        return span.candidates.contains { candidate in
            if case .column(let ref) = candidate.element { isTime(ref) } else { false }
        }
            && !span.candidates.contains { candidate in
                if case .entity = candidate.element { candidate.weight >= 0.9 } else { false }
            }
    }

    /// Whether "first" speaks of the earliest of things: "the first order of each customer". "When was the first order?"
    /// is read by its "when", and "first name" is a name.
    func startsHistory(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        guard !tokens.contains(where: { $0.folded == "when" }),
            let next = parts.first(where: { $0.range.lowerBound == index + 1 }), !next.isVerb,
            case .entity? = next.candidates.first?.element
        else { return false }
        return (next.candidates.first?.weight ?? 0) >= 0.9
    }

    /// Whether "new" stands before things that have a date of their own: "new customers per month" signed up then.
    func isNewcomer(_ index: Int, _ parts: [Evidence.Part]) -> Bool {
        guard let next = parts.first(where: { $0.range.lowerBound == index + 1 }), !next.isVerb,
            case .entity(let table)? = next.candidates.first?.element
        else { return false }
        return hasDate(table)
    }

    /// Adds the date columns whose name holds the verb with its particle, its participle, or a word of the same meaning.
    func addDates(of word: String, particle: String?, to found: inout [Candidate]) {
        guard Self.isParticiple(word) || Words.verbStems(word).isEmpty == false else { return }
        let stems = Words.verbStems(word) + (Self.irregularStems[word] ?? [])
        func add(_ phrase: String, _ factor: Double) {
            for candidate in lexicon.candidates(phrase) where candidate.weight >= 0.55 {
                guard case .column(let ref) = candidate.element, isTime(ref),
                    !found.contains(where: { $0.element == candidate.element })
                else { continue }
                found.append(Candidate(element: candidate.element, weight: candidate.weight * factor))
            }
        }
        if let particle {
            for stem in stems {
                add(stem + particle, 0.9)
                add(stem + " " + particle, 0.9)
            }
            if !found.isEmpty { return }
        }
        for stem in stems { add(stem, 0.85) }
        // Another table may call the same event otherwise: exhibitions "open" on a start date, museums in an opening year.
        for group in Self.sameEvents where group.contains(where: stems.contains) {
            for other in group { add(other, 0.78) }
        }
    }

    /// The dates that a participle names which else carries no content ("received", "registered"); nil for other words.
    func fillerDates(_ token: Token) -> [Candidate]? {
        let word = token.folded
        guard CuePhrases.fillers.contains(word), CuePhrases.table[word] == nil, Self.isParticiple(word) else {
            return nil
        }
        var found: [Candidate] = []
        addDates(of: word, particle: nil, to: &found)
        return found.isEmpty ? nil : Array(found.prefix(Self.candidateLimit))
    }

    private static func isParticiple(_ word: String) -> Bool {
        (word.hasSuffix("ed") && !Words.verbStems(word).isEmpty) || irregularStems[word] != nil
    }

    /// Participles that do not end in "-ed".
    static let irregularStems: [String: [String]] = [
        "paid": ["pay", "payment"], "received": ["receive", "receipt"], "sent": ["send"], "born": ["birth"],
        "began": ["begin", "start"],
        "begun": ["begin", "start"], "left": ["leave", "end"], "made": ["make"], "built": ["build"],
        "sold": ["sell", "sale"], "bought": ["buy", "purchase"],
    ]

    /// Words of one event, as they stand in the names of dates.
    static let sameEvents: [[String]] = [
        ["join", "hire", "hired", "employ", "employment"],
        [
            "join", "signup", "sign up", "register", "registered", "registration", "enrol", "enroll", "enrolment",
            "enrollment", "subscribe", "subscription",
        ],
        ["start", "begin", "commence"], ["resolve", "resolved", "resolution", "close", "closed", "closing"],
        ["end", "finish", "close", "closed", "expire", "expiry"],
        ["depart", "departed", "leave", "left", "departure"], ["arrive", "arrived", "arrival", "land", "landed"],
        ["launch", "release", "released", "introduce"], ["open", "opening", "opened", "start", "begin"],
        ["ship", "shipped", "shipping", "dispatch", "dispatched"], ["deliver", "delivery", "delivered"],
        ["pay", "paid", "payment"], ["publish", "published", "publication"],
        ["found", "founded", "establish", "established"],
    ]
}
