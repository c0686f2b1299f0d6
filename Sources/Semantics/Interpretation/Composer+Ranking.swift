import Modeling
import Schemas

/// "most", "cheapest", "latest": what the answer is ranked by.
extension Composer {
    mutating func readSuperlative(_ at: Int, _ isDescending: Bool, _ hint: Cue.Hint?, _ rank: Int)
        throws(CompositionFailure)
    {
        used.insert(at)
        if query.limit == nil {
            query.limit = 1
            query.offset = rank - 1
        }
        wantsRanking = true
        if at + 1 < items.count, case .number(let number) = items[at + 1].kind, let count = Int(exactly: number),
            !used.contains(at + 1), count > 0
        {
            used.insert(at + 1)
            query.limit = count
            query.offset = 0
        }
        let right = next(at + 1).flatMap { items[$0].range.lowerBound - items[at].range.upperBound <= 4 ? $0 : nil }
        if let right, case .amount(let amount) = items[right].kind, hint == nil || hint == .duration {
            used.insert(right)
            ranking = (.measure(measure(Self.isAveraged(amount) ? .average : .sum, amount)), isDescending)
            return
        }
        switch hint {
        case .count:
            try rankByCount(at, right, isDescending)
            showSeveral(right, rank)
        case .sold:
            let measure = try measure(.unitsSold, nil)
            ranking = ranking ?? (.measure(measure), isDescending)
            showSeveral(right, rank)
        case .some(let hint):
            // "The best customers by sales" says by what.
            if hint == .rating, items[(at + 1)...].contains(where: { $0.kind == .cue(.by) }) {
                limitIsDescending = isDescending
                showSeveral(right, rank)
                return
            }
            guard let ref = hinted(hint, at, right) else {
                if hint == .rating, right.map({ items[$0].table != nil }) ?? false {
                    var options = subject.map(measureOptions) ?? []
                    if finder.revenue() != nil { options.insert("by total sales", at: 0) }
                    throw CompositionFailure(
                        "By what should I rank \(words(items[right ?? at].range))?",
                        options: options.map(asQuestion),
                        reason: "ambiguous")
                }
                throw CompositionFailure("I do not see what \"\(words(items[at].range))\" is measured by here.")
            }
            // The oldest was born first.
            let flips = hint == .age && (column(ref)?.role == .time || column(ref)?.role == .year)
            ranking = (.column(ref), flips ? !isDescending : isDescending)
            if let right, items[right].kind == .column(ref) { used.insert(right) }
        case nil: try rankByNext(at, right, isDescending)
        }
    }

    private static func isAveraged(_ amount: Amount) -> Bool {
        switch amount {
        case .span: true
        case .formula(.infix(_, "/", _), _): true
        default: false
        }
    }

    /// "Best selling products" asks for several where "the best selling product" asks for one.
    private mutating func showSeveral(_ right: Int?, _ rank: Int) {
        guard rank == 1, let right, query.limit == 1, let noun = tokens[items[right].range].last,
            noun.folded != noun.lemma,
            !tokens.contains(where: { ["which", "is", "was"].contains($0.folded) })
        else { return }
        query.limit = 10
        assumptions.append("the first 10 are shown")
    }

    private func hinted(_ hint: Cue.Hint, _ at: Int, _ right: Int?) -> ColumnRef? {
        if let right, case .column(let ref) = items[right].kind, let model = column(ref),
            model.role == .measure || model.role == .time || model.role == .year
        {
            return ref
        }
        var tables: [String] = []
        if let right, let table = items[right].table { tables.append(table) }
        tables += namedEntities.map(\.table)
        for case .value(let ref, _) in items.map(\.kind) { tables.append(ref.table) }
        for table in tables {
            if let ref = finder.column(for: hint, of: table) { return ref }
        }
        return nil
    }

    private mutating func rankByCount(_ at: Int, _ right: Int?, _ isDescending: Bool) throws(CompositionFailure) {
        let place = right ?? targets.last { !items[$0].isVerb }
        guard let place else {
            throw CompositionFailure("I do not see what is counted for \"\(words(items[at].range))\".")
        }
        switch items[place].kind {
        case .column(let ref):
            // Every key stands once in its own table: another table that refers to it must be meant.
            if model.entity(ref.table)?.key == [ref.column] {
                throw CompositionFailure("Every \(Titles.column(ref).lowercased()) occurs once in \(ref.table).")
            }
            ranking = (.measure(count(ref.table)), isDescending)
        case .entity(let table):
            // Other things named are counted; else the transactions of the entity.
            if let other = namedEntities.first(where: { $0.table != table && !isGroup($0.at) }) {
                used.insert(other.at)
                targets.removeAll { $0 == other.at }
                ranking = (.measure(count(other.table)), isDescending)
            } else if let role = model.role(table), !role.isReverse {
                // "the most common destination": of what has it.
                ranking = (.measure(count(role.anchor)), isDescending)
            } else if let sales = finder.salesTable(near: table), sales != table {
                doubt += 0.1
                assumptions.append(
                    "popularity is the number of \(Titles.plural(model.entity(sales)?.title ?? sales))")
                ranking = (.measure(count(sales)), isDescending)
            } else {
                throw CompositionFailure("I do not see what is counted for \"\(words(items[at].range))\".")
            }
        case .term:
            throw CompositionFailure("I do not see what is counted for \"\(words(items[at].range))\".")
        default:
            throw CompositionFailure("I do not see what is counted for \"\(words(items[at].range))\".")
        }
    }

    /// Whether "per" or "in each" stands before the thing.
    private func isGroup(_ at: Int) -> Bool {
        var left = at - 1
        while left >= 0, items[left].kind.isPreposition { left -= 1 }
        return left >= 0 && items[left].kind == .cue(.each)
    }

    private mutating func rankByNext(_ at: Int, _ right: Int?, _ isDescending: Bool) throws(CompositionFailure) {
        guard let right else { return try rankByPrevious(at, isDescending) }
        switch items[right].kind {
        case .cue(.count), .cue(.aggregate), .term:
            guard let measure = try readMeasure(right) else { return try rankByPrevious(at, isDescending) }
            ranking = (.measure(measure), isDescending)
        case .transaction:
            used.insert(right)
            ranking = (.measure(try measure(.unitsSold, nil)), isDescending)
        case .column(let ref): rankBy(ref, at: right, isDescending)
        case .entity(let table):
            let others = targets.filter { items[$0].table != table || isColumn($0) }
            let isOwnAttribute = others.allSatisfy { isColumn($0) && items[$0].table == table }
            if (others.isEmpty && dimensions.isEmpty && pendingGrains.isEmpty)
                || (isOwnAttribute && dimensions.isEmpty && pendingGrains.isEmpty)
            {
                // "the biggest invoice": its own number; "the most orders" of something named later: their count.
                let later = items[(right + 1)...].contains { if case .entity = $0.kind { true } else { false } }
                let most = tokens[items[at].range].contains {
                    ["most", "fewest", "least", "number"].contains($0.folded)
                }
                if most || (later && finder.onlyMeasure(of: table) == nil) {
                    used.insert(right)
                    ranking = (.measure(count(table)), isDescending)
                } else if let ref = finder.onlyMeasure(of: table) {
                    ranking = (.column(ref), isDescending)
                } else {
                    throw CompositionFailure(
                        "By which number should I rank \(Titles.plural(model.entity(table)?.title ?? table))?",
                        options: measureOptions(table).map(asQuestion), reason: "ambiguous")
                }
            } else {
                used.insert(right)
                ranking = (.measure(count(table)), isDescending)
            }
        default: try rankByPrevious(at, isDescending)
        }
    }

    private mutating func rankBy(_ ref: ColumnRef, at right: Int, _ isDescending: Bool) {
        guard let model = column(ref) else { return }
        used.insert(right)
        switch model.role {
        case .measure, .time, .year:
            if let subject, subject != ref.table, let path = self.model.joins.path(from: subject, to: ref.table),
                !path.isToOne
            {
                let aggregate: Aggregate = isDescending ? .maximum : .minimum
                ranking = (.measure(measure(aggregate, .column(ref))), isDescending)
            } else if !dimensions.isEmpty || !pendingGrains.isEmpty {
                // "the highest price for each category" asks for that price.
                asked.append(measure(isDescending ? .maximum : .minimum, .column(ref)))
                query.limit = nil
                query.offset = 0
            } else {
                ranking = (.column(ref), isDescending)
            }
        default:
            ranking = (.measure(countDistinct(ref)), isDescending)
        }
    }

    /// "sells the most", "spent the most": what was said before is ranked by.
    private mutating func rankByPrevious(_ at: Int, _ isDescending: Bool) throws(CompositionFailure) {
        if let number = numberJustBefore(at) {
            used.insert(number.at)
            targets.removeAll { $0 == number.at }
            ranking = (.column(number.ref), isDescending)
        } else if let last = asked.popLast() {
            ranking = (.measure(last), isDescending)
        } else if !transactions.isEmpty {
            transactions.removeLast()
            ranking = (.measure(try measure(.unitsSold, nil)), isDescending)
        } else if let verb = targets.last(where: { items[$0].isVerb }), case .entity(let table) = items[verb].kind {
            used.insert(verb)
            targets.removeAll { $0 == verb }
            ranking = (.measure(count(table)), isDescending)
        } else if ranking == nil {
            throw CompositionFailure("I do not see what \"\(words(items[at].range))\" is measured by here.")
        }
    }

    /// The question with what it left open, so that an option can be asked as it stands.
    func asQuestion(_ option: String) -> String {
        var text = ""
        for token in tokens where !(token.isSign && "?.!".contains(token.text)) {
            let isTight = token.isSign || text.isEmpty
            text += (isTight ? "" : " ") + (token.isQuoted ? "\"\(token.text)\"" : token.text)
        }
        return "\(text) \(option)"
    }

    func measureOptions(_ table: String) -> [String] {
        (model.entity(table)?.measures ?? []).prefix(5).map { "by \(Titles.column($0.ref).lowercased())" }
    }

    func isColumn(_ at: Int) -> Bool { if case .column = items[at].kind { true } else { false } }
}
