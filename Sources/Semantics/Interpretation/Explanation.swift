import Modeling
import Schemas

/// Says in words how a question was read.
struct Explanation {
    let model: SchemaModel

    /// One sentence without a final stop: `Total sales per customer, highest first, the first 5; only rows with …`.
    func sentence(_ query: SemanticQuery) -> String {
        var text: String
        if query.measures.isEmpty {
            let names =
                query.listed.isEmpty
                ? "" : query.listed.map { Titles.column($0).lowercased() }.joined(separator: ", ") + " of "
            text = names + Titles.plural(noun(query.subject ?? ""))
        } else {
            text = query.measures.map { $0.title.lowercased() }.joined(separator: " and ")
            if !query.dimensions.isEmpty {
                text += " per " + query.dimensions.map(words).joined(separator: " and ")
            }
        }
        for table in query.related { text += ", with \(Titles.plural(noun(table)))" }
        for condition in query.having {
            text +=
                ", only with \(condition.measure.title.lowercased()) \(condition.comparison.words) \(number(condition.number))"
        }
        for measure in query.measures {
            if case .share(_, let part) = measure.value {
                text += " where " + part.map(words).joined(separator: " and ")
            }
        }
        for measure in query.measures {
            if case .ratio(_, let first, _, let second) = measure.value {
                if !first.isEmpty { text += ", the first where " + first.map(words).joined(separator: " and ") }
                if !second.isEmpty { text += ", the second where " + second.map(words).joined(separator: " and ") }
            }
        }
        if !query.filters.isEmpty { text += ", where " + query.filters.map(words).joined(separator: " and ") }
        if let order = query.order.first {
            let key: String
            switch order.key {
            case .measure(let measure): key = measure.title.lowercased()
            case .column(let ref): key = Titles.column(ref).lowercased()
            case .dimension(let dimension): key = words(dimension)
            }
            text += ", \(order.isDescending ? "highest" : "lowest") \(key) first"
        }
        if let limit = query.limit {
            text +=
                query.offset > 0
                ? ", only number \(query.offset + 1)" : limit == 1 ? ", only the first" : ", the first \(limit)"
            if query.limitsEachGroup, query.dimensions.count > 1 {
                text += " of each " + query.dimensions.dropLast().map(words).joined(separator: " and ")
            }
        }
        return text.capitalisedFirst
    }

    /// What one row of the result is: the thing that is listed or grouped by.
    func rowNoun(_ query: SemanticQuery) -> String? {
        if query.measures.isEmpty, query.dimensions.isEmpty {
            if query.isDistinct {
                return query.listed.count == 1 ? Titles.column(query.listed[0]).lowercased() : nil
            }
            return query.subject.map(noun)
        }
        if query.dimensions.isEmpty, case .count(let table)? = query.measures.first?.value { return noun(table) }
        guard query.dimensions.count == 1 else { return nil }
        switch query.dimensions[0] {
        case .entity(let table): return noun(table)
        case .column(let ref): return Titles.column(ref).lowercased()
        case .period(_, let grain): return grain.rawValue
        case .fiscal(_, let grain, _): return "fiscal \(grain.rawValue)"
        case .formula(_, _, let name): return name
        case .part(_, let part): return part.rawValue
        }
    }

    private func noun(_ table: String) -> String { model.entity(table)?.title ?? table }

    func words(_ dimension: Dimension) -> String {
        switch dimension {
        case .entity(let table): noun(table)
        case .column(let ref): name(ref)
        case .period(_, let grain): grain.rawValue
        case .fiscal(_, let grain, let start):
            "fiscal \(grain.rawValue) (years start in \(TimeReader.months[(start - 1) % 12].capitalisedFirst))"
        case .formula(_, _, let name): name
        case .part(_, let part): part.rawValue
        }
    }

    private func name(_ ref: ColumnRef) -> String { "\(Titles.column(ref).lowercased()) of \(noun(ref.table))" }

    /// A filter in words: `BillingCountry of invoices is Germany`.
    func words(_ filter: Filter) -> String {
        switch filter {
        case .oneOf(let ref, let values, let isNegated):
            return "\(name(ref)) is \(isNegated ? "not " : "")" + values.map(value).joined(separator: " or ")
        case .compare(let ref, let comparison, let bound):
            return "\(name(ref)) is \(comparison.words) \(number(bound))"
        case .between(let ref, let low, let high): return "\(name(ref)) is from \(number(low)) to \(number(high))"
        case .during(let ref, let interval): return "\(name(ref)) is \(interval.words)"
        case .isMissing(let ref, let isNegated): return "\(name(ref)) is \(isNegated ? "known" : "missing")"
        case .againstAverage(let ref, let comparison): return "\(name(ref)) is \(comparison.words) its average"
        case .againstSome(let ref, let comparison, let sharing, let inner):
            let group = sharing.map { "the same " + Titles.column($0).lowercased() } + inner.map(words)
            return "\(name(ref)) is \(comparison.words) the average where \(group.joined(separator: " and "))"
        case .matches(let ref, let piece, let anchored, let isNegated):
            return
                "\(name(ref)) \(isNegated ? "does not " : "")\(anchored ? "start" : "contain")\(isNegated ? "" : "s") \(anchored ? "with " : "")\"\(piece)\""
        case .without(let target, let owner, let inner):
            let narrowed = inner.isEmpty ? "" : " where " + inner.map(words).joined(separator: " and ")
            return "the \(noun(owner)) has no \(noun(target))\(narrowed)"
        case .anyOf(let filters): return filters.map(words).joined(separator: " or ")
        case .among(let ref, let inner):
            return "the \(noun(ref.table)) has one whose \(inner.map(words).joined(separator: " and "))"
        case .holds(let formula, _): return SQLPrinter(dialect: .sqlite).text(formula).filter { $0 != "\"" }
        case .member(let ref, let query):
            let text = sentence(query)
            return "the \(noun(ref.table)) is among: " + text.prefix(1).lowercased() + text.dropFirst()
        case .versus(let left, let comparison, let right):
            let link = comparison == .equal ? "is the same as" : "is \(comparison.words)"
            return "\(name(left)) \(link) \(name(right))"
        case .asOther(let ref, let comparison, let inner):
            let link = comparison == .equal ? "is the same as" : "is \(comparison.words)"
            return "\(name(ref)) \(link) that where \(inner.map(words).joined(separator: " and "))"
        case .unreferenced(let key, let reference, let inner):
            let narrowed = inner.isEmpty ? "" : " where " + inner.map(words).joined(separator: " and ")
            return
                "the \(noun(key.table)) is the \(Titles.column(reference).lowercased()) of no \(noun(reference.table))\(narrowed)"
        case .span(let span, let comparison, let bound): return words(span, comparison, bound)
        case .onWeekdays(let ref, let days, let isNegated):
            let names = days.map { Self.weekdays[($0 - 1) % 7] }.joined(separator: " or ")
            return "\(name(ref)) is \(isNegated ? "not " : "")a \(names)"
        case .whose(let table, let condition):
            return
                "the \(noun(table)) has \(condition.measure.title.lowercased()) \(condition.comparison.words) \(number(condition.number))"
        }
    }

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    /// `shipped at is at most 3 days after ordered at`, `due date is before returned on`.
    private func words(_ span: DateSpan, _ comparison: Comparison, _ bound: Double) -> String {
        func end(_ end: DateSpan.End) -> String {
            switch end {
            case .column(let ref): name(ref)
            case .day(let day): "\(day)"
            }
        }
        if bound == 0, comparison == .greater { return "\(end(span.to)) is after \(end(span.from))" }
        if bound == 0, comparison == .lessOrEqual { return "\(end(span.to)) is not after \(end(span.from))" }
        return
            "the \(span.unit.plural) from \(end(span.from)) to \(end(span.to)) are \(comparison.words) \(number(bound))"
    }

    private func value(_ value: SQLValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .real(let real): number(real)
        case .null: "nothing"
        case .blob: "bytes"
        }
    }

    private func number(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
