import Schemas
import Values

/// What of a glossary depends on the calendar and on the day.
extension Glossary {
    /// The month in which fiscal years start; nil where the calendar says nothing but the common year.
    var fiscalStart: Int? { model.calendar.fiscalYearStart == 1 ? nil : model.calendar.fiscalYearStart }

    /// The glossary with days that are counted from today ("DAYS_AGO(90)") as dates.
    func on(_ today: CivilDate) -> Glossary {
        var glossary = self
        for (name, set) in sets { glossary.sets[name]?.filters = set.filters.map { $0.on(today) } }
        for (name, figure) in figures {
            glossary.figures[name]?.filters = figure.filters.map { $0.on(today) }
            glossary.figures[name]?.formula = figure.formula.on(today)
            if case .formula(var formula) = figure.value {
                formula.formula = formula.formula.on(today)
                glossary.figures[name]?.value = .formula(formula)
            }
        }
        for at in names.indices {
            switch names[at].element {
            case .condition(let filter): glossary.names[at].element = .condition(filter.on(today))
            case .computed(let formula, let table, let name):
                glossary.names[at].element = .computed(formula.on(today), of: table, name: name)
            default: continue
            }
        }
        return glossary
    }
}

extension Filter {
    fileprivate func on(_ today: CivilDate) -> Filter {
        if case .holds(let formula, let table) = self { .holds(formula.on(today), of: table) } else { self }
    }
}

extension Formula {
    /// Functions that count from today, with how many months and days one unit is.
    static let daysAgo: Set<String> = ["TODAY", "DAYS_AGO", "MONTHS_AGO"]

    fileprivate func on(_ today: CivilDate) -> Formula {
        mapped { part -> Formula in
            guard case .call(let name, let arguments, _) = part, Self.daysAgo.contains(name) else { return part }
            var count = 0
            if case .number(let digits)? = arguments.first { count = Int(digits) ?? 0 }
            return .text("\(name == "MONTHS_AGO" ? today.adding(months: -count) : today.adding(days: -count))")
        }
    }
}
