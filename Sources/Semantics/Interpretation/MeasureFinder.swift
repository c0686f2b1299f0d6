import Modeling
import Schemas

/// Finds the measure that business words, adjectives and entities stand for, by the roles of columns and the grain
/// that a question needs.
struct MeasureFinder {
    let model: SchemaModel
    /// The tables that the question speaks of: a measure must be reachable from them, best without fan-out.
    let tables: [String]

    // MARK: Business terms

    /// The money that business brought in, at the coarsest grain that all tables of the question can be reached from
    /// without counting an amount twice; with the assumption to state.
    func revenue() -> (amount: Amount, assumption: String)? {
        var best: (amount: Amount, cost: Double)?
        for (amount, rank) in moneyAmounts() {
            var cost = rank
            var isConnected = true
            for table in tables where table != amount.table {
                guard let path = model.joins.path(from: amount.table, to: table) else {
                    isConnected = false
                    break
                }
                // A fan-out would count the amount more than once: any other grain is better.
                cost += path.isToOne ? 0.05 * path.cost : 10 + path.cost
            }
            if isConnected, cost < best?.cost ?? .infinity { best = (amount, cost) }
        }
        return best.map { ($0.amount, "sales are measured by \($0.amount.words)") }
    }

    /// Amounts that may be sales, with a rank: 0 is the most likely.
    func moneyAmounts() -> [(Amount, rank: Double)] {
        var found: [(Amount, rank: Double)] = []
        for entity in model.entities where entity.kind == .table {
            let nouns = Set(entity.words)
            let against = [
                "payment", "return", "refund", "purchase", "cost", "expense", "budget", "supply", "salary", "stock",
            ]
            let isLine = isLine(entity)
            guard time(of: entity.table) != nil else { continue }
            if nouns.contains(where: ["return", "refund", "budget", "promotion", "expense"].contains) { continue }
            let tablePenalty = nouns.contains(where: against.contains) ? 3.0 : 0
            // A table that transactions refer to, such as customers, keeps no sales of its own.
            let hasOwnTime = entity.time != nil
            if !hasOwnTime && !isLine { continue }
            let isFact =
                !model.joins.steps(from: entity.table).filter(\.isToOne).isEmpty || model.entities.count == 1
            guard isFact else { continue }
            for column in entity.measures where column.measure?.isMoney ?? false {
                guard let rank = Self.moneyRank(column) else { continue }
                if isLine, column.measure == .unitPrice { continue }
                if !isLine, column.measure == .unitPrice { continue }
                found.append((.column(column.ref), rank + tablePenalty + (isLine ? 0.3 : 0)))
            }
            if isLine, let price = entity.measures.first(where: { $0.measure == .unitPrice }) {
                let hasOwnAmount = entity.measures.contains { $0.measure == .money && Self.moneyRank($0) != nil }
                if hasOwnAmount { continue }
                if let quantity = entity.measures.first(where: { $0.measure == .quantity }) {
                    found.append((.product(price.ref, quantity.ref), 0.8 + tablePenalty))
                } else {
                    found.append((.column(price.ref), 1 + tablePenalty))
                }
            }
        }
        return found
    }

    /// How likely a money column holds what was sold for; nil for costs, taxes, discounts and the like.
    private static func moneyRank(_ column: ColumnModel) -> Double? {
        let words = Set(column.words)
        let against: Set<String> = [
            "cost", "tax", "discount", "salary", "refund", "balance", "budget",
            "credit", "paid",
            "commission", "bonus", "minimum", "maximum", "limit", "loan", "debt", "fine", "deposit", "number",
            "quantity",
            "count", "lifetime",
        ]
        if !words.isDisjoint(with: against) { return nil }
        if words.contains("revenue") || words.contains("sale") || words.contains("turnover") { return 0 }
        if words.contains("total") && !words.contains("sub") { return 0.2 }
        if words.contains("amount") { return 0.4 }
        if words.contains("subtotal") || words.contains("net") || words.contains("gross") { return 0.9 }
        if words.contains("price") { return 0.7 }
        // What is charged beside the goods is revenue only where nothing else is.
        if words.contains("fee") || words.contains("shipping") || words.contains("freight") { return 2 }
        if words.contains("value") || words.contains("spend") || words.contains("payment") { return 1 }
        if words.contains("charge") { return 1.5 }
        return nil
    }

    /// Whether rows of the table are the parts of a larger transaction: they refer to a table that has a date and to
    /// another one that says what was sold.
    func isLine(_ entity: EntityModel) -> Bool {
        let parents = model.joins.steps(from: entity.table).filter(\.isToOne).map(\.to)
        guard parents.count >= 2,
            entity.measures.contains(where: { $0.measure == .quantity || $0.measure == .unitPrice })
        else { return false }
        return parents.contains { model.entity($0)?.time != nil }
    }

    /// The sum of units on the lines of transactions.
    func unitsSold() -> Amount? {
        var best: (amount: Amount, cost: Double)?
        for entity in model.entities where entity.kind == .table && isFactLike(entity) {
            if !Set(entity.words).isDisjoint(with: [
                "return", "refund", "stock", "inventory", "supply", "promotion",
            ]) {
                continue
            }
            guard
                let quantity = entity.measures.first(where: {
                    $0.measure == .quantity && !$0.words.contains("stock")
                })
            else { continue }
            var cost = quantity.words.contains("quantity") ? 0.0 : 0.5
            cost += isLine(entity) ? 0 : 1
            for table in tables where table != entity.table {
                guard let path = model.joins.path(from: entity.table, to: table) else {
                    cost += 50
                    continue
                }
                cost += path.isToOne ? 0.05 * path.cost : 10
            }
            if cost < 40, cost < best?.cost ?? .infinity { best = (.column(quantity.ref), cost) }
        }
        // A quantity that joins would repeat is no measure of the things asked about.
        guard let best, best.cost < 10 else { return nil }
        return best.amount
    }

    private func isFactLike(_ entity: EntityModel) -> Bool {
        isLine(entity)
            || (time(ofEvent: entity) && model.joins.steps(from: entity.table).contains(where: \.isToOne))
    }

    private func time(ofEvent entity: EntityModel) -> Bool {
        entity.time.map { isEvent(ColumnRef(entity.table, $0)) } ?? false
    }

    /// The table whose rows are sales: lines first.
    func salesTable(near table: String?) -> String? {
        var best: (table: String, cost: Double)?
        for entity in model.entities where entity.kind == .table && isFactLike(entity) {
            if !Set(entity.words).isDisjoint(with: [
                "return", "refund", "stock", "inventory", "payment", "supply", "shipment",
            ]) {
                continue
            }
            var cost = isLine(entity) ? 0.0 : 0.5
            if entity.table == table { continue }
            if let table {
                guard let path = model.joins.path(from: entity.table, to: table), path.isToOne else { continue }
                cost += path.cost
            }
            if cost < best?.cost ?? .infinity { best = (entity.table, cost) }
        }
        return best?.table
    }

    // MARK: Adjectives

    /// The column of an entity that an adjective speaks of: "cheapest" of its price, "longest" of its duration.
    func column(for hint: Cue.Hint, of table: String) -> ColumnRef? {
        guard let entity = model.entity(table) else { return nil }
        let measures = entity.measures
        func named(_ words: Set<String>) -> ColumnRef? {
            measures.first { !words.isDisjoint(with: $0.words) }?.ref
        }
        switch hint {
        case .price:
            return named(["price"]) ?? measures.first { $0.measure == .unitPrice }?.ref
                ?? named(["cost", "fee", "charge", "rate", "fare", "rent"])
        case .duration:
            return measures.first { $0.measure == .duration }?.ref ?? named(["length", "time"])
                ?? named(["distance"])
        case .age:
            return named(["age"]) ?? beginning(of: entity)
        case .weight: return named(["weight"])
        case .height: return named(["height"]) ?? named(["elevation"])
        case .rating: return named(["rating", "score", "star"])
        case .pay: return named(["salary", "wage", "pay", "income", "compensation", "earning", "stipend"])
        case .size: return named(["size", "area", "population"])
        case .time:
            return entity.time.map { ColumnRef(table, $0) } ?? entity.columns.first { $0.role == .year }?.ref
        case .count, .sold: return nil
        }
    }

    /// The day or year with which a thing began: people are born, companies founded, ships built.
    private func beginning(of entity: EntityModel) -> ColumnRef? {
        let dates = entity.columns.filter { $0.role == .time || $0.role == .year }
        if let birth = dates.first(where: { $0.words.contains("birth") || $0.words.contains("born") }) {
            return birth.ref
        }
        let begun = dates.filter { !Self.beginnings.isDisjoint(with: $0.words) }
        return begun.count == 1 ? begun[0].ref : nil
    }

    private static let beginnings: Set<String> = [
        "built", "build", "founded", "foundation", "opened", "opening", "open", "established", "constructed",
        "construction", "created", "launched", "launch", "made", "inception", "inaugurated", "formed", "completed",
        "released", "release", "introduced", "manufactured", "model",
    ]

    /// The one number that "the biggest invoice" or "more than 100" can speak of; nil when there are several.
    func onlyMeasure(of table: String) -> ColumnRef? {
        guard let entity = model.entity(table) else { return nil }
        if let total = entity.measures.filter({ $0.measure == .money }).first(where: { Self.moneyRank($0) != nil })
        {
            return total.ref
        }
        return entity.measures.count == 1 ? entity.measures[0].ref : nil
    }

    /// The amount of an entity whose own name is money ("payments", "expenses"): its total is a sum and no count. Nil
    /// when there is none, or more than one.
    func namedAmount(of table: String) -> ColumnRef? {
        if let standing = standing(of: table) { return standing }
        guard let entity = model.entity(table), let head = entity.words.last, Self.moneyNouns.contains(head) else {
            return nil
        }
        let amounts = entity.measures.filter { column in
            // The amount of refunds is no cost of something else.
            var bare = column
            bare.words.removeAll { entity.words.contains($0) }
            return column.measure == .money
                && (Self.moneyRank(column) != nil || !bare.words.isEmpty && Self.moneyRank(bare) != nil)
        }
        return amounts.count == 1 ? amounts[0].ref : nil
    }

    private static let moneyNouns: Set<String> = [
        "payment", "refund", "expense", "sale", "donation", "fee", "cost", "salary", "wage", "bonus", "charge",
        "deposit", "withdrawal", "payout", "commission", "tax", "spending", "income", "budget", "earning",
    ]

    /// The table's own day, or that of the nearest table that its rows belong to.
    func time(of table: String) -> ColumnRef? {
        if let own = model.entity(table)?.time { return ColumnRef(table, own) }
        var best: (ref: ColumnRef, cost: Double)?
        for entity in model.entities {
            guard let time = entity.time, let path = model.joins.path(from: table, to: entity.table), path.isToOne
            else {
                continue
            }
            // A line happens when its order does, not when its product was launched: the date of an event counts, and a
            // parent that shares a name with its parts.
            var cost = path.cost
            if !isEvent(ColumnRef(entity.table, time)) { cost += 2 }
            if !entity.measures.isEmpty, model.joins.steps(from: entity.table).contains(where: \.isToOne) {
                cost -= 0.2
            }
            if let own = model.entity(table)?.words, !Set(own).isDisjoint(with: entity.words) { cost -= 0.5 }
            if cost < best?.cost ?? .infinity { best = (ColumnRef(entity.table, time), cost) }
        }
        return best?.ref
    }

    /// Whether the date tells when something happened; other dates describe a thing.
    func isEvent(_ ref: ColumnRef) -> Bool {
        model.column(ref)?.words.allSatisfy { !Self.attributeDates.contains($0) } ?? false
    }

    /// Words of dates that describe a thing and tell no event: `launch_date`, `birth_date`.
    private static let attributeDates: Set<String> = [
        "launch", "birth", "hire", "hired", "opening", "open", "opened", "signup", "created", "registration",
        "registered", "start",
        "end", "released", "release", "founded", "joined", "expiry", "installation", "published",
    ]
}

extension Amount {
    /// In words: `Invoice.Total`, `unit_price × quantity of order_lines`.
    var words: String {
        switch self {
        case .column(let ref): "\(ref)"
        case .product(let a, let b): "\(a.column) × \(b.column) of \(a.table)"
        case .formula(let formula, let table):
            "\(SQLPrinter(dialect: .sqlite).text(formula).filter { $0 != "\"" }) of \(table)"
        case .span(let span):
            "the \(span.unit.plural) between \(span.columns.map { "\($0)" }.joined(separator: " and "))"
        }
    }
}
