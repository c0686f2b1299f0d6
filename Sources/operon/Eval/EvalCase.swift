import Schemas
import Semantics
import Values

/// One question with its right answer.
struct EvalCase {
    var id: String
    var database: String?
    var question: String
    var semantic: String?
    var isAnswerable: Bool
    /// SQL whose rows are right, when the rows are not given.
    var goldSQL: String?
    var goldRows: [[SQLValue]]?
    /// Further SQL whose rows are right, too.
    var alternatives: [String]
    var isOrdered: Bool
    var groups: [Int]?
    /// Columns that an answer may leave out.
    var optionalColumns: Set<Int>
    var isSet: Bool
    /// What to report by: `source`, `kind`, `difficulty` and the like.
    var labels: [(key: String, value: String)]
    var tags: [String]

    static let labelKeys = ["source", "kind", "difficulty"]

    /// Reads a line of a case file: `{"id","db"?,"question","semantic"?,"sql"|"rows"|"gold_sql"|"gold_result",…}`.
    init(line: String, number: Int, file: String) throws {
        let json: JSON
        do { json = try JSON(parsing: line) } catch {
            throw OperonError(
                code: "case_invalid", "the line is no JSON: \(error)", hint: "Write one case on a line.",
                at: "\(file):\(number)")
        }
        guard let question = json["question"]?.string else {
            throw OperonError(
                code: "case_invalid", "the case has no text \"question\"",
                hint: #"Write {"id","db","question","sql"}."#, at: "\(file):\(number)")
        }
        self.question = question
        id = json["id"]?.string ?? json["id"]?.int.map(String.init) ?? "line \(number)"
        database = json["db"]?.string
        semantic = json["semantic"]?.string
        isAnswerable = json["answerable"]?.bool ?? !(json["unanswerable"]?.bool ?? false)
        goldSQL = json["sql"]?.string ?? json["gold_sql"]?.string
        let rows = json["rows"]?.array ?? json["gold_result"]?["rows"]?.array
        goldRows = rows?.map { ($0.array ?? [$0]).map { SQLValue(json: $0) ?? .null } }
        alternatives = (json["alt_sql"] ?? json["alternatives"])?.array?.compactMap(\.string) ?? []
        isOrdered = json["ordered"]?.bool ?? false
        groups = json["order_groups"]?.array?.compactMap(\.int)
        optionalColumns = Set(json["optional_cols"]?.array?.compactMap(\.int) ?? [])
        isSet = json["set_ok"]?.bool ?? false
        tags = json["tags"]?.array?.compactMap(\.string) ?? []
        labels = Self.labelKeys.compactMap { key in json[key]?.string.map { (key, $0) } }
        if isAnswerable, goldRows == nil, goldSQL == nil {
            throw OperonError(
                code: "case_invalid", "the case \"\(id)\" has neither \"sql\" nor \"rows\"",
                hint: #"Write the right answer, or "unanswerable": true."#, at: "\(file):\(number)")
        }
    }

    /// Whether rows are right, tolerantly and strictly.
    ///
    /// - Parameter others: the rows of the alternatives.
    func judge(
        _ found: [[SQLValue]], names: [String], gold: [[SQLValue]], others: [[[SQLValue]]]
    ) -> (right: Bool, strict: Bool) {
        var comparison = ResultComparison(gold: gold)
        comparison.isOrdered = isOrdered
        comparison.groups = groups
        comparison.isSet = isSet
        comparison.question = question
        var exact = comparison
        exact.isSet = false
        let strict = exact.accepts(found, tolerantly: false)
        var candidates = [found]
        if tags.contains("group"), !isOrdered {
            // Groups of which there are none may be shown or left out.
            let filled = found.filter { row in
                let numbers = row.filter { if case .text = $0 { false } else { true } }
                return numbers.isEmpty || numbers.contains { $0 != .integer(0) && $0 != .real(0) && $0 != .null }
            }
            if filled.count < found.count { candidates.append(filled) }
        }
        for (at, rows) in ([gold] + others).enumerated() where at == 0 || !rows.isEmpty {
            var mine = comparison
            mine.gold = rows
            if at > 0, groups.map({ $0.reduce(0, +) != rows.count }) ?? false { mine.groups = nil }
            var variants = [mine]
            if !optionalColumns.isEmpty, let width = rows.first?.count, width > optionalColumns.count {
                mine.gold = rows.map { row in row.indices.filter { !optionalColumns.contains($0) }.map { row[$0] } }
                mine.forbidsNumbers = true
                variants.append(mine)
            }
            for variant in variants {
                if candidates.contains(where: { variant.accepts($0, names: names, tolerantly: true) }) {
                    return (true, strict)
                }
            }
        }
        return (strict, strict)
    }
}
