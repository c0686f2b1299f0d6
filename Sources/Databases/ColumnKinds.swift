import Schemas

/// What a declared type, or the stored values, say about a column.
enum ColumnKinds {
    /// The kind that a declared type names; nil when it says nothing and the values have to be looked at. Follows
    /// https://sqlite.org/datatype3.html#determination_of_column_affinity after the words for dates and Booleans.
    static func declared(_ type: String) -> CatalogueColumn.Kind? {
        let type = type.uppercased()
        let words = type.split { !$0.isLetter }
        func has(_ part: String) -> Bool { type.contains(part) }
        if has("BOOL") || words.first == "BIT" { return .boolean }
        if has("DATETIME") || has("TIMESTAMP") { return .datetime }
        if words.first == "DATE" { return .date }
        if has("INT") || has("SERIAL") || words.first == "YEAR" { return .integer }
        if has("CHAR") || has("CLOB") || has("TEXT") || has("STRING") || has("JSON") || has("UUID")
            || words.first == "TIME"
        {
            return .text
        }
        if has("BLOB") || has("BINARY") { return .blob }
        if has("REAL") || has("FLOA") || has("DOUB") || has("MONEY") { return .real }
        if has("NUMERIC") || has("DECIMAL") || words.first == "NUMBER" {
            // DECIMAL(10) and DECIMAL(10,0) hold whole numbers.
            let digits = type.drop { $0 != "(" }.split { !$0.isNumber }
            if digits.count == 1 || (digits.count == 2 && digits[1] == "0") { return .integer }
            return .real
        }
        return nil
    }

    /// The kind of a column whose values have these storage classes (as `typeof` names them).
    static func stored(_ classes: Set<String>) -> CatalogueColumn.Kind {
        let classes = classes.subtracting(["null"])
        if classes == ["integer"] { return .integer }
        if classes == ["real"] || classes == ["integer", "real"] { return .real }
        if classes.contains("text") { return .text }
        if classes == ["blob"] { return .blob }
        return .unknown
    }
}
