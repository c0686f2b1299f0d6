internal import CSQLite
package import Values

/// What SQLite said no to: its extended result code and its message. The message may name tables and, for errors
/// while stepping, hold bits of data; ``operonError(at:)`` is the form for the outside.
package struct DatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// SQLite's extended result code (https://sqlite.org/rescode.html).
    package var extendedCode: Int32
    /// SQLite's message.
    package var message: String
    /// Whether the statement had already started to run.
    package var isFromStepping: Bool

    package init(extendedCode: Int32, message: String, isFromStepping: Bool = false) {
        self.extendedCode = extendedCode
        self.message = message
        self.isFromStepping = isFromStepping
    }

    /// The result code without its extension.
    package var primaryCode: Int32 { extendedCode & 0xff }

    package var description: String { "\(message) (SQLite \(extendedCode))" }

    /// A stable name for programs.
    package var code: String {
        switch primaryCode {
        case SQLITE_BUSY, SQLITE_LOCKED: "database_busy"
        case SQLITE_FULL: "database_full"
        case SQLITE_READONLY: "database_readonly"
        case SQLITE_IOERR: "database_io"
        case SQLITE_CORRUPT: "database_corrupt"
        case SQLITE_NOTADB: "database_invalid"
        case SQLITE_CANTOPEN: "database_unreachable"
        case SQLITE_NOMEM: "database_memory"
        case SQLITE_CONSTRAINT: "database_constraint"
        case SQLITE_AUTH, SQLITE_PERM: "database_denied"
        case SQLITE_INTERRUPT: "database_interrupted"
        default: "database_error"
        }
    }

    /// The error that a person sees.
    package func operonError(at place: String = "") -> OperonError {
        OperonError(code: code, "SQLite: \(message)", hint: hint, at: place)
    }

    private var hint: String {
        switch primaryCode {
        case SQLITE_BUSY, SQLITE_LOCKED: "Another process holds the database; try again when it has finished"
        case SQLITE_FULL: "Free some disk space"
        case SQLITE_READONLY: "Check who may write to the file and its directory"
        case SQLITE_IOERR: "Check the disk that holds the database"
        case SQLITE_CORRUPT: "The file is damaged; restore it, or save what is left with `sqlite3 FILE .recover`"
        case SQLITE_NOTADB: "Name an SQLite database file"
        case SQLITE_CANTOPEN: "Check that the file exists and may be read"
        default: ""
        }
    }
}
