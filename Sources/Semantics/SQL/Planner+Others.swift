import Modeling
import Schemas

/// Numbers against the average of some rows of the same table.
extension Planner {
    /// The name under which the table stands in the subquery.
    private static let others = "others"

    /// `x > (SELECT AVG(others.x) FROM t AS others WHERE others.g = t.g AND …)`
    func againstSome(
        _ ref: ColumnRef, _ comparison: Comparison, _ sharing: [ColumnRef], _ inner: [Filter]
    ) throws(CompositionFailure) -> SQLExpression {
        let failure = CompositionFailure("I cannot yet take the average over these.", isFinal: true)
        guard inner.allSatisfy({ $0.table == ref.table }), sharing.allSatisfy({ $0.table == ref.table }) else {
            throw failure
        }
        var select = SQLSelect(from: .named(Self.others, of: model.stored(ref.table)))
        guard let value = moved(numeric(ref)) else { throw failure }
        select.columns = [.init(expression: .aggregate(.average, value), alias: nil)]
        for group in sharing {
            select.conditions.append(
                .infix(.column(ColumnRef(Self.others, group.column)), "=", .column(group)))
        }
        for condition in try conditions(inner) {
            guard let condition = moved(condition) else { throw failure }
            select.conditions.append(condition)
        }
        return .infix(numeric(ref), comparison.rawValue, .subquery(select))
    }

    /// The expression over the rows of the subquery; nil for one that reads more than columns of the table.
    private func moved(_ expression: SQLExpression) -> SQLExpression? {
        switch expression {
        case .column(let ref): return .column(ColumnRef(Self.others, ref.column))
        case .literal, .date: return expression
        case .cell(let inner, let form): return moved(inner).map { .cell($0, form) }
        case .infix(let left, let sign, let right):
            guard let left = moved(left), let right = moved(right) else { return nil }
            return .infix(left, sign, right)
        case .oneOf(let inner, let values, let isNegated):
            return moved(inner).map { .oneOf($0, values, isNegated: isNegated) }
        case .isNull(let inner, let isNegated): return moved(inner).map { .isNull($0, isNegated: isNegated) }
        default: return nil
        }
    }
}
