import Schemas
import Values

/// Infers what each column of a table is good for from its name, its type and, where there are any, its values.
enum RoleInference {
    static func model(
        of column: CatalogueColumn, in table: CatalogueTable, isForeignKey: Bool, profile: ColumnProfile?
    ) -> ColumnModel {
        let words = Words.lemmas(of: column.name)
        var model = ColumnModel(
            ref: ColumnRef(table.name, column.name), words: words, kind: column.kind, role: .category)
        if column.kind == .text || column.kind == .unknown, let samples = profile?.samples, !samples.isEmpty {
            model.mayHoldNumbers = samples.contains { sample in
                if case .text(let text) = sample { Double(text) != nil } else { true }
            }
        }
        if column.kind == .text || column.kind == .unknown || column.kind == .date || column.kind == .datetime {
            model.form = CellForm.of(profile?.samples ?? [])
        }
        if let form = model.form, !form.isDay { model.mayHoldNumbers = true }
        let isNumeric = column.kind == .integer || column.kind == .real
        let isKey = table.primaryKey.contains { $0.lowercased() == column.name.lowercased() } || isForeignKey
        // "Power (kW)", "Viewers (millions)"
        model.unit =
            column.name.hasSuffix(")") && words.count > 1
            ? words.last
            : words.last(where: { Vocabulary.units.contains($0 + "s") || Vocabulary.units.contains($0) })
        if let truth = truthValue(column, words: words, profile: profile) {
            model.role = .flag
            model.trueValue = truth
        } else if isTime(column, words: words, profile: profile) || model.form?.isDay ?? false {
            model.role = .time
        } else if column.kind == .blob {
            model.role = .opaque
        } else if isYear(column, words: words, isKey: isKey, profile: profile) {
            model.role = .year
        } else if isForeignKey || (isKey && (isNumeric || table.primaryKey.count == 1))
            || Vocabulary.keyEndings.contains(words.last ?? "")
        {
            model.role = .key
        } else if isNumeric {
            if words.contains(where: Vocabulary.codeWords.contains)
                && !words.contains(where: Vocabulary.quantityWords.contains)
            {
                model.role = .category
            } else {
                model.role = .measure
                model.measure = measureKind(words)
            }
        } else if model.form != nil, isNumericText(words) {
            model.role = .measure
            model.measure = measureKind(words)
        } else if words.contains(where: Vocabulary.readingWords.contains) {
            model.role = .text
        }
        return model
    }

    /// Whether numbers that are kept as text are amounts and no names: not codes, ranks and numbers by which things go.
    private static func isNumericText(_ words: [String]) -> Bool {
        (!words.contains(where: Vocabulary.codeWords.contains) || words.contains("count")) && words.last != "number"
            && !words.contains(where: Vocabulary.nameNumbers.contains)
    }

    /// The value that means yes, when the column says yes or no by its type, its name or all of its samples.
    private static func truthValue(_ column: CatalogueColumn, words: [String], profile: ColumnProfile?) -> SQLValue?
    {
        let samples = profile?.samples ?? []
        let named = ["is", "has", "was", "can"].contains(words.first ?? "") && words.count > 1
        let isNumeric = column.kind == .integer || column.kind == .boolean || column.kind == .real
        if !samples.isEmpty {
            for (yes, no) in Vocabulary.truthPairs where samples.allSatisfy({ [yes, no].contains(folded($0)) }) {
                if case .text = yes { return samples.first { folded($0) == yes } ?? stored(yes, like: samples[0]) }
                return named || column.kind == .boolean ? .integer(1) : nil
            }
            return nil
        }
        if column.kind == .boolean { return .integer(1) }
        return named && isNumeric ? .integer(1) : nil
    }

    private static func folded(_ value: SQLValue) -> SQLValue {
        switch value {
        case .text(let text): .text(text.lowercased())
        case .real(let number): Int(exactly: number).map { .integer($0) } ?? value
        default: value
        }
    }

    /// `yes` written with the capitals of a sample: `Yes` beside `No`, `Y` beside `N`.
    private static func stored(_ yes: SQLValue, like sample: SQLValue) -> SQLValue {
        guard case .text(let text) = yes, case .text(let other) = sample else { return yes }
        if other == other.uppercased() { return .text(text.uppercased()) }
        if let first = other.first, first.isUppercase {
            return .text(text.prefix(1).uppercased() + text.dropFirst())
        }
        return yes
    }

    private static func isTime(_ column: CatalogueColumn, words: [String], profile: ColumnProfile?) -> Bool {
        let texts = (profile?.samples ?? []).compactMap { value -> String? in
            if case .text(let text) = value { return text }
            return nil
        }
        let parses = texts.filter { Timestamp(iso8601: $0) != nil }.count
        switch column.kind {
        // Declared dates whose values are no ISO text cannot be compared as text: they stay what they are.
        case .date, .datetime: return texts.isEmpty || parses * 10 >= texts.count * 9
        case .text, .unknown:
            if !texts.isEmpty { return parses * 10 >= texts.count * 9 }
            return profile == nil && words.contains { $0 == "date" || $0 == "timestamp" || $0 == "datetime" }
        default: return false
        }
    }

    private static func isYear(_ column: CatalogueColumn, words: [String], isKey: Bool, profile: ColumnProfile?)
        -> Bool
    {
        let samples = profile?.samples ?? []
        guard column.kind != .blob, column.kind != .boolean, !words.contains("per"),
            words.contains("year")
                || (!samples.isEmpty && !isKey && words.contains(where: Vocabulary.yearWords.contains))
        else { return false }
        return samples.allSatisfy { sample in
            switch sample {
            case .integer(let value): return (1000...2999).contains(value)
            case .real(let value): return (1000...2999).contains(value)
            case .text(let text): return text.utf8.count == 4 && Int(text).map((1000...2999).contains) ?? false
            default: return false
            }
        }
    }

    private static func measureKind(_ words: [String]) -> MeasureKind {
        func has(_ set: Set<String>) -> Bool { words.contains(where: set.contains) }
        // A week, a rank and a number by which something goes are not added up.
        if let last = words.last, Vocabulary.nameNumbers.contains(last) || (last == "number" && words.count > 1) {
            return .rate
        }
        if has(Vocabulary.rateWords) { return .rate }
        if has(Vocabulary.durationWords) { return .duration }
        if words.contains("price") && !words.contains("total") && !words.contains("extended")
            && !words.contains("sale") && !words.contains("net")
        {
            return .unitPrice
        }
        if words.contains("unit") && has(Vocabulary.moneyWords) { return .unitPrice }
        if has(Vocabulary.quantityWords) && !has(["amount", "value", "price"]) { return .quantity }
        if has(Vocabulary.moneyWords) { return .money }
        return .number
    }
}
