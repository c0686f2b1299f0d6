import Schemas
import Services
import Values

/// The connection to one database and what is known of it. Everything happens on the thread of its
/// ``PostgreSQLDatabase``.
final class PostgreSQLSession: DatabaseSession, @unchecked Sendable {
    // @unchecked Sendable because `PostgreSQLDatabase` uses it only inside closures that its BlockingThread runs in turn.
    let url: DatabaseURL
    let hiddenTables: Set<String>
    let watch: ConnectionWatch
    /// Watches what Operon itself has to say before and after a statement.
    let housekeeping: ConnectionWatch
    private var connection: PostgreSQLConnection?
    var policy = PostgreSQLPolicy()
    var gate = PostgreSQLGate()
    /// The structure as it was last read.
    var known: (tables: [CatalogueTable], relations: [PostgreSQLPolicy.Relation])?

    /// How long connecting may take.
    static let connectNanoseconds: UInt64 = 10_000_000_000
    /// How long each remark of Operon's own may take.
    static let housekeepingNanoseconds: UInt64 = 5_000_000_000

    init(url: DatabaseURL, hiddenTables: [String], time: any TimeSource) {
        self.url = url
        self.hiddenTables = Set(hiddenTables.map(SQLText.fold))
        watch = ConnectionWatch(time: time)
        housekeeping = ConnectionWatch(time: time)
    }

    /// Closes the connection; the next use opens it again.
    func close() {
        connection = nil
        policy = PostgreSQLPolicy()
        known = nil
    }

    /// Runs `body` with a connection whose policy is known. A connection that turns out to be lost is opened once
    /// more: everything here only reads, so doing it again does no harm.
    func reading<T>(_ cancellation: Cancellation, _ body: (PostgreSQLConnection) throws -> T) throws -> T {
        let isOld = connection != nil
        do {
            return try attempt(cancellation, body)
        } catch let error as PostgreSQLError where error.isConnectionGone && isOld && watch.reason == nil {
            close()
            return try attempt(cancellation, body)
        }
    }

    private func attempt<T>(_ cancellation: Cancellation, _ body: (PostgreSQLConnection) throws -> T) throws -> T {
        let connection = try ready(cancellation)
        do {
            return try body(connection)
        } catch {
            if (error as? PostgreSQLError)?.isConnectionGone ?? false || !connection.isOpen { close() }
            throw error
        }
    }

    private func ready(_ cancellation: Cancellation) throws -> PostgreSQLConnection {
        if let connection { return connection }
        guard let address = url.address else {
            throw OperonError(code: "database_unknown", "The URL names no server", at: url.path)
        }
        watch.begin(timeoutNanoseconds: Self.patience(address), cancellation: cancellation)
        defer { watch.end() }
        let opened: PostgreSQLConnection
        do {
            opened = try PostgreSQLConnection(address, watch)
            try opened.execute(Self.settings, watch)
            try learn(opened)
        } catch let error as PostgreSQLError {
            if watch.reason == .cancelled { throw CancellationError() }
            throw error.unreachable(at: url.path)
        }
        connection = opened
        return opened
    }

    /// The URL's own `connect_timeout` in seconds holds when it is shorter.
    private static func patience(_ address: ServerAddress) -> UInt64 {
        guard let seconds = address.setting("connect_timeout").flatMap(UInt64.init), seconds > 0 else {
            return connectNanoseconds
        }
        return min(connectNanoseconds, seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
    }

    /// What every layer of the sandbox needs once per connection. The time zone stays the server's: it is part of how
    /// a business writes its moments.
    private static let settings = """
        SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET default_transaction_isolation = 'read committed';
        SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1;
        SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET lock_timeout = '2s';
        SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'error'
        """

    // MARK: What Operon knows of the server

    /// Reads which relations and functions there are.
    private func learn(_ connection: PostgreSQLConnection) throws {
        var functions: [String: Bool] = [:]
        try connection.forEachRow(PostgreSQLCatalogue.functions, watch) { row in
            functions[row[0] ?? ""] = row[1] == "t"
        }
        gate = PostgreSQLGate(functions: functions, hidden: Set(hiddenTables.map(Self.withoutSchema)))
        policy = try readPolicy(connection, watch)
        if gate.hidden.isEmpty { return }
        let visible = Set(policy.visible.map(\.id))
        try connection.forEachRow(PostgreSQLCatalogue.columnNames, watch) { row in
            let name = SQLText.fold(row[1] ?? "")
            if visible.contains(row[0] ?? ""), gate.hidden.contains(name) { gate.columnNames.insert(name) }
        }
    }

    /// The visible relations as they are now.
    func readPolicy(_ connection: PostgreSQLConnection, _ watch: ConnectionWatch) throws -> PostgreSQLPolicy {
        var relations: [PostgreSQLPolicy.Relation] = []
        try connection.forEachRow(PostgreSQLCatalogue.relations, watch) { row in
            relations.append(
                .init(
                    id: row[0] ?? "", schema: row[1] ?? "", name: row[2] ?? "", kind: row[3] ?? "",
                    isOffered: row[4] == "t", estimate: row[5].flatMap(Double.init) ?? -1))
        }
        var reads: [(String, String)] = []
        try connection.forEachRow(PostgreSQLCatalogue.viewReads, watch) { reads.append(($0[0] ?? "", $0[1] ?? "")) }
        var parts: [(String, String)] = []
        try connection.forEachRow(PostgreSQLCatalogue.inheritance, watch) {
            parts.append(($0[0] ?? "", $0[1] ?? ""))
        }
        return PostgreSQLPolicy(relations: relations, reads: reads, parts: parts, hidden: hiddenTables)
    }

    private static func withoutSchema(_ name: String) -> String {
        name.split(separator: ".").last.map(String.init) ?? name
    }

    /// Runs `body` in a READ ONLY transaction in which the server itself stops after `milliseconds`.
    func transaction<T>(
        _ connection: PostgreSQLConnection, milliseconds: UInt64, _ body: () throws -> T
    ) throws -> T {
        let most = min(max(1, milliseconds), 2_147_483_647)
        try connection.execute("BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = \(most)", watch)
        let result = Result { try body() }
        // A read transaction has nothing to keep; when its end fails, the connection is replaced.
        housekeeping.begin(timeoutNanoseconds: Self.housekeepingNanoseconds, cancellation: nil)
        if !connection.isOpen || (try? connection.execute("ROLLBACK", housekeeping)) == nil { close() }
        return try result.get()
    }
}

extension PostgreSQLError {
    /// The error of a server that cannot be reached or does not let this user in.
    func unreachable(at place: String) -> OperonError {
        var error = operonError(at: place)
        error.code = "database_unreachable"
        if error.hint.isEmpty { error.hint = "Check that the server runs and can be reached from here" }
        return error
    }
}
