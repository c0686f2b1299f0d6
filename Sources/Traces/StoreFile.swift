internal import Databases
internal import Glibc
internal import Schemas
internal import Values

/// The store's file: which files are ours, which version they have, and who may write.
enum StoreFile {
    /// `OPRN`, as SQLite's `application_id`.
    static let applicationID = 0x4F50_524E
    /// The layout that this version writes, as `user_version`.
    static let version = 1

    static let schema = """
        CREATE TABLE session(
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, opened_at INTEGER NOT NULL, state TEXT NOT NULL);
        CREATE TABLE segment(
            number INTEGER PRIMARY KEY, session INTEGER NOT NULL, last_seq INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE UNIQUE INDEX segment_by_session ON segment(session, last_seq);
        CREATE TABLE blob(number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
        CREATE TABLE blob_use(session INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (session, hash)) WITHOUT ROWID;
        CREATE INDEX blob_use_by_hash ON blob_use(hash);
        PRAGMA application_id=\(applicationID);
        PRAGMA user_version=\(version);
        """

    /// Whether `path` is a store already; false when there is nothing yet. Looks without changing a byte, because
    /// switching a foreign file to WAL would.
    static func isStore(_ path: String) throws(OperonError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else { return false }
        let found: (application: Int, version: Int, tables: Int)
        do {
            let connection = try SQLiteConnection(path: path, mode: .readOnly)
            func number(_ sql: String) throws -> Int {
                if case .integer(let value)? = try connection.value(sql) { return value }
                return 0
            }
            found = (
                try number("PRAGMA application_id"), try number("PRAGMA user_version"),
                try number("SELECT count(*) FROM sqlite_master")
            )
        } catch {
            throw foreign(path, "\(error)")
        }
        if found.application == 0 && found.version == 0 && found.tables == 0 { return false }
        guard found.application == applicationID else {
            throw foreign(path, "it is a database of something else")
        }
        guard found.version <= version else {
            throw OperonError(
                code: "store_newer", "\(path) has layout \(found.version), this version knows up to \(version)",
                hint: "Use the version of Operon that wrote it, or a newer one.", at: path)
        }
        return true
    }

    private static func foreign(_ path: String, _ why: String) -> OperonError {
        OperonError(
            code: "store_foreign", "\(path) is no Operon store: \(why)",
            hint: "Name another file; this one is left as it was.", at: path)
    }

    /// The right to write, held as an advisory lock on `PATH.lock` for as long as the value lives. The kernel takes
    /// it back when the process ends, however it ends. (Not on the file itself: SQLite keeps its own locks there, and
    /// closing any descriptor of a file drops them all.)
    final class WriteLock: Sendable {
        private let file: Int32

        init(_ path: String) throws(OperonError) {
            file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            guard file >= 0 else {
                throw OperonError(
                    code: "store_failed", "cannot open \(path).lock: \(String(cString: strerror(errno)))",
                    hint: "Check that the folder exists and may be written to.", at: path)
            }
            var range = Glibc.flock()
            range.l_type = Int16(F_WRLCK)
            range.l_whence = Int16(SEEK_SET)
            // An "open file description" lock (fcntl(2)): unlike the older kind it also keeps out a second store in
            // the same process. 37 is F_OFD_SETLK, which the header hides behind a feature macro.
            guard fcntl(file, 37, &range) == 0 else {
                close(file)
                throw OperonError(
                    code: "store_locked", "\(path) is being written by another process or store",
                    hint: "Stop the other one, or open the store read only.", at: path)
            }
        }

        deinit {
            // Given back by name: a child that is just being started holds a copy of the descriptor until its exec, and the
            // lock would last as long as the copy.
            var range = Glibc.flock()
            range.l_type = Int16(F_UNLCK)
            range.l_whence = Int16(SEEK_SET)
            _ = fcntl(file, 37, &range)
            close(file)
        }
    }
}
