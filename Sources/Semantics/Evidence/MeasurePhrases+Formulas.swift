import Modeling
import Schemas

/// Arithmetic of columns ("subtotal minus order cost"), and words that the question itself explains ("gross profit
/// (subtotal minus order cost)").
extension MeasurePhrases {
    /// Words between two numbers, with the sign that they stand for.
    private static let operators: [(String, Operation)] = [
        ("divided by the", .over), ("divided by", .over), ("multiplied by the", .times), ("multiplied by", .times),
        ("minus the", .minus), ("minus", .minus), ("less the", .minus), ("less", .minus), ("plus the", .plus),
        ("plus", .plus),
        ("times the", .times), ("times", .times), ("net of", .minus), ("-", .minus), ("–", .minus), ("−", .minus),
        ("+", .plus), ("*", .times), ("×", .times), ("/", .over), ("÷", .over),
    ]

    /// Arithmetic of columns of one table, as a number of each row.
    func arithmetic(_ at: Int) -> Evidence.Part? {
        if let found = formula(at), found.columns > 1, !found.hasSigns {
            return Self.part(at..<found.end, found.candidates)
        }
        // Of other figures only the sign is read here.
        if let end = first(of: Self.shares, at: at), at > 0 {
            return Evidence.Part(range: at..<end, fixed: .operation(.percentOf))
        }
        if let end = first(of: ["difference between the", "difference between", "difference in"], at: at) {
            return Evidence.Part(range: at..<end, fixed: .operation(.minus))
        }
        guard let (operation, end) = sign(at), at > 0, tokens.indices.contains(end), tokens[at - 1].number == nil,
            tokens[end].number == nil, !tokens[at].isSign, word(at) != "times", word(at) != "less",
            word(at) != "net", operation != .plus
        else { return nil }
        return Evidence.Part(range: at..<end, fixed: .operation(operation))
    }

    private static let shares =
        ["a", "the"].flatMap { article in
            ["percentage", "percent", "share", "proportion", "fraction"].map { "as \(article) \($0) of" }
        } + ["as percentage of", "as percent of", "as % of", "as share of"]

    private func sign(_ at: Int) -> (Operation, Int)? {
        for (phrase, operation) in Self.operators {
            if let end = first(of: [phrase], at: at) { return (operation, end) }
        }
        return nil
    }

    /// Columns and numbers with operators between them, also in brackets. The candidates are the formulas over each table
    /// that has columns for all names.
    private func formula(_ at: Int) -> (candidates: [Candidate], end: Int, columns: Int, hasSigns: Bool)? {
        guard let (tree, end) = sum(at), tree.isOperation, tree.columns > 0 else { return nil }
        // "height/weight" and "win-loss" may be two things rather than arithmetic.
        let hasSigns = tokens[at..<end].contains { ["-", "–", "/"].contains($0.text) }
        let candidates = model.entities.compactMap { entity -> Candidate? in
            var weight = 1.0
            return tree.formula(over: entity.table, &weight).map {
                Candidate(element: .amount(.formula($0, of: entity.table)), weight: weight)
            }
        }
        return candidates.isEmpty ? nil : (candidates, end, tree.columns, hasSigns)
    }

    /// Arithmetic before it is known of which table its columns are.
    private indirect enum Tree {
        case operand([NamedNumber])
        case operation(Tree, String, Tree)

        var isOperation: Bool { if case .operation = self { true } else { false } }
        /// How many operands are columns.
        var columns: Int {
            switch self {
            case .operand(let numbers): numbers.contains { $0.ref != nil } ? 1 : 0
            case .operation(let left, _, let right): left.columns + right.columns
            }
        }

        func formula(over table: String, _ weight: inout Double) -> Formula? {
            switch self {
            case .operand(let numbers):
                guard let mine = numbers.first(where: { $0.ref == nil || $0.ref?.table == table }) else {
                    return nil
                }
                weight = min(weight, mine.weight)
                return mine.formula
            case .operation(let left, let sign, let right):
                guard let x = left.formula(over: table, &weight), let y = right.formula(over: table, &weight) else {
                    return nil
                }
                return .infix(x, sign, y)
            }
        }
    }

    /// Products and quotients bind closer than sums and differences.
    private func sum(_ at: Int, depth: Int = 0) -> (Tree, Int)? {
        guard var (tree, end) = product(at, depth: depth) else { return nil }
        while let (operation, next) = sign(end), operation == .plus || operation == .minus,
            let (right, after) = product(next, depth: depth)
        {
            tree = .operation(tree, operation == .plus ? "+" : "-", right)
            end = after
        }
        return (tree, end)
    }

    private func product(_ at: Int, depth: Int) -> (Tree, Int)? {
        guard var (tree, end) = factor(at, depth: depth) else { return nil }
        while let (operation, next) = sign(end), operation == .times || operation == .over,
            let (right, after) = factor(next, depth: depth)
        {
            tree = .operation(tree, operation == .times ? "*" : "/", right)
            end = after
        }
        return (tree, end)
    }

    private func factor(_ at: Int, depth: Int) -> (Tree, Int)? {
        if word(at) == "(", depth < 4, let (tree, end) = sum(at + 1, depth: depth + 1), word(end) == ")" {
            return (tree, end + 1)
        }
        return operand(at).map { (.operand($0.0), $0.1) }
    }

    struct NamedNumber {
        var ref: ColumnRef?
        var formula: Formula
        var weight: Double
    }

    /// The numbers of rows that the longest name at a place stands for, with the place after it.
    private func operand(_ at: Int) -> ([NamedNumber], Int)? {
        let at = word(at) == "the" || word(at) == "its" || word(at) == "their" ? at + 1 : at
        guard tokens.indices.contains(at), !tokens[at].isQuoted else { return nil }
        if tokens[at].number != nil, tokens[at].text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) {
            return ([NamedNumber(ref: nil, formula: .number(tokens[at].text), weight: 1)], at + 1)
        }
        for length in stride(from: 5, through: 1, by: -1) where at + length <= tokens.count {
            let part = tokens[at..<at + length]
            guard part.allSatisfy({ !$0.isSign || $0.text == "_" }) else { continue }
            let phrase = part.filter { !$0.isSign }.map(\.lemma).joined(separator: " ")
            let found = lexicon.candidates(phrase).compactMap { candidate -> NamedNumber? in
                guard case .column(let ref) = candidate.element, candidate.weight >= 0.6,
                    let column = model.column(ref),
                    column.role == .measure, column.kind != .text
                else { return nil }
                return NamedNumber(ref: ref, formula: .column(ref), weight: candidate.weight)
            }
            if !found.isEmpty { return (found, at + length) }
            // A figure or a thing of this name is no number of a row.
            if length > 1, isName(at..<at + length) { return nil }
        }
        return nil
    }

    // MARK: Definitions

    /// "large orders (order total of at least 20)", "gross profit, defined as subtotal minus order cost": the words before
    /// are explained by those inside, and only these are read.
    func definition(_ at: Int) -> [Evidence.Part]? {
        var open = at
        var close: Int?
        let inside: Int
        if word(at) == "(" {
            inside = at + 1
            var depth = 0
            close = (inside..<max(inside, min(tokens.count, at + 40))).first { place in
                if word(place) == "(" { depth += 1 }
                if word(place) == ")" { depth -= 1 }
                return depth < 0
            }
            guard close != nil else { return nil }
        } else {
            if word(open) == "," { open += 1 }
            guard
                let end = first(
                    of: [
                        "defined as the", "defined as", "which is defined as", "calculated as the", "calculated as",
                        "computed as the", "computed as", "measured as", "which means", "meaning", "i . e .",
                        "that is ,",
                        "understood as",
                    ], at: open)
            else { return nil }
            inside = end
        }
        guard at > 0, tokens.indices.contains(inside), let found = formula(skippingArticle(inside)) else {
            return explainedCondition(at, inside: inside, close: close)
        }
        guard close == nil || found.end == close else { return nil }
        let end = close.map { $0 + 1 } ?? (word(found.end) == "," ? found.end + 1 : found.end)
        // The term that is explained: back to the beginning, a request, a cue or a preposition.
        return explained(before: at) + [
            Evidence.Part(
                range: at..<end, fixed: nil,
                candidates: Array(found.candidates.sorted { $0.weight > $1.weight }.prefix(12)))
        ]
    }

    private func skippingArticle(_ at: Int) -> Int { ["the", "="].contains(word(at)) ? at + 1 : at }

    /// A condition in brackets needs no phrase of its own; only the adjective that it explains is taken out.
    private func explainedCondition(_ at: Int, inside: Int, close: Int?) -> [Evidence.Part]? {
        // A condition names a number of the schema and compares it.
        let names = tokens[min(inside, tokens.count)..<min(close ?? inside, tokens.count)].contains { token in
            lexicon.candidates(token.lemma).contains { candidate in
                if case .column = candidate.element { candidate.weight >= 0.55 } else { false }
            }
        }
        guard let close, close - inside >= 2, names,
            tokens[inside..<close].contains(where: { $0.number != nil })
                || tokens[inside..<close].contains(where: {
                    ["is", "are", "with", "without", "whose"].contains($0.folded)
                })
        else { return nil }
        return explained(before: at)
    }

    /// Words right before a place that name nothing of the database.
    private func explained(before at: Int) -> [Evidence.Part] {
        var start = at
        while start > 0, at - start < 4 {
            let token = tokens[start - 1]
            if token.isSign || token.isQuoted || token.number != nil { break }
            if CuePhrases.fillers.contains(token.folded) || CuePhrases.table[token.folded] != nil { break }
            // The thing itself stays: "orders" of "large orders".
            if names(token), !Refusals.undefinedMetrics.contains(token.folded) {
                if start == at, start >= 2, !names(tokens[start - 2]), !isStop(tokens[start - 2]) {
                    return explained(before: at - 1)
                }
                break
            }
            start -= 1
        }
        return start < at ? [Evidence.Part(range: start..<at, fixed: .explained)] : []
    }

    private func isStop(_ token: Token) -> Bool {
        token.isSign || token.isQuoted || token.number != nil || CuePhrases.fillers.contains(token.folded)
            || CuePhrases.table[token.folded] != nil
    }

    private func names(_ token: Token) -> Bool {
        !lexicon.candidates(token.lemma).filter { $0.weight >= 0.7 }.isEmpty || !values.hits(token.lemma).isEmpty
            || BusinessTerms.phrases[token.lemma] != nil
    }

    // MARK: Units

    /// "in minutes" where a column holds such numbers in another unit.
    func unit(_ at: Int) -> Evidence.Part? {
        guard word(at) == "in" || word(at) == "as" || word(at) == "(", tokens.indices.contains(at + 1) else {
            return nil
        }
        let place = word(at) == "(" && word(at + 1) == "in" ? at + 2 : at + 1
        guard let unit = MeasureUnit(word(place)), word(place) == unit.plural || word(place).utf8.count <= 2 else {
            return nil
        }
        let isConvertible = model.entities.contains { entity in
            entity.columns.contains { column in
                guard column.role == .measure, let own = MeasureUnit.of(column.words) else { return false }
                return own.dimension == unit.dimension && own.size != unit.size
            }
        }
        // Times between dates are told in any unit.
        let isSpan = unit.dimension == .time && (0..<at).contains { span($0) != nil }
        guard isConvertible || isSpan else { return nil }
        let end = word(at) == "(" && word(place + 1) == ")" ? place + 2 : place + 1
        return Evidence.Part(range: at..<end, fixed: .unit(unit))
    }
}
