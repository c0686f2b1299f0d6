internal import CSQLite
import Schemas

/// How a store that Operon writes itself treats its file. See https://sqlite.org/wal.html.
package struct SQLiteStoreOptions: Sendable, Hashable {
    /// What a commit waits for.
    package enum Synchronous: String, Sendable, Hashable {
        /// A commit survives the end of the process; a power cut may take the last ones.
        case normal = "NORMAL"
        /// A commit survives a power cut: each one waits for the disk.
        case full = "FULL"
    }

    /// What a commit waits for. Defaults to ``Synchronous/normal``.
    package var synchronous: Synchronous
    /// After how many pages in the log a commit copies them into the file; 0 leaves that to the caller. Only one
    /// connection of a file may write and checkpoint. Defaults to 1000 pages.
    package var walAutocheckpointPages: Int
    /// How large the log file may stay after a checkpoint, in bytes. Defaults to 64 MiB.
    package var journalSizeLimitBytes: Int
    /// How long a call waits for another connection's lock, in milliseconds. Defaults to 5 s.
    package var busyTimeoutMilliseconds: Int
    /// The page cache, in KiB. Defaults to 8 MiB.
    package var cacheKiB: Int

    /// Makes options.
    package init(
        synchronous: Synchronous = .normal, walAutocheckpointPages: Int = 1000,
        journalSizeLimitBytes: Int = 64 << 20, busyTimeoutMilliseconds: Int = 5000, cacheKiB: Int = 8192
    ) {
        self.synchronous = synchronous
        self.walAutocheckpointPages = walAutocheckpointPages
        self.journalSizeLimitBytes = journalSizeLimitBytes
        self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
        self.cacheKiB = cacheKiB
    }
}

/// How a write-ahead log is copied into its file.
package enum SQLiteCheckpoint: Sendable {
    /// As much as readers allow, waiting for nobody.
    case passive
    /// Everything, waiting for readers, and the log is cut to zero bytes.
    case truncate
}

extension SQLiteConnection {
    /// Opens a store for writing in WAL mode, without memory mapping (which once amplified a corruption bug).
    package static func store(path: String, _ options: SQLiteStoreOptions = SQLiteStoreOptions()) throws
        -> SQLiteConnection
    {
        let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
        sqlite3_busy_timeout(connection.handle, Int32(clamping: options.busyTimeoutMilliseconds))
        let mode = try connection.value("PRAGMA journal_mode=WAL")
        guard mode == .text("wal") else {
            throw DatabaseError(extendedCode: SQLITE_READONLY, message: "the file system refuses a write-ahead log")
        }
        try connection.execute(
            """
            PRAGMA synchronous=\(options.synchronous.rawValue);
            PRAGMA wal_autocheckpoint=\(options.walAutocheckpointPages);
            PRAGMA journal_size_limit=\(options.journalSizeLimitBytes);
            PRAGMA cache_size=-\(options.cacheKiB);
            PRAGMA mmap_size=0;
            PRAGMA foreign_keys=ON;
            """)
        return connection
    }

    /// How long a call waits for another connection's lock.
    package func setBusyTimeout(milliseconds: Int) { sqlite3_busy_timeout(handle, Int32(clamping: milliseconds)) }

    /// Runs `body` inside a transaction that takes the write lock at once; an error rolls everything back.
    @discardableResult
    package func transaction<T>(_ body: () throws -> T) throws -> T {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // Some errors have already rolled back (disk full, out of memory); then there is nothing left to do,
            // and the first error is the one that counts.
            if !isAutocommit { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Copies the log into the file. False when readers or another writer stood in the way.
    @discardableResult
    package func checkpoint(_ kind: SQLiteCheckpoint) throws -> Bool {
        let mode =
            switch kind {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        let code = sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
        if code == SQLITE_BUSY { return false }
        try check(code)
        return true
    }
}
