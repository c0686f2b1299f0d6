import Values

/// What can be refused from the text of a statement and the names of the functions that the server has.
///
/// A pure value. A READ ONLY transaction stops writes, not functions: some wait, lock, notify, change settings, read
/// files or run statements of their own. So a statement may call only functions that come with PostgreSQL, are not
/// declared volatile, and are not in the lists below. What a statement reads is decided by its plan
/// (``PostgreSQLPolicy``), not by its text.
struct PostgreSQLGate: Sendable {
    /// Functions of the server, by name; true for those that come with it and are not declared volatile.
    var functions: [String: Bool] = [:]
    /// Tables and views that must not be known to exist, in folded form. The plan shows what of them is read; it does
    /// not show a hidden view, which is opened, nor a table of which nothing can come, whose columns would be told.
    var hidden: Set<String> = []
    /// Hidden names that are also names of visible columns.
    var columnNames: Set<String> = []

    private static let queries: Set<String> = ["select", "with", "values", "table"]
    /// Words that start a statement which is no query.
    private static let otherStatements: Set<String> = [
        "abort", "alter", "analyse", "analyze", "begin", "call", "checkpoint", "close", "cluster", "comment",
        "commit",
        "copy", "create", "deallocate", "declare", "delete", "discard", "do", "drop", "end", "execute", "explain",
        "fetch", "grant", "import", "insert", "listen", "load", "lock", "merge", "move", "notify", "prepare",
        "reassign", "refresh", "reindex", "release", "reset", "revoke", "rollback", "savepoint", "security", "set",
        "show", "start", "truncate", "unlisten", "update", "vacuum",
    ]

    private static let beforeTables: Set<String> = ["from", "join", "only", "table"]

    /// Types that look names up, and so tell which exist.
    private static let lookupTypes: Set<String> = [
        "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator",
        "regproc",
        "regprocedure", "regrole", "regtype",
    ]

    /// Functions that read settings, other tables, or the system, whatever they are declared.
    private static let denied: Set<String> = [
        "col_description", "current_query", "current_setting", "cursor_to_xml", "cursor_to_xmlschema",
        "database_to_xml", "database_to_xml_and_xmlschema", "database_to_xmlschema", "dblink", "format_type",
        "obj_description", "query_to_xml", "query_to_xml_and_xmlschema", "query_to_xmlschema",
        "row_security_active",
        "schema_to_xml", "schema_to_xml_and_xmlschema", "schema_to_xmlschema", "set_config", "shobj_description",
        "table_to_xml", "table_to_xml_and_xmlschema", "table_to_xmlschema", "ts_rewrite", "ts_stat",
    ]
    private static let deniedPrefixes = [
        "binary_upgrade_", "dblink_", "has_", "inet_client_", "inet_server_", "lo_", "pg_", "to_reg", "txid_",
    ]
    /// Harmless, though a prefix above or their volatility speaks against them.
    private static let exceptions: Set<String> = [
        "clock_timestamp", "gen_random_uuid", "pg_size_pretty", "pg_typeof", "random", "timeofday",
    ]

    /// Whether the function may be called; nil when the server has none of that name, which may then be a type, a
    /// keyword or a list of columns.
    func mayCall(_ name: String) -> Bool? {
        if Self.exceptions.contains(name) { return true }
        guard let isPlain = functions[name] else { return nil }
        return isPlain && !Self.denied.contains(name) && !Self.deniedPrefixes.contains { name.hasPrefix($0) }
    }

    /// Why a statement must not run; nil when its text is no reason.
    func refusal(of sql: [UInt8]) -> QueryVerdict? {
        var reader = PostgreSQLTokens(sql[...])
        var tokens: [PostgreSQLTokens.Token] = []
        while let token = reader.next() {
            if token == .semicolon, tokens.isEmpty || tokens.last == .semicolon { continue }
            tokens.append(token)
        }
        if tokens.last == .semicolon { tokens.removeLast() }
        guard let first = tokens.first else { return .empty }
        if case .name(let word, isQuoted: false) = first, Self.otherStatements.contains(word) {
            return .denied(
                "\(word.uppercased()) is not allowed: only one SELECT, WITH … SELECT, VALUES or TABLE statement is")
        }
        if tokens.contains(.semicolon) { return .denied("There is more than one statement; only one is allowed") }
        for at in tokens.indices {
            switch tokens[at] {
            case .escapedName: return .denied("Names with Unicode escapes are not allowed; write the name itself")
            case .name(let name, _):
                if let verdict = refusal(of: name, at: at, tokens) { return verdict }
            default: continue
            }
        }
        return nil
    }

    private func refusal(of name: String, at: Int, _ tokens: [PostgreSQLTokens.Token]) -> QueryVerdict? {
        if hidden.contains(SQLText.fold(name)) {
            let before = at > 0 ? tokens[at - 1] : .semicolon
            let isTable = Self.beforeTables.contains { before == .name($0, isQuoted: false) }
            if isTable || !columnNames.contains(SQLText.fold(name)) { return .denied(.table) }
        }
        if Self.lookupTypes.contains(name) { return .denied("The type \(name) is not allowed") }
        let isCalled = at + 1 < tokens.count && tokens[at + 1] == .open
        guard isCalled else { return nil }
        if at >= 2, tokens[at - 1] == .dot, tokens[at - 2] != .name("pg_catalog", isQuoted: false) {
            return .denied(.function(name))
        }
        return mayCall(name) == false ? .denied(.function(name)) : nil
    }
}

extension QueryVerdict {
    /// There is nothing to run.
    static var empty: QueryVerdict {
        QueryVerdict(.error, OperonError(code: "query_empty", "There is no statement", hint: "Write one SELECT"))
    }
}
