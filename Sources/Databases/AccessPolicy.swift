internal import CSQLite

/// What a statement may read and call: an allow-list that answers each question of SQLite's authoriser.
///
/// A pure value. Everything that is not named here is denied: writes, PRAGMA, ATTACH, transactions, temporary and
/// virtual tables, and whatever a later SQLite invents.
struct AccessPolicy: Sendable {
    /// Why the first denial happened.
    enum Denial: Sendable, Hashable {
        case statement
        case table
        case schemaTable
        case function(String)
    }

    /// Tables and views that may be read, in folded form.
    var readable: Set<String> = []
    /// Tables and views that must not be known to exist, in folded form.
    var hidden: Set<String> = []
    /// Names of table-valued functions that the library knows, in folded form.
    var modules: Set<String> = []

    /// Table-valued functions that only take their arguments apart.
    static let readableModules: Set<String> = ["json_each", "json_tree"]

    /// Answers one question; nil means allowed. Arguments as in https://sqlite.org/c3ref/c_alter_table.html.
    func denial(action: Int32, _ first: String?, _ second: String?, database: String?, view: String?) -> Denial? {
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE: return nil
        case SQLITE_FUNCTION:
            let name = SQLText.fold(second ?? "")
            return SQLFunctions.allowed.contains(name) ? nil : .function(name)
        case SQLITE_READ:
            // The view is the fourth argument: what a hidden view reads is hidden with it.
            if let view, hidden.contains(SQLText.fold(view)) { return .table }
            return readDenial(table: SQLText.fold(first ?? ""), column: second ?? "", database: database)
        default: return .statement
        }
    }

    private func readDenial(table: String, column: String, database: String?) -> Denial? {
        if let database, !["main"].contains(SQLText.fold(database)) { return .table }
        if readable.contains(table) || Self.readableModules.contains(table) { return nil }
        if hidden.contains(table) { return .table }
        if table.hasPrefix("sqlite_") { return .schemaTable }
        // Without a column SQLite also asks for the names of common table expressions. Those are names that nothing
        // in the database or in the library has; had they not been defined, parsing would have failed before.
        if column.isEmpty, !modules.contains(table), !table.hasPrefix("pragma_") { return nil }
        return .table
    }
}
