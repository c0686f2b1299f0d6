import Modeling

/// What people call the rows of a table whose name says nothing ("table_2_117"): told by columns that only such rows have.
enum RowNouns {
    static func nouns(of entity: EntityModel) -> [String] {
        let words = Set(entity.columns.flatMap(\.words))
        func has(_ names: String...) -> Bool { names.allSatisfy(words.contains) }
        if has("title"), has("season") || has("series") || has("episode") || has("air") || has("aired") {
            return ["episode", "instalment", "installment"]
        }
        if has("opponent") || has("home", "away") || has("visitor", "home") {
            return ["game", "match", "contest", "fixture"]
        }
        if has("pole") || has("lap") || has("circuit") || has("prix") { return ["race"] }
        if has("title"), has("director") || has("directed") { return ["film", "movie"] }
        if has("film") || has("movie") { return ["film", "movie"] }
        return []
    }
}
