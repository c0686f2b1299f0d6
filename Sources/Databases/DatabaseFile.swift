internal import Glibc
import Values

/// What the file system says of a database file before SQLite opens it, and how it is to be opened.
struct DatabaseFile: Hashable {
    /// What tells whether the file is still the one that was opened, and untouched.
    struct Stamp: Hashable {
        var device: UInt
        var inode: UInt
        var size: Int
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
        var changedNanoseconds: Int
        /// Whether a write-ahead log with content stands beside the file.
        var hasLog: Bool
    }

    var path: String
    var stamp: Stamp
    /// Whether the header says that commits go to a write-ahead log.
    var isWAL: Bool
    /// Whether files beside the database can be made.
    var isDirectoryWritable: Bool

    /// In WAL mode even a reader makes `-wal` and `-shm` files. When no log has content, the file holds everything,
    /// and it can be read without them as long as nobody writes; ``Stamp`` tells when somebody does.
    var isReadImmutable: Bool { isWAL && !stamp.hasLog }

    /// Looks at `path`. Throws `database_unreachable`, `database_is_directory`, `database_unreadable` or
    /// `database_invalid`, each with its remedy.
    init(path: String) throws(OperonError) {
        self.path = path
        var information = stat()
        guard stat(path, &information) == 0 else { throw Self.refusal(errno, path) }
        switch information.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR:
            throw OperonError(
                code: "database_is_directory", "The path is a directory, not a database file",
                hint: "Name the SQLite file inside it", at: path)
        default:
            throw OperonError(
                code: "database_invalid", "The path is not a regular file", hint: "Name an SQLite file", at: path)
        }
        let header = try Self.header(of: path)
        let magic = Array("SQLite format 3\0".utf8)
        // An empty file is an empty database: SQLite writes the header with the first table.
        guard information.st_size == 0 || (header.count == 100 && header.starts(with: magic)) else {
            throw OperonError(
                code: "database_invalid", "The file is not an SQLite database (its header is different)",
                hint: "Name an SQLite 3 file; an encrypted or compressed one must be opened first", at: path)
        }
        isWAL = header.count == 100 && header[19] == 2
        var log = stat()
        let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
        stamp = Stamp(
            device: UInt(information.st_dev), inode: UInt(information.st_ino), size: Int(information.st_size),
            modifiedSeconds: information.st_mtim.tv_sec, modifiedNanoseconds: information.st_mtim.tv_nsec,
            changedNanoseconds: information.st_ctim.tv_nsec, hasLog: hasLog)
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        isDirectoryWritable = access(directory, W_OK) == 0
    }

    private static func header(of path: String) throws(OperonError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(errno, path) }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = read(descriptor, &header, 100)
        guard count >= 0 else { throw refusal(errno, path) }
        return Array(header.prefix(count))
    }

    private static func refusal(_ number: Int32, _ path: String) -> OperonError {
        switch number {
        case ENOENT, ENOTDIR:
            OperonError(
                code: "database_unreachable", "There is no such file",
                hint: "Check the path; a relative one starts at the working directory", at: path)
        case EACCES, EPERM:
            OperonError(
                code: "database_unreadable", "The file may not be read by this user",
                hint: "Give this user the right to read the file and to enter its directories", at: path)
        default:
            OperonError(
                code: "database_unreachable", "The file cannot be opened: \(String(cString: strerror(number)))",
                hint: "Check the path and the disk", at: path)
        }
    }
}
