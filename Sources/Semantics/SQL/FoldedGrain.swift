import Modeling
import Schemas

/// Writes figures over parts that were computed by themselves and put below one another: every group holds each part's
/// value once, and nothing besides.
struct FoldedGrain {
    let leaves: [MeasureLeaf]
    /// Whether there is one part only, so that no group lacks anything.
    let isAlone: Bool
    /// The names of the groups and of what is shown of them.
    let groups: [SQLExpression]
    private var moving = MeasureGrain(
        model: SchemaModel(Catalogue(database: "", tables: [])), base: "", fansOut: false)

    init(leaves: [MeasureLeaf], isAlone: Bool, dimensions: Int, groups: Int) {
        self.leaves = leaves
        self.isAlone = isAlone
        let shown: [SQLExpression] = (0..<dimensions).map { .name("shown\($0 + 1)") }
        self.groups = (0..<groups).map { .name("group\($0 + 1)") } + shown
    }

    /// Remembers which group is the period that figures move over.
    mutating func place(periodOf branch: GrainBranch) {
        for (at, column) in branch.plan.shape.enumerated() {
            guard case .time(let grain) = column.role, at < branch.origin.columns.count,
                let key = branch.origin.groups.firstIndex(of: branch.origin.columns[at].expression)
            else { continue }
            moving.period = (.name("group\(key + 1)"), grain)
            let own: [SQLExpression] = [.name("group\(key + 1)"), .name("shown\(at + 1)")]
            moving.otherGroups = groups.filter { !own.contains($0) }
            return
        }
    }

    func expression(_ value: Measure.Value, _ filters: [Filter] = []) throws(CompositionFailure) -> SQLExpression {
        if let at = leaves.firstIndex(of: MeasureLeaf(value: value, filters: filters)) {
            let one = SQLExpression.aggregate(.maximum, .name("figure\(at + 1)"))
            return isAlone || !value.isNothingWithoutRows ? one : .computed(.orZero(one))
        }
        switch value {
        case .combined(let a, let operation, let b):
            return MeasureGrain.combined(try expression(a, filters), operation, try expression(b, filters))
        case .ratio(let a, let first, let b, let second):
            return .ratio(try expression(a, first + filters), try expression(b, second + filters))
        case .narrowed(let inner, let further): return try expression(inner, further + filters)
        case .course(let course, let inner): return try moving.moving(course, try expression(inner, filters))
        case .shareOfAll(let inner):
            let each = try expression(inner, filters)
            return .infix(.literal(.integer(100)), "*", .ratio(each, .overAll(each)))
        default: throw CompositionFailure("I cannot yet combine these figures.", isFinal: true)
        }
    }
}
