public import Schemas

/// Why columns are believed to be a key.
public enum KeyEvidence: String, Sendable, Hashable {
    /// The schema declares it.
    case declared
    /// A unique index declares it.
    case uniqueIndex
    /// No value repeats, and none is missing.
    case unique
    /// Hardly any value repeats.
    case nearlyUnique
    /// It is called like a key of the table.
    case named
    /// It stands first.
    case first
    /// Its values grow from row to row.
    case increasing
}

/// A key with what speaks for it.
struct InferredKey {
    var columns: [String] = []
    var confidence = 0.0
    var evidence: [KeyEvidence] = []
}

/// Finds the key of a table: declared, or by what its values and names say.
enum KeyInference {
    /// How little may repeat in a key whose values are dirty.
    private static let repeatedPart = 0.01

    static func key(
        _ table: CatalogueTable, _ columns: [ColumnModel], entity: [String], _ profile: Profile.Table?,
        isOpaque: Bool = false
    ) -> InferredKey {
        if !table.primaryKey.isEmpty {
            return InferredKey(columns: table.primaryKey, confidence: 1, evidence: [.declared])
        }
        if let unique = table.indices.first(where: { $0.isUnique && !$0.columns.contains("") }) {
            return InferredKey(columns: unique.columns, confidence: 0.95, evidence: [.uniqueIndex])
        }
        let named = columns.first { column in
            guard let last = column.words.last, Vocabulary.keyEndings.contains(last) else { return false }
            let rest = Array(column.words.dropLast())
            return rest.isEmpty || rest == entity
        }
        guard let profile, profile.isComplete, profile.rowCount > 1 else {
            return named.map { InferredKey(columns: [$0.ref.column], confidence: 0.7, evidence: [.named]) }
                ?? InferredKey()
        }
        if let single = isOpaque ? opaque(columns, profile) : single(columns, entity: entity, profile) {
            return single
        }
        if let several = several(columns, profile, least: isOpaque ? 0.05 : 0.4) { return several }
        // The key by name whose values are a little dirty.
        if let named, let seen = profile.column(named.ref.column), isNearlyUnique(seen) {
            return InferredKey(columns: [named.ref.column], confidence: 0.6, evidence: [.named, .nearlyUnique])
        }
        return InferredKey()
    }

    private static func isNearlyUnique(_ column: Profile.Column) -> Bool {
        guard let sample = column.sample, !sample.hashes.isEmpty, column.nullCount == 0 else { return false }
        return Double(sample.repeatedCount) <= Double(sample.hashes.count) * repeatedPart
    }

    private static func single(_ columns: [ColumnModel], entity: [String], _ profile: Profile.Table) -> InferredKey?
    {
        var best: (score: Double, key: InferredKey)?
        for (place, column) in columns.enumerated() {
            guard let seen = profile.column(column.ref.column), profile.isUnique(seen), isKeyLike(seen) else {
                continue
            }
            let (score, evidence) = score(column, seen, at: place, entity: entity)
            if score > best?.score ?? 0.34 {
                best = (
                    score,
                    InferredKey(
                        columns: [column.ref.column], confidence: min(0.97, 0.5 + score / 2.4),
                        evidence: [.unique] + evidence)
                )
            }
        }
        return best?.key
    }

    /// The key where names say nothing: numbers without gaps before other numbers before texts.
    private static func opaque(_ columns: [ColumnModel], _ profile: Profile.Table) -> InferredKey? {
        var best: (score: Double, name: String)?
        for column in columns {
            guard let seen = profile.column(column.ref.column), profile.isUnique(seen), isKeyLike(seen),
                column.kind != .date, column.kind != .datetime, column.role != .time
            else { continue }
            var score = 0.4 - seen.meanTextLength / 100
            if let low = seen.minimum, let high = seen.maximum, seen.textCount == 0 {
                let gaps = (high - low + 1) / Double(profile.rowCount)
                score = gaps < 1.05 ? 1 : gaps < 4 ? 0.8 : 0.6
            }
            if seen.isIncreasing { score += 0.1 }
            if score > best?.score ?? 0 { best = (score, column.ref.column) }
        }
        return best.map { InferredKey(columns: [$0.name], confidence: 0.4 + $0.score / 4, evidence: [.unique]) }
    }

    /// Whole numbers and short texts; prices, sentences and bytes are nobody's key.
    static func isKeyLike(_ column: Profile.Column) -> Bool {
        column.isWhole && column.blobCount == 0 && column.meanTextLength <= 40
            && !(column.meanTextLength > 20
                && column.samples.contains { if case .text(let text) = $0 { text.contains(" ") } else { false } })
    }

    /// How much a column looks like the key that somebody chose.
    static func score(_ column: ColumnModel, _ seen: Profile.Column, at place: Int, entity: [String])
        -> (score: Double, evidence: [KeyEvidence])
    {
        var score = 0.0
        var evidence: [KeyEvidence] = []
        let words = column.words
        let ending = words.last ?? ""
        let stem = Array(words.dropLast())
        if Vocabulary.keyEndings.contains(ending) {
            score += 0.4
        } else if ["code", "number"].contains(ending) {
            score += 0.25
        }
        let isGenerated = words.contains { ["rowguid", "guid", "uuid", "hash", "checksum"].contains($0) }
        if isGenerated { score -= 0.3 }
        if !isGenerated,
            stem.isEmpty ? Vocabulary.keyEndings.contains(ending) : stem == entity || entity.last == stem.last
        {
            score += 0.4
            evidence.append(.named)
        }
        if place == 0 {
            score += 0.3
            evidence.append(.first)
        } else if place == 1 {
            score += 0.1
        }
        if seen.isIncreasing {
            score += 0.15
            evidence.append(.increasing)
        }
        if seen.textCount == 0 { score += 0.1 }
        if column.kind == .date || column.kind == .datetime || column.role == .time { score -= 0.25 }
        if column.measure.map({ $0 != .number }) ?? false { score -= 0.5 }
        if column.role == .text || column.role == .flag { score -= 0.4 }
        if column.role == .label || ending == "name" || ending == "title" { score -= 0.1 }
        return (score, evidence)
    }

    // MARK: Several columns

    private static func several(_ columns: [ColumnModel], _ profile: Profile.Table, least: Double) -> InferredKey? {
        var best: (size: Int, score: Double, columns: [String])?
        for combination in profile.combinations where combination.isUnique {
            let score = combination.columns.reduce(0.0) { sum, name in
                guard let place = columns.firstIndex(where: { $0.ref.column == name }),
                    let seen = profile.column(name)
                else { return sum }
                return sum + part(columns[place], seen, at: place)
            }
            let size = combination.columns.count
            guard let known = best else {
                best = (size, score, combination.columns)
                continue
            }
            if size < known.size || (size == known.size && score > known.score + 1e-9) {
                best = (size, score, combination.columns)
            }
        }
        guard let best, best.score >= least * Double(best.size) else { return nil }
        return InferredKey(
            columns: best.columns, confidence: min(0.9, 0.45 + best.score / Double(best.size) / 2),
            evidence: [.unique])
    }

    /// How much a column looks like a part of a key.
    static func part(_ column: ColumnModel, _ seen: Profile.Column, at place: Int) -> Double {
        let words = column.words
        let ending = words.last ?? ""
        var score = max(0, 0.25 - 0.03 * Double(place))
        if Vocabulary.keyEndings.contains(ending) {
            score += 0.5
        } else if words.contains(where: ["line", "sequence", "seq", "position", "ordinal", "step"].contains) {
            // The number of a line within its document.
            score += 0.6
        } else if ["code", "number"].contains(ending) {
            score += 0.4
        } else if column.role == .time || column.role == .year {
            score += 0.25
        } else if column.measure != nil || column.role == .text || column.role == .flag {
            score -= column.measure == .number ? 0 : 0.4
        }
        if column.measure == .number, seen.minimum == 1, seen.isWhole { score += 0.15 }
        if seen.nullCount > 0 { score -= 1 }
        return score
    }
}

/// Which columns are worth being looked at together: the parts of keys and references that one column alone does not make.
public enum KeyCandidates {
    /// At most so many columns of a table are combined.
    private static let columnLimit = 6
    /// At most so many combinations of a table are looked at.
    private static let limit = 24

    /// For each table whose single columns are no key, the pairs and triples that may be one; and the same columns in tables
    /// that seem to refer to them. The profile is that of a first reading.
    public static func combinations(_ catalogue: Catalogue, _ profile: Profile) -> [(
        table: String, columns: [[String]]
    )] {
        let model = SchemaModel(catalogue, profile: profile)
        var found: [(table: String, columns: [[String]])] = []
        var keyless: [(table: String, words: [[String]])] = []
        for (table, entity) in zip(catalogue.tables, model.entities) where table.kind == .table {
            guard let seen = profile.table(table.name), seen.isComplete, seen.rowCount > 1 else { continue }
            if entity.key.count == 1 { continue }
            let columns = entity.key.count > 1 ? [] : combinations(entity, seen)
            // A declared key of several columns may be referred to as well.
            if entity.key.count > 1 { found.append((table.name, [entity.key])) }
            if !columns.isEmpty { found.append((table.name, columns)) }
            for names in entity.key.count > 1 ? [entity.key] : columns.filter({ $0.count == 2 }) {
                let words = names.compactMap { entity.column($0)?.words }
                if words.count == names.count { keyless.append((table.name, words)) }
            }
        }
        for entity in model.entities where profile.table(entity.table)?.isComplete ?? false {
            var extra: [[String]] = []
            for (table, words) in keyless where table != entity.table && extra.count < limit {
                let names = words.compactMap { wanted in entity.columns.first { $0.words == wanted }?.ref.column }
                let isKnown = (found.first { $0.table == entity.table }?.columns ?? []).contains {
                    $0 == names
                }
                if names.count == words.count, Set(names).count == names.count, !isKnown, !extra.contains(names) {
                    extra.append(names)
                }
            }
            if extra.isEmpty { continue }
            if let at = found.firstIndex(where: { $0.table == entity.table }) {
                found[at].columns += extra
            } else {
                found.append((entity.table, extra))
            }
        }
        return found
    }

    private static func combinations(_ entity: EntityModel, _ profile: Profile.Table) -> [[String]] {
        let scored = entity.columns.enumerated().compactMap { place, column -> (place: Int, score: Double)? in
            guard let seen = profile.column(column.ref.column), KeyInference.isKeyLike(seen), seen.nullCount == 0,
                let sample = seen.sample, sample.distinctCount > 1
            else { return nil }
            return (place, KeyInference.part(column, seen, at: place))
        }
        let best = scored.sorted { $0.score != $1.score ? $0.score > $1.score : $0.place < $1.place }
            .prefix(columnLimit).map(\.place).sorted()
        func count(_ place: Int) -> Double {
            Double(profile.column(entity.columns[place].ref.column)?.sample?.distinctCount ?? 1)
        }
        func mayBeUnique(_ places: [Int]) -> Bool {
            places.reduce(1.0) { $0 * count($1) } >= Double(profile.rowCount) * 0.98
        }
        var sets: [[Int]] = []
        for (at, a) in best.enumerated() {
            for b in best[(at + 1)...] where mayBeUnique([a, b]) { sets.append([a, b]) }
        }
        for (at, a) in best.enumerated() {
            for (next, b) in best.enumerated() where next > at {
                for c in best[(next + 1)...] where mayBeUnique([a, b, c]) { sets.append([a, b, c]) }
            }
        }
        return sets.prefix(limit).map { $0.map { entity.columns[$0].ref.column } }
    }
}
