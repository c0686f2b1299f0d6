import Schemas

/// Finds references that nobody declared, by names, types and values.
struct ReferenceInference {
    let catalogue: Catalogue
    let entities: [EntityModel]
    let declared: [JoinEdge]
    let profile: Profile?
    /// Whether the names say nothing (`t07.c03`), so that only values can.
    let isOpaque: Bool
    private let referenced: Set<String>

    init(_ catalogue: Catalogue, entities: [EntityModel], declared: [JoinEdge], profile: Profile?) {
        self.catalogue = catalogue
        self.entities = entities
        self.declared = declared
        self.profile = profile
        isOpaque = profile != nil && Words.areOpaque(catalogue)
        referenced = Set(declared.map(\.parent))
    }

    /// The edges, in the order of the schema.
    func edges() -> [JoinEdge] {
        var found: [JoinEdge] = []
        for (table, entity) in zip(catalogue.tables, entities) where table.kind == .table {
            for column in entity.columns {
                if declared.contains(where: {
                    $0.child == table.name && $0.childColumns.contains(column.ref.column)
                }) {
                    continue
                }
                if let edge = reference(column, of: entity, beside: found) { found.append(edge) }
            }
        }
        return found + composites(beside: found)
    }

    private func reference(_ column: ColumnModel, of child: EntityModel, beside found: [JoinEdge]) -> JoinEdge? {
        let seen = profile?.table(child.table)?.column(column.ref.column)
        var best: (rank: Double, edge: JoinEdge)?
        for parent in entities where parent.kind == .table {
            guard let key = parent.key.count == 1 ? parent.column(parent.key[0]) : nil, key.ref != column.ref,
                Self.sameType(column.kind, key.kind)
            else { continue }
            let match = ReferenceNames.match(column, of: child, key: key, of: parent)
            if isTaken(child, parent, match, found) { continue }
            let target = profile?.table(parent.table)?.column(key.ref.column)
            guard let (rank, edge) = judged(match, column, child, seen, key, parent, target) else { continue }
            if rank > best?.rank ?? 0 { best = (rank, edge) }
        }
        return best?.edge
    }

    /// Whether the two tables are joined already, and this is no clear second role.
    private func isTaken(
        _ child: EntityModel, _ parent: EntityModel, _ match: ReferenceNames.Match, _ found: [JoinEdge]
    )
        -> Bool
    {
        if child.table == parent.table { return found.contains { $0.isSelfReference && $0.child == child.table } }
        if declared.contains(where: {
            ($0.child == child.table && $0.parent == parent.table)
                || ($0.child == parent.table && $0.parent == child.table)
        }) {
            return true
        }
        if found.contains(where: { $0.child == parent.table && $0.parent == child.table && $0.confidence > 0.7 }),
            match.score < 0.95
        {
            return true
        }
        let isJoined = found.contains { $0.child == child.table && $0.parent == parent.table }
        return isJoined && (match.score < 0.8 || profile == nil)
    }

    /// The edge if names and values together are enough, with a rank among the candidates for one column.
    private func judged(
        _ match: ReferenceNames.Match, _ column: ColumnModel, _ child: EntityModel, _ seen: Profile.Column?,
        _ key: ColumnModel, _ parent: EntityModel, _ target: Profile.Column?
    ) -> (rank: Double, edge: JoinEdge)? {
        var evidence = match.evidence.map { [$0] } ?? []
        func edge(_ confidence: Double, _ weight: Double) -> JoinEdge {
            JoinEdge(
                child: child.table, childColumns: [column.ref.column], parent: parent.table,
                parentColumns: [key.ref.column], isDeclared: false, weight: weight, confidence: confidence,
                evidence: evidence)
        }
        guard let values = ReferenceValues(seen, in: target) else {
            // Nothing is known of the values, or there are none.
            guard match.standsAlone || match.score >= 0.8 else { return nil }
            return (match.score, edge(0.5 + match.score * 0.2, match.weight))
        }
        evidence.append(.inclusion(values.inclusion))
        evidence.append(.coverage(values.coverage))
        if isOpaque, child.table == parent.table { return nil }
        if isOpaque { return opaque(values, seen, child, column).map { ($0, edge(0.45 + $0 * 0.3, 2)) } }
        if match.score >= 0.7 {
            if values.isIncluded { return (match.score + 1, edge(0.9 + match.score * 0.08, match.weight)) }
            if values.inclusion >= 0.9 { return (match.score + 0.8, edge(0.8, match.weight + 0.1)) }
            if values.inclusion >= 0.5 { return (match.score + 0.3, edge(0.6, match.weight + 0.2)) }
            if match.score >= 0.95, values.inclusion > 0.05 || values.compared < 5 {
                return (match.score, edge(0.4, match.weight + 0.3))
            }
            return nil
        }
        guard values.isIncluded, column.role != .time, column.measure.map({ $0 == .number }) ?? true else {
            return nil
        }
        if match.score >= 0.4 {
            return (match.score + 0.9, edge(0.55 + match.score * 0.4, match.weight))
        }
        // Called a key, though of nothing here: its values must fit one table closely.
        guard match.score >= 0.3, values.isTight, !referenced.contains(parent.table) || parent.table == child.table
        else { return nil }
        if parent.table == child.table { return nil }
        return (match.score + values.coverage * 0.1, edge(0.5, match.weight))
    }

    /// How well values alone speak for a reference, when names are silent; nil when not well enough.
    private func opaque(
        _ values: ReferenceValues, _ seen: Profile.Column?, _ child: EntityModel, _ column: ColumnModel
    )
        -> Double?
    {
        guard values.isIncluded, values.compared >= 3, let seen, seen.isWhole, child.key != [column.ref.column],
            values.coverage >= 0.5, KeyInference.isKeyLike(seen)
        else { return nil }
        return values.coverage
    }

    // MARK: References of several columns

    /// References to keys of several columns: columns of the same names that were looked at together.
    private func composites(beside single: [JoinEdge]) -> [JoinEdge] {
        guard let profile else { return [] }
        var found: [JoinEdge] = []
        for parent in entities where parent.key.count > 1 && parent.kind == .table {
            guard let target = profile.table(parent.table)?.combination(parent.key) else { continue }
            for child in entities where child.table != parent.table && child.kind == .table {
                if (declared + single).contains(where: {
                    ($0.child == child.table && $0.parent == parent.table)
                        || ($0.child == parent.table && $0.parent == child.table && $0.confidence > 0.7)
                }) {
                    continue
                }
                let names = target.columns.compactMap { name in
                    child.columns.first { $0.words == parent.column(name)?.words }?.ref.column
                }
                guard names.count == target.columns.count,
                    let seen = profile.table(child.table)?.combination(names), seen.columns.count == names.count
                else { continue }
                // Each column has its own dirt on both sides, so less is asked than of one.
                let inclusion = Self.ordered(seen, names).map { $0.inclusion(in: target.sample) }
                guard let inclusion, inclusion.compared >= 3, max(inclusion.part, inclusion.partOfRows) >= 0.95
                else {
                    continue
                }
                found.append(
                    JoinEdge(
                        child: child.table, childColumns: names, parent: parent.table,
                        parentColumns: target.columns,
                        isDeclared: false, weight: 1.3, confidence: 0.9,
                        evidence: [.sameName, .inclusion(max(inclusion.part, inclusion.partOfRows))]))
            }
        }
        return found
    }

    /// The sample, when its columns stand in the order of the parent's: hashes of other orders cannot be compared.
    private static func ordered(_ seen: Profile.Combination, _ names: [String]) -> DistinctSample? {
        seen.columns == names ? seen.sample : nil
    }

    static func sameType(_ a: CatalogueColumn.Kind, _ b: CatalogueColumn.Kind) -> Bool {
        func group(_ kind: CatalogueColumn.Kind) -> Int {
            switch kind {
            case .integer, .real: 0
            case .text: 1
            case .unknown: -1
            default: 2
            }
        }
        return group(a) == group(b) || a == .unknown || b == .unknown
    }
}

/// What the values of two columns say about a reference from one to the other.
struct ReferenceValues {
    /// The part of the child's values, or of its rows, that is found among the parent's; the larger of the two, since wrong
    /// values that each stand in one row are dirt.
    var inclusion: Double
    /// The part of the parent's values that the child uses.
    var coverage: Double
    /// How many values could be compared.
    var compared: Int
    /// Whether the child's numbers reach from about the first to about the last of the parent's.
    var isTight: Bool

    /// What is asked of a reference. Half a percent of wrong values passes.
    var isIncluded: Bool { inclusion >= 0.98 }

    /// Nil when the child has no values, or one of them was not looked at.
    init?(_ child: Profile.Column?, in parent: Profile.Column?) {
        guard let child, let parent, let values = child.sample, let keys = parent.sample, !values.hashes.isEmpty,
            !keys.hashes.isEmpty
        else { return nil }
        let found = values.inclusion(in: keys)
        compared = found.compared
        if found.compared > 0 {
            inclusion = max(found.part, found.partOfRows)
        } else if let low = child.minimum, let high = child.maximum, let first = parent.minimum,
            let last = parent.maximum
        {
            // Too few values for the parent's sample: ranges decide.
            inclusion = low >= first && high <= last ? 0.98 : 0
        } else {
            inclusion = 0.9
        }
        coverage = keys.inclusion(in: values).part
        if let high = child.maximum, let last = parent.maximum, let first = parent.minimum, last > first {
            isTight = coverage >= 0.5 && high - first >= (last - first) * 0.9 && keys.distinctCount >= 10
        } else {
            isTight = child.textCount > 0 && values.distinctCount >= 3 && coverage >= 0.2
        }
    }
}
