import Modeling
import Schemas

/// "Who are they?", "which of them …", "for all years": questions about the rows of the answer before, and wider ones.
extension FollowUpReader {
    // MARK: Drilling

    /// What became of a line that speaks of the rows before; nil when it does not. A pronoun has no meaning of its own, so
    /// that such a line is never read as if it stood alone.
    func drilled(_ form: FollowUpForm) -> Interpretation? {
        let words = form.tokens.filter { !$0.isSign }.map { $0.isQuoted ? "\"" : $0.folded }
        let text = words.joined(separator: " ")
        let referent = Referent(previous, context.model)
        if Self.listings.contains(text), let referent { return result(of: list(referent)) }
        if Self.counts.contains(text), let referent { return result(of: count(referent)) }
        guard let rewritten = rewritten(form.tokens, referent) else { return nil }
        guard let referent, let question = rewritten else {
            return .clarification(
                Clarification(
                    "I do not see what \"\(form.text)\" refers to. Please name it.", reason: "ambiguous"))
        }
        guard case .answer(let found) = reader.interpret(question, in: context) else {
            return .clarification(
                Clarification(
                    "I do not see what you want to know of these \(referent.noun). Please ask the whole question.",
                    reason: "unsupported"))
        }
        var query = found.query
        // "What did that customer buy?" read as the customer again says nothing.
        if query.isList, query.subject == referent.table, query.listed.isEmpty, query.limit == nil,
            query.filters.isEmpty,
            !form.tokens.contains(where: { ["who", "which", "list", "show", "name"].contains($0.folded) })
        {
            return .clarification(
                Clarification(
                    "I do not see what you want to know of these \(referent.noun). Please ask the whole question.",
                    reason: "unsupported"))
        }
        for filter in referent.filters where !query.filters.contains(filter) { query.filters.append(filter) }
        for table in referent.related where !query.related.contains(table) && table != query.subject {
            query.related.append(table)
        }
        query.related.removeAll { $0 == query.subject }
        return result(of: query, assumptions: found.assumptions)
    }

    private func list(_ referent: Referent) -> SemanticQuery {
        var query = SemanticQuery(subject: referent.table)
        query.filters = referent.filters
        query.related = referent.related
        if let column = referent.column { (query.listed, query.isDistinct) = ([column], true) }
        // Rows that were ranked stand in their order again, where it is their own.
        if previous.isList { query.order = previous.order }
        return query
    }

    private func count(_ referent: Referent) -> SemanticQuery {
        var query = SemanticQuery()
        query.filters = referent.filters
        query.related = referent.related
        let value = referent.column.map { Measure.Value.countDistinct($0) } ?? .count(referent.table)
        query.measures = [
            Measure(value, title: "Number of \(referent.noun)", format: .count)
        ]
        return query
    }

    private static let listings: Set<String> = phrases(
        "who are they|who are these|who are those|who is it|who is that|who|who were they|what are they|what are these|"
            + "what are those|which ones|which ones are they|which are they|which are these|which are those|list them|"
            + "list these|list those|list all of them|name them|names|the names|their names|show names|the list|which|"
            + "show the names|list the names|list their names|show their names|give me the names|give me their names|"
            + "what are their names|what are the names|show me the names|show me their names|show them|show these|them|"
            + "list all|which ones exactly|show me them|show me those|show me the list|tell me the names|list|"
            + "who exactly|tell me who they are|tell me which ones|and who|these|those|return them")
    private static let counts: Set<String> = phrases(
        "how many|how many are there|how many are they|how many is that|how many of them|how many of them are there|"
            + "how many are these|how many are those|count them|count|count those|count these|how many were there|"
            + "how many of those are there|how many are that|how many in total|how many altogether|how many in all|"
            + "how many of these are there|how many did you find|how many rows|number of them|the count|how many ones"
    )

    private static func phrases(_ text: String) -> Set<String> { Set(text.split(separator: "|").map(String.init)) }

    /// The line with the thing that its pronoun speaks of in place of the pronoun. Outer nil: there is no pronoun; inner nil:
    /// there is one, and nothing that it could speak of.
    private func rewritten(_ tokens: [Token], _ referent: Referent?) -> String?? {
        var words = tokens.map { $0.isQuoted ? "\"\($0.text)\"" : $0.text }
        let noun = referent?.noun ?? ""
        func word(_ at: Int) -> String {
            tokens.indices.contains(at) && !tokens[at].isQuoted ? tokens[at].folded : ""
        }
        let things = tokens.indices.filter { at in
            !tokens[at].isQuoted
                && context.lexicon.candidates(tokens[at].lemma).contains {
                    if case .entity = $0.element { $0.weight >= 0.8 } else { false }
                }
        }
        for at in tokens.indices {
            switch word(at) {
            case "them", "these", "those", "ones", "they", "that", "this":
                // "those customers", "that customer": the noun says who.
                if word(at) != "them", word(at) != "they", let next = things.first(where: { $0 == at + 1 }) {
                    guard let referent, names(tokens[next].lemma, referent.table) else { return nil }
                    words[at] = ""
                    return .some(words.filter { !$0.isEmpty }.joined(separator: " "))
                }
                guard !["that", "this", "ones"].contains(word(at)) else { continue }
                let before = word(at - 1)
                let isObject = ["of", "for", "from", "by", "about", "among", "to", "with", "in"].contains(before)
                let isSubject =
                    word(at) == "they" && ["do", "did", "have", "are", "were", "had", "have"].contains(before)
                let opens = at <= 2 && things.allSatisfy { $0 > at }
                guard isObject || isSubject || opens else { continue }
                if before == "of", ["which", "many", "all", "any", "who"].contains(word(at - 2)) {
                    words[at - 1] = ""
                    if word(at - 2) == "who" { words[at - 2] = "which" }
                }
                words[at] = noun
                return .some(referent == nil ? nil : words.filter { !$0.isEmpty }.joined(separator: " "))
            case "their", "its", "his", "her":
                guard things.allSatisfy({ $0 > at }) else { continue }
                words[at] = ""
                // "Their average order value" is that of their things.
                let names = things.contains { self.names(tokens[$0].lemma, referent?.table ?? "") }
                return .some(
                    referent == nil
                        ? nil : words.filter { !$0.isEmpty }.joined(separator: " ") + (names ? "" : " of \(noun)"))
            default: continue
            }
        }
        return nil
    }

    /// Whether a word is the name of the table.
    private func names(_ lemma: String, _ table: String) -> Bool {
        context.lexicon.candidates(lemma).contains { $0.element == .entity(table) && $0.weight >= 0.5 }
    }

    // MARK: Widening

    /// The query without some of its conditions, or without its limit; nil when the line asks for no such thing.
    func widened(_ form: FollowUpForm) throws(CompositionFailure) -> SemanticQuery? {
        let words = form.tokens.filter { !$0.isSign }.map(\.folded)
        let kept = Set(figures.flatMap(\.filters))
        var query = previous
        let lifts =
            words.contains {
                ["remove", "drop", "clear", "without", "ignore", "reset", "forget", "lift", "no"].contains($0)
            }
            || form.denies
        let nouns: Set<String> = ["filter", "restriction", "condition", "filters", "restrictions", "conditions"]
        if lifts || words.contains("any"), words.contains(where: nouns.contains), words.count <= 6 {
            query.filters.removeAll { !kept.contains($0) }
            query.having = []
            return query
        }
        if lifts, words.contains(where: ["limit", "cutoff"].contains), words.count <= 5 { return withoutLimit }
        if Self.everything.contains(words.joined(separator: " ")) {
            if previous.limit != nil { return withoutLimit }
            return nil
        }
        guard
            let all = words.firstIndex(
                where: ["all", "any", "every", "each", "regardless", "whole", "entire"].contains),
            all <= 2,
            words[..<all].allSatisfy({ ["for", "in", "over", "of", "across", "at", "during", "the"].contains($0) })
        else {
            return try unnarrowed(form, words, kept)
        }
        let rest = words[(all + 1)...].filter { !["of", "the", "possible", "available"].contains($0) }
        return lifted(rest, kept)
    }

    /// "Ignore the country": the condition on what is named goes.
    private func unnarrowed(
        _ form: FollowUpForm, _ words: [String], _ kept: Set<Filter>
    ) throws(CompositionFailure) -> SemanticQuery? {
        var rest = words[...]
        if let first = rest.first, ["remove", "drop", "clear", "ignore", "forget", "reset", "lift"].contains(first)
        {
            rest.removeFirst()
        } else if !form.denies {
            return nil
        }
        return lifted(rest.filter { $0 != "the" && $0 != "of" && $0 != "for" }, kept)
    }

    private func lifted(_ words: [String], _ kept: Set<Filter>) -> SemanticQuery? {
        guard !words.isEmpty, words.count <= 3 else { return nil }
        var query = previous
        let lemmas = words.map(Words.lemma)
        let times: Set<String> = ["year", "month", "quarter", "week", "day", "time", "date", "period"]
        let phrase = lemmas.joined(separator: " ")
        let meant = context.lexicon.candidates(phrase).filter { $0.weight >= 0.55 }.map(\.element)
        query.filters.removeAll { filter in
            guard !kept.contains(filter), let ref = filter.column else { return false }
            let role = context.model.column(ref)?.role
            if lemmas.count == 1, times.contains(lemmas[0]), role == .time || role == .year { return true }
            return meant.contains { element in
                switch element {
                case .column(let other): return other == ref
                case .entity(let table), .label(let table): return table == ref.table && role == .label
                default: return false
                }
            }
        }
        return query == previous ? nil : query
    }

    private var withoutLimit: SemanticQuery {
        var query = previous
        (query.limit, query.offset, query.limitsEachGroup) = (nil, 0, false)
        return query
    }

    private static let everything: Set<String> = phrases(
        "all|all of them|show all|show them all|show all of them|everything|all results|the full list|full list|all rows|"
            + "the rest too|list them all|show everything|complete list|the complete list|the whole list|them all")

    /// What the glossary says of the figures that the query before computes.
    var figures: [DefinedFigure] {
        guard let glossary = context.glossary else { return [] }
        let values = previous.measures.map(\.value)
        return glossary.figures.keys.sorted().compactMap { glossary.figures[$0] }.filter {
            values.contains($0.value)
        }
    }
}
