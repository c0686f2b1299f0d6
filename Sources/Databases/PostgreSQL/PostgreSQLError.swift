package import Values

/// What a PostgreSQL server said no to, or why it could not be asked. The message may name tables and hold bits of
/// data; ``operonError(at:)`` and the sandbox decide what of it goes outside.
package struct PostgreSQLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why no answer came from the server.
    package enum Kind: Sendable, Hashable {
        /// The server refused the statement; ``PostgreSQLError/state`` says why.
        case refused
        /// There is no connection, or it was lost.
        case lost
        /// Nobody waits for the answer any more.
        case stopped
    }

    /// What kind of failure it is.
    package var kind: Kind
    /// The five characters of the SQLSTATE (PostgreSQL manual, Appendix A); empty when the server sent none.
    package var state: String
    /// The server's primary message, or the client library's.
    package var message: String

    package init(_ kind: Kind, state: String = "", _ message: String) {
        self.kind = kind
        self.state = state
        self.message = message
    }

    package var description: String { state.isEmpty ? message : "\(message) (SQLSTATE \(state))" }

    /// Whether another connection may have an answer: the server went away, restarts, or closed this one.
    var isConnectionGone: Bool { kind == .lost || state.hasPrefix("08") || state.hasPrefix("57P") }

    /// A stable name for programs.
    package var code: String {
        if isConnectionGone || state.hasPrefix("28") || state.hasPrefix("3D") || state == "53300" {
            return "database_unreachable"
        }
        switch state {
        case "40001", "40P01", "55P03": return "database_busy"
        case "25006": return "database_readonly"
        case "42501": return "database_denied"
        case "53100": return "database_full"
        case "53200": return "database_memory"
        case "57014": return "database_interrupted"
        case "XX001", "XX002": return "database_corrupt"
        default: return state.hasPrefix("23") ? "database_constraint" : "database_error"
        }
    }

    /// The error that a person sees.
    package func operonError(at place: String = "") -> OperonError {
        OperonError(code: code, "PostgreSQL: \(message)", hint: hint, at: place)
    }

    private var hint: String {
        let text = message.lowercased()
        if text.contains("password") || text.contains("authentication") || state.hasPrefix("28") {
            return "Check user and password; a password may stand in the URL, in PGPASSWORD or in ~/.pgpass"
        }
        if state.hasPrefix("3D") || text.contains("does not exist") {
            return "Check the name behind the host: postgres://USER@HOST:PORT/DATABASE"
        }
        if text.contains("translate host name") { return "Check the host's name and this machine's name service" }
        if text.contains("refused") || text.contains("no such file") {
            return "Start the server, or check host and port: postgres://USER@HOST:PORT/DATABASE"
        }
        if text.contains("timeout") || text.contains("in time") {
            return "Check that the server can be reached from here, and its firewall"
        }
        if text.contains("ssl") { return "Check the setting sslmode of the URL" }
        if state == "53300" { return "The server has no connection left; try again later" }
        return code == "database_unreachable" ? "Check that the server runs and can be reached from here" : ""
    }
}
