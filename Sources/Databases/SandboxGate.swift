internal import CSQLite

/// What SQLite's callbacks of one sandboxed connection share: the policy, whether Operon itself is asking, and the
/// first denial.
final class SandboxGate {
    /// Who is asking.
    enum Mode {
        /// Operon reads the schema with statements of its own.
        case trusted
        /// Operon compiles a view to see what it reads.
        case recording
        /// A statement from outside.
        case sandboxed
    }

    let watch: StatementGuard
    var policy = AccessPolicy()
    var mode = Mode.trusted
    /// Why the statement was denied; nil when it was not.
    var denial: AccessPolicy.Denial?
    /// What a view reads, in folded form, while recording.
    var recorded: Set<String> = []
    /// How many function calls the statement has; each may work on a value of full length, and SQLite does not look
    /// at the deadline between calls that stand in one row.
    var callCount = 0

    static let maxCalls = 2000

    init(watch: StatementGuard) { self.watch = watch }

    func answer(_ action: Int32, _ first: String?, _ second: String?, _ database: String?, _ view: String?) -> Int32
    {
        switch mode {
        case .trusted: return SQLITE_OK
        case .recording:
            if action == SQLITE_READ, let first { recorded.insert(SQLText.fold(first)) }
            if let view { recorded.insert(SQLText.fold(view)) }
            return watch.mustStop() ? SQLITE_DENY : SQLITE_OK
        case .sandboxed:
            // Nested common table expressions double at each level while they are compiled.
            if action == SQLITE_SELECT, watch.mustStop() { return SQLITE_DENY }
            if action == SQLITE_FUNCTION { callCount += 1 }
            if let reason = policy.denial(action: action, first, second, database: database, view: view) {
                if denial == nil { denial = reason }
                return SQLITE_DENY
            }
            return SQLITE_OK
        }
    }
}

// File-scope functions, so that they inherit no isolation. The context is a gate that outlives its connection.

/// https://sqlite.org/c3ref/set_authorizer.html
func authorizeStatement(
    _ context: UnsafeMutableRawPointer?, _ action: Int32, _ first: UnsafePointer<CChar>?,
    _ second: UnsafePointer<CChar>?, _ database: UnsafePointer<CChar>?, _ view: UnsafePointer<CChar>?
) -> Int32 {
    guard let context else { return SQLITE_DENY }
    return Unmanaged<SandboxGate>.fromOpaque(context)._withUnsafeGuaranteedRef { gate in
        if gate.mode == .trusted { return SQLITE_OK }
        return gate.answer(
            action, first.map { String(cString: $0) }, second.map { String(cString: $0) },
            database.map { String(cString: $0) }, view.map { String(cString: $0) })
    }
}

/// https://sqlite.org/c3ref/progress_handler.html
func continueStatement(_ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let context else { return 1 }
    return Unmanaged<SandboxGate>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.watch.mustStop() ? 1 : 0 }
}

/// https://sqlite.org/c3ref/busy_handler.html: waits a millisecond for another process's lock, until the deadline.
func waitForLock(_ context: UnsafeMutableRawPointer?, _ attempt: Int32) -> Int32 {
    guard let context, attempt < 5000 else { return 0 }
    return Unmanaged<SandboxGate>.fromOpaque(context)._withUnsafeGuaranteedRef { gate in
        if gate.watch.mustStop() { return 0 }
        // SQLite offers no other way to wait for a lock of the file system.
        sqlite3_sleep(1)
        return 1
    }
}
