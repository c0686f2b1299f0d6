internal import Databases
public import MessageBus
internal import Services
internal import Synchronization
public import Values

/// The durable store of many sessions' logs in one SQLite file.
///
/// *The promise.* ``/MessageBus/SessionLog`` delivers an envelope only after this store has committed it. With
/// ``Durability/processEnd``, the default, a commit survives the end of the process, also by SIGKILL: it is with the
/// operating system. With ``Durability/powerLoss`` it survives a power cut: each commit waits for the disk, which
/// costs about ten times as much for single envelopes and little for large batches. In either case the file stays
/// consistent, and what was committed is a prefix of each log.
///
/// *Writing.* Appending queues the envelope; one thread with the only writing connection takes all that has gathered
/// and commits it as one transaction (group commit). Appending never waits for the disk. A run is paced by
/// ``/MessageBus/SessionLog/waitUntilDurable(_:)``, which the runtime awaits where it matters; when
/// ``Options/queueLimit`` envelopes wait nevertheless, the log whose envelope does not fit fails with `store_failed`.
///
/// *Failing.* When a transaction fails (disk full, …) every log that had an envelope in it fails with `store_failed`,
/// its waiters throw, its subscribers get nothing that is not on disk, and the store stays readable. A failed log
/// stays failed, because an envelope of it is missing; once the cause is gone, the session is opened anew and goes on
/// from its last durable envelope.
public final class TraceStore: LogSink {
    /// What a commit survives.
    public enum Durability: String, Sendable, Hashable {
        /// The end of the process, however it ends (SQLite: WAL, `synchronous=NORMAL`). A power cut may take the last
        /// commits.
        case processEnd = "process_end"
        /// A power cut (SQLite: WAL, `synchronous=FULL`).
        case powerLoss = "power_loss"
    }

    /// How a store is opened.
    public struct Options: Sendable {
        /// What a commit survives. Defaults to ``Durability/processEnd``.
        public var durability: Durability
        /// How many envelopes may wait for the disk. Defaults to 262,144.
        public var queueLimit: Int
        /// The largest size of the file in bytes; nil for none. Beyond it writing fails like on a full disk.
        public var sizeLimitBytes: Int?
        /// The writer's page cache in KiB. Defaults to 16 MiB.
        public var cacheKiB: Int
        /// For tests: called on the writer thread after each commit, before delivery, with the number of envelopes
        /// committed by this store so far. With it, envelopes are committed one by one.
        public var onCommit: (@Sendable (Int) -> Void)?

        /// Makes options.
        public init(
            durability: Durability = .processEnd, queueLimit: Int = 262_144, sizeLimitBytes: Int? = nil,
            cacheKiB: Int = 16_384, onCommit: (@Sendable (Int) -> Void)? = nil
        ) {
            self.durability = durability
            self.queueLimit = queueLimit
            self.sizeLimitBytes = sizeLimitBytes
            self.cacheKiB = cacheKiB
            self.onCommit = onCommit
        }
    }

    /// The file.
    public let path: String
    /// How it was opened.
    public let options: Options
    /// Whether this store may only read.
    public let isReadOnly: Bool
    let queue = Mutex(Queue())
    let writerThread = BlockingThread()
    let readerThread = BlockingThread()
    let writer: StoreWriter?
    let reader: StoreReader
    private let lock: Mutex<StoreFile.WriteLock?>

    /// Opens the store at `path` for writing, and makes it when there is none. Blocks for a few milliseconds.
    ///
    /// Throws `store_locked` when another process or store writes to it, `store_foreign` when the file is something
    /// else (it is left untouched), `store_newer` when a newer version made it, `store_failed` for the rest.
    public init(path: String, options: Options = Options()) throws(OperonError) {
        let lock = try StoreFile.WriteLock(path)
        let isNew = try !StoreFile.isStore(path)
        do {
            writer = try StoreWriter(path: path, isNew: isNew, options: options)
            reader = try StoreReader(path: path)
        } catch {
            throw StoreReader.failure(error, at: path)
        }
        self.path = path
        self.options = options
        self.lock = Mutex(lock)
        isReadOnly = false
    }

    /// Opens the store at `path` for reading, also while another process writes to it. Throws `store_missing`,
    /// `store_foreign`, `store_newer`, `store_failed`.
    public init(reading path: String) throws(OperonError) {
        guard try StoreFile.isStore(path) else {
            throw OperonError(
                code: "store_missing", "there is no store at \(path)", hint: "Check the name of the file.", at: path
            )
        }
        do {
            reader = try StoreReader(path: path)
        } catch {
            throw StoreReader.failure(error, at: path)
        }
        writer = nil
        self.path = path
        options = Options()
        lock = Mutex(nil)
        isReadOnly = true
    }

    /// Commits what waits, empties the write-ahead log and lets other processes write. Later appends fail their logs.
    public func close() async {
        queue.withLock { $0.isClosed = true }
        if let writer {
            _ = try? await writerThread.run { [self] in
                drain()
                // The log is only copied later if this fails; nothing is lost.
                try? writer.checkpoint()
            }
        }
        await writerThread.stop()
        await readerThread.stop()
        lock.withLock { $0 = nil }
    }
}
