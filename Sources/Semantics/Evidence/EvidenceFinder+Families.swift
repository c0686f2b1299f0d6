import Modeling
import Schemas

/// Words that begin the names of several columns of one table and name none of them: "debut" of `debut_year`,
/// `debut_opponent` and `debut_result`. The words around them tell which one is spoken of, or that they only lead to one
/// that is named anyway.
extension EvidenceFinder {
    /// The parts with such words settled: the date of the family before a time, nothing where another member is spoken of,
    /// the rows where they are counted ("number of debuts").
    func settleFamilies(_ parts: [Evidence.Part]) -> [Evidence.Part] {
        var found: [Evidence.Part] = []
        for (at, part) in parts.enumerated() {
            guard let family = family(part) else {
                found.append(part)
                continue
            }
            var part = part
            let rest = parts[(at + 1)...].prefix { $0.fixed != .cue(.and) && $0.fixed != .cue(.or) }
            let time = rest.prefix(3).contains { if case .time? = $0.fixed { true } else { false } }
            if time, let date = family.first(where: isTime) {
                part.candidates = [Candidate(element: .column(date), weight: 0.85)]
                part.isVerb = true
            } else if isCounted(at, parts), !isTime(family[0]) || family.count > 1 {
                part.candidates = [Candidate(element: .entity(family[0].table), weight: 0.72)]
            } else if parts.enumerated().contains(where: { $0.offset != at && isMember($0.element, of: family) }) {
                continue
            }
            found.append(part)
        }
        return found
    }

    /// The columns whose names the part's words begin, when it can mean nothing else as well.
    private func family(_ part: Evidence.Part) -> [ColumnRef]? {
        guard part.fixed == nil, part.range.count == 1, let best = part.candidates.first?.weight, best < 0.7 else {
            return nil
        }
        let lead = part.candidates.filter { $0.weight >= best - 0.06 }
        let columns = lead.compactMap { if case .column(let ref) = $0.element { ref } else { nil } }
        guard columns.count >= 2, columns.count == lead.count, Set(columns.map(\.table)).count == 1 else {
            return nil
        }
        let word = tokens[part.range.lowerBound].lemma
        let isHead = columns.allSatisfy { Words.lemmas(of: $0.column).first == word }
        return isHead ? columns : nil
    }

    private func isMember(_ part: Evidence.Part, of family: [ColumnRef]) -> Bool {
        guard part.fixed == nil, let best = part.candidates.first?.weight else { return false }
        return part.candidates.contains { candidate in
            guard candidate.weight >= best - 0.05 else { return false }
            switch candidate.element {
            case .column(let ref): return family.contains(ref) && part.candidates.count < family.count + 2
            case .value(let ref, _): return family.contains(ref)
            default: return false
            }
        }
    }

    private func isCounted(_ at: Int, _ parts: [Evidence.Part]) -> Bool {
        guard at > 0, parts[at - 1].fixed == .cue(.count) else { return false }
        let noun = tokens[parts[at].range.lowerBound]
        return noun.folded != noun.lemma && parts[at].range.lowerBound == parts[at - 1].range.upperBound
    }
}
