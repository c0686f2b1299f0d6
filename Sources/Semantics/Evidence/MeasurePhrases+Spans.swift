import Modeling
import Schemas
import Values

/// The time between two dates: "days between order and shipping", "how long does it take to deliver", "length of stay".
extension MeasurePhrases {
    func span(_ at: Int) -> Evidence.Part? {
        timeBetween(at) ?? timeTo(at) ?? duration(at)
    }

    /// The unit that a word names, where it is one of time.
    func timeUnit(_ at: Int) -> DateSpan.Unit? {
        guard tokens.indices.contains(at), !tokens[at].isQuoted else { return nil }
        let unit = DateSpan.Unit(rawValue: tokens[at].lemma)
        return unit == .age ? nil : unit
    }

    /// "days", "time in hours", "how long", "how many days", "number of days": the words for a length of time, with the
    /// place after them.
    private func head(_ at: Int) -> (unit: DateSpan.Unit?, end: Int)? {
        if let end = first(of: ["how many", "number of", "the number of", "total number of"], at: at),
            let unit = timeUnit(end)
        {
            return (unit, end + 1)
        }
        if let unit = timeUnit(at), tokens[at].folded != tokens[at].lemma { return (unit, at + 1) }
        if let end = first(
            of: [
                "how long", "length of time", "amount of time", "lead time", "turnaround time", "elapsed time",
                "time span", "time gap", "time difference", "time interval", "time", "duration", "delay", "gap",
                "interval", "lag", "period", "difference",
            ], at: at)
        {
            if word(end) == "in", let unit = timeUnit(end + 1) { return (unit, end + 2) }
            return (nil, end)
        }
        return nil
    }

    /// A unit said after the phrase or before it: "… in hours".
    private func unit(after end: Int) -> (unit: DateSpan.Unit, end: Int)? {
        guard word(end) == "in" || word(end) == "(" else { return nil }
        let at = word(end) == "(" && word(end + 1) == "in" ? end + 2 : end + 1
        guard let unit = timeUnit(at), tokens[at].folded != tokens[at].lemma else { return nil }
        return (unit, word(end) == "(" && word(at + 1) == ")" ? at + 2 : at + 1)
    }

    private func finished(_ range: Range<Int>, _ unit: DateSpan.Unit?, _ make: (DateSpan.Unit) -> [Candidate])
        -> Evidence.Part?
    {
        let after = self.unit(after: range.upperBound)
        let end = after?.end ?? range.upperBound
        return Self.part(range.lowerBound..<end, make(after?.unit ?? unit ?? .day))
    }

    /// "days between X and Y", "time from X to Y", "days it takes from X until Y", "days after X that Y".
    private func timeBetween(_ at: Int) -> Evidence.Part? {
        guard let (unit, first) = head(at) else { return nil }
        var place = first
        // Filling words between: "elapsed", "taken", "does it take for an order to get".
        var passed = 0
        while passed < 9, !["between", "from"].contains(word(place)) {
            guard Self.filling.contains(word(place)) || isEntityWord(place) else { return nil }
            place += 1
            passed += 1
        }
        guard let start = dates(at: place + 1) else { return nil }
        guard ["and", "to", "until", "till"].contains(word(start.end)) else { return nil }
        guard let end = dates(at: start.end + 1) else { return nil }
        return finished(at..<end.end, unit) { spans(start.dates, end.dates, $0) }
    }

    /// "time to ship", "how long does it take to deliver an order", "days to graduation": from the row's own date.
    private func timeTo(_ at: Int) -> Evidence.Part? {
        var unit: DateSpan.Unit?
        var place: Int
        if let (said, end) = head(at) {
            (unit, place) = (said, end)
        } else if ["took", "take", "takes", "taking"].contains(word(at)) {
            place = at + 1
            if word(place) == "the", ["longest", "shortest", "most", "least"].contains(word(place + 1)) {
                return nil
            }
        } else if ["longest", "shortest"].contains(word(at)), word(at + 1) == "to" {
            // The adjective stays for the rank.
            guard let end = dates(at: at + 2) else { return nil }
            return Self.part(at + 1..<end.end, spansFromOwnDate(end.dates, .day))
        } else {
            return nil
        }
        var passed = 0
        while passed < 9, !(word(place) == "to" || word(place) == "until" || word(place) == "before") {
            guard Self.filling.contains(word(place)) || isEntityWord(place) else { return nil }
            place += 1
            passed += 1
        }
        while ["be", "get", "reach"].contains(word(place + 1)) { place += 1 }
        guard var end = dates(at: place + 1) else { return nil }
        // "to ship an order": the thing is no other date.
        let candidates = spansFromOwnDate(end.dates, .day)
        guard !candidates.isEmpty else { return nil }
        while ["a", "an", "the", "it", "them", "each", "their"].contains(word(end.end)), isEntityWord(end.end + 1) {
            end.end += 2
        }
        return finished(at..<end.end, unit) { spansFromOwnDate(end.dates, $0) }
    }

    /// From the table's own day to each of the dates.
    private func spansFromOwnDate(_ dates: [NamedDate], _ unit: DateSpan.Unit) -> [Candidate] {
        dates.flatMap { end -> [Candidate] in
            guard let entity = model.entity(end.ref.table) else { return [] }
            let own = entity.time.map { ColumnRef(entity.table, $0) }
            if let own, own != end.ref { return spans([NamedDate(ref: own, weight: 0.9)], [end], unit) }
            // A shipment's own date is its end: it begins with the order that it belongs to.
            for step in model.joins.steps(from: entity.table) where step.isToOne {
                guard let parent = model.entity(step.to), let time = parent.time,
                    parent.columns.contains(where: { $0.role == .measure })
                else { continue }
                return spans([NamedDate(ref: ColumnRef(parent.table, time), weight: 0.8)], [end], unit)
            }
            return []
        }
    }

    /// "length of stay", "duration of projects", "rental duration", "how long do stays last", "delivery time".
    private func duration(_ at: Int) -> Evidence.Part? {
        if let place = first(of: ["length of", "duration of", "lengths of", "durations of"], at: at) {
            let start = ["the", "a", "an", "all", "their"].contains(word(place)) ? place + 1 : place
            if let (entity, end) = entity(at: start), let part = self.duration(of: entity, at..<end, nil) {
                return part
            }
        }
        if let place = first(of: ["how long"], at: at) {
            var place = place
            while ["do", "does", "did", "are", "is", "was", "were", "the", "a", "an", "on", "average"].contains(
                word(place))
            {
                place += 1
            }
            if let (entity, end) = entity(at: place),
                ["last", "lasts", "lasted", "take", "takes", "took", "run", "stay", "stays", "stayed", "?", ""]
                    .contains(word(end)),
                let part = self.duration(
                    of: entity, at..<min(tokens.count, word(end) == "?" || word(end) == "" ? end : end + 1), nil)
            {
                return part
            }
        }
        // "stay duration", "rental length", "delivery time"
        if let (entity, end) = entity(at: at), ["duration", "durations", "length", "lengths"].contains(word(end)),
            !isName(at..<end + 1), let part = self.duration(of: entity, at..<end + 1, nil)
        {
            return part
        }
        if word(at + 1) == "time" || word(at + 1) == "times" || word(at + 1) == "duration",
            tokens.indices.contains(at),
            Self.processes.contains(word(at)), !isInName(at), let end = dates(at: at, before: at + 1),
            end.end == at + 1
        {
            let candidates = spansFromOwnDate(end.dates.filter { $0.weight >= 0.83 }, .day)
            if !candidates.isEmpty {
                return finished(at..<at + 2, nil) { unit in
                    spansFromOwnDate(end.dates.filter { $0.weight >= 0.83 }, unit)
                }
            }
        }
        return nil
    }

    private func duration(of entity: EntityModel, _ range: Range<Int>, _ unit: DateSpan.Unit?) -> Evidence.Part? {
        guard !entity.measures.contains(where: { $0.measure == .duration }), let (start, end) = course(of: entity)
        else { return nil }
        return finished(range, unit) { spans([start], [end], $0) }
    }

    /// The entity that the words at a place name, with the place after them.
    func entity(at: Int) -> (entity: EntityModel, end: Int)? {
        for length in [3, 2, 1] where at + length <= tokens.count {
            let phrase = tokens[at..<at + length].map(\.lemma).joined(separator: " ")
            for candidate in lexicon.candidates(phrase) {
                guard case .entity(let table) = candidate.element, candidate.weight >= 0.6,
                    let entity = model.entity(table)
                else { continue }
                return (entity, at + length)
            }
        }
        return nil
    }

    private func isEntityWord(_ at: Int) -> Bool {
        guard tokens.indices.contains(at), !tokens[at].isQuoted else { return false }
        return lexicon.candidates(tokens[at].lemma).contains {
            if case .entity = $0.element { $0.weight >= 0.6 } else { false }
        }
    }

    /// What takes time, where "arrival time" and "start time" are moments.
    private static let processes: Set<String> = [
        "delivery", "shipping", "shipment", "processing", "fulfilment", "fulfillment", "resolution", "response",
        "completion", "handling", "repair", "approval", "payment", "settlement", "dispatch", "transit",
        "turnaround",
        "graduation", "collection", "production", "review", "onboarding", "recovery",
    ]

    private static let filling: Set<String> = [
        "does", "do", "did", "it", "take", "takes", "took", "taken", "on", "average", "usually", "typically", "for",
        "an", "a", "the", "is", "are", "was", "were", "there", "elapsed", "elapse", "elapses", "passed", "pass",
        "passes", "needed", "required", "spent", "get", "go", "goes", "that", "of", "customers", "us", "we", "go",
        "usual", "typical", "lie", "lies",
    ]
}
