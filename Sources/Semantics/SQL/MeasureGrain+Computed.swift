import Modeling
import Schemas

/// Figures that are made of other figures, of some rows only, or over periods.
extension MeasureGrain {
    func computed(
        _ value: Measure.Value, _ conditions: ([Filter]) throws(CompositionFailure) -> [SQLExpression]
    ) throws(CompositionFailure) -> SQLExpression {
        switch value {
        case .combined(let a, let operation, let b):
            return Self.combined(try expression(a, conditions), operation, try expression(b, conditions))
        case .narrowed(let inner, let filters): return try narrowed(inner, filters, conditions)
        case .course(let course, let inner): return try moving(course, try expression(inner, conditions))
        case .perPeriod(let inner, let time, let grain):
            return .ratio(
                try expression(inner, conditions), .count(distinct: [.period(named(.column(time)), grain)]))
        default:
            throw CompositionFailure("I cannot yet combine these figures.", isFinal: true)
        }
    }

    /// The operation on two values that are computed already.
    static func combined(_ a: SQLExpression, _ operation: Operation, _ b: SQLExpression) -> SQLExpression {
        func inner(_ part: SQLExpression) -> SQLExpression {
            switch part {
            case .infix, .ratio: .computed(.grouped(part))
            default: part
            }
        }
        let hundred = SQLExpression.literal(.integer(100))
        switch operation {
        case .plus: return .computed(.grouped(.infix(inner(a), "+", inner(b))))
        case .minus: return .computed(.grouped(.infix(inner(a), "-", inner(b))))
        case .times: return .computed(.grouped(.infix(inner(a), "*", inner(b))))
        case .over: return .ratio(inner(a), inner(b))
        case .percentOf: return .infix(hundred, "*", .ratio(inner(a), inner(b)))
        case .growthFrom:
            return .infix(hundred, "*", .ratio(.computed(.grouped(.infix(inner(a), "-", inner(b)))), inner(b)))
        }
    }

    /// What the rows that satisfy the filters make.
    private func narrowed(
        _ value: Measure.Value, _ filters: [Filter],
        _ conditions: ([Filter]) throws(CompositionFailure) -> [SQLExpression]
    ) throws(CompositionFailure) -> SQLExpression {
        let held = try conditions(filters)
        if held.isEmpty { return try expression(value, conditions) }
        guard names.isEmpty else {
            throw CompositionFailure(
                "I cannot tell these figures beside each other without counting some rows twice.")
        }
        switch value {
        case .count(let table) where table == base && !fansOut:
            return .aggregate(.sum, .caseWhen(held, then: .literal(.integer(1))))
        case .count(let table):
            guard let key = keys(table).first, keys(table).count == 1 else {
                throw CompositionFailure("Rows of \(table) have no single key to count by.")
            }
            return .count(distinct: [.computed(.only(key, when: held))])
        case .countDistinct(let ref): return .count(distinct: [.computed(.only(.column(ref), when: held))])
        case .aggregate(.sum, let amount): return .aggregate(.sum, .caseWhen(held, then: raw(amount)))
        case .aggregate(let aggregate, let amount):
            return .aggregate(aggregate, .computed(.only(raw(amount), when: held)))
        case .combined(let a, let operation, let b):
            return Self.combined(
                try narrowed(a, filters, conditions), operation, try narrowed(b, filters, conditions))
        case .perEntity(let amount?, _, let entity):
            return .ratio(
                .aggregate(.sum, .caseWhen(held, then: raw(amount))),
                .count(distinct: keys(entity).map { .computed(.only($0, when: held)) }))
        default:
            throw CompositionFailure("I cannot yet compute this figure for two parts at once.", isFinal: true)
        }
    }

    /// The value of a group beside those of earlier periods.
    func moving(_ course: Course, _ value: SQLExpression) throws(CompositionFailure) -> SQLExpression {
        guard let period else {
            throw CompositionFailure("Over which periods? Please say by month, by quarter or by year.")
        }
        if course.kind == .runningTotal {
            return .computed(.running(value, partition: otherGroups, order: [period.expression]))
        }
        var partition = otherGroups
        if course.isAgainstYearBefore, period.grain != .year {
            guard period.grain != .week, period.grain != .day else {
                throw CompositionFailure(
                    "I can compare months, quarters and years with those of the year before, and nothing shorter.")
            }
            partition.append(.computed(.seasonal(period.expression, period.grain)))
        }
        let before = SQLExpression.computed(.lag(value, partition: partition, order: [period.expression]))
        switch course.kind {
        case .earlier: return before
        case .change: return Self.combined(value, .minus, before)
        default: return Self.combined(value, .growthFrom, before)
        }
    }
}

extension SQLExpression {
    /// The time between the two ends of a span.
    static func span(_ span: DateSpan) -> SQLExpression {
        func end(_ end: DateSpan.End) -> SQLExpression {
            switch end {
            case .column(let ref): .column(ref)
            case .day(let day): .date(day)
            }
        }
        return .computed(.span(from: end(span.from), to: end(span.to), span.unit))
    }

    /// The value in the unit in which it is told.
    static func told(_ value: SQLExpression, _ conversion: UnitConversion) -> SQLExpression {
        // Written with a fraction, so that whole numbers are divided as fractions too.
        .computed(.grouped(.ratio(value, .literal(.real(conversion.divisor)))))
    }
}

extension Amount {
    /// The tables that are read.
    var tables: [String] {
        switch self {
        case .column(let ref): [ref.table]
        case .product(let a, let b): [a.table, b.table]
        case .formula(let formula, let table): [table] + formula.columns.map(\.table)
        case .span(let span): [span.table] + span.columns.map(\.table)
        }
    }
}

extension Planner {
    /// Tells the grain which of the groups is the period that figures move over.
    func place(periodOf query: SemanticQuery, _ groups: [SQLExpression], in grain: inout MeasureGrain) {
        for dimension in query.dimensions {
            let period: (SQLExpression, TimeGrain)
            switch dimension {
            case .period(let ref, let each): period = (.period(.column(ref), each), each)
            case .fiscal(let ref, let each, let start):
                period = (.fiscal(.column(ref), each, startMonth: start), each)
            case .column(let ref) where model.column(ref)?.role == .year: period = (.column(ref), .year)
            default: continue
            }
            let named = grain.named(period.0)
            grain.period = (named, period.1)
            grain.otherGroups = groups.filter { $0 != named }
            return
        }
    }
}
