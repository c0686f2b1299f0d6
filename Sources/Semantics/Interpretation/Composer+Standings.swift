import Modeling
import Schemas

/// Figures that stand still until they are taken again.
extension Composer {
    /// Sums and averages of standing figures become those of the day that is told.
    mutating func settleStandings() {
        func settled(_ value: Measure.Value) -> Measure.Value {
            switch value {
            case .aggregate(.median, let amount): return .median(amount)
            case .aggregate(.sum, let amount):
                return finder.standingTime(of: amount).map {
                    .standing(Standing(amount, time: $0, pick: standingPick))
                }
                    ?? value
            case .aggregate(.average, let amount):
                return finder.standingTime(of: amount).map { .standing(Standing(amount, time: $0, pick: .average)) }
                    ?? value
            case .combined(let a, let operation, let b): return .combined(settled(a), operation, settled(b))
            case .narrowed(let inner, let filters): return .narrowed(settled(inner), filters)
            case .shareOfAll(let inner): return .shareOfAll(settled(inner))
            default: return value
            }
        }
        for at in query.measures.indices { query.measures[at].value = settled(query.measures[at].value) }
        for at in query.having.indices { query.having[at].measure.value = settled(query.having[at].measure.value) }
        for at in query.order.indices {
            guard case .measure(var measure) = query.order[at].key else { continue }
            measure.value = settled(measure.value)
            query.order[at].key = .measure(measure)
        }
    }

    /// The last day of a period speaks for it, unless its beginning is asked for.
    private var standingPick: Standing.Pick {
        let opens = tokens.contains { ["opening", "beginning", "initial", "start"].contains($0.folded) }
        return opens ? .first : .last
    }
}

extension MeasureFinder {
    /// The day on which an amount was taken, when it is a level that was taken again and again: a table of one row for
    /// each thing and day, with a number that is called a stock, a balance or a headcount.
    func standingTime(of amount: Amount) -> ColumnRef? {
        guard case .column(let ref) = amount, let entity = model.entity(ref.table), let time = entity.time,
            let column = model.column(ref)
        else { return nil }
        let levels: Set<String> = [
            "stock", "hand", "balance", "headcount", "inventory", "backlog", "outstanding", "level", "available",
            "occupancy", "subscriber", "open",
        ]
        let tables: Set<String> = ["snapshot", "balance", "stock", "inventory", "level", "position", "headcount"]
        let isLevel = !levels.isDisjoint(with: column.words)
        let isSnapshot = !tables.isDisjoint(with: entity.words)
        guard isLevel || isSnapshot && (column.measure == .quantity || column.measure == .number) else {
            return nil
        }
        // What comes in and goes out is a movement and adds up.
        let movements: Set<String> = [
            "movement", "transaction", "receipt", "change", "in", "out", "received", "sold", "shipped", "delta",
            "added",
            "used", "adjustment", "transfer", "payment",
        ]
        guard movements.isDisjoint(with: column.words), movements.isDisjoint(with: entity.words) else { return nil }
        let isKeyed = entity.key.contains(time) && entity.key.count > 1
        let hasThing = model.joins.steps(from: ref.table).contains(where: \.isToOne)
        guard isKeyed || isSnapshot && isLevel || isSnapshot && hasThing || isLevel && hasThing && isDaily(entity)
        else {
            return nil
        }
        return ColumnRef(ref.table, time)
    }

    /// The one level that a table of levels holds: "stock" of a table of stock levels.
    func standing(of table: String) -> ColumnRef? {
        let levels = (model.entity(table)?.measures ?? []).filter { standingTime(of: .column($0.ref)) != nil }
        return levels.count == 1 ? levels[0].ref : nil
    }

    private func isDaily(_ entity: EntityModel) -> Bool {
        !Set(["daily", "weekly", "monthly", "history", "day", "month"]).isDisjoint(with: entity.words)
    }
}
