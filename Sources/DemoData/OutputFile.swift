import Glibc
import Values

/// A file that comes into being whole or not at all: it is written under a temporary name in the same folder, put on
/// disk and renamed.
struct OutputFile {
    /// `OpDm`, big-endian in the header of a SQLite file: tells files of this command from others.
    static let applicationID: UInt32 = 0x4F70_446D

    /// The wanted name.
    let path: String
    /// The name while writing. The process number keeps two writers apart.
    let temporaryPath: String

    /// Checks that the file may be made.
    ///
    /// - Throws: `file_exists` when something stands there that this command did not make, unless `force`;
    ///   `file_unwritable` when the folder is missing or the name is a folder.
    init(path: String, force: Bool) throws(OperonError) {
        self.path = path
        temporaryPath = "\(path).partial-\(getpid())"
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard !path.isEmpty, Self.kind(of: folder) == S_IFDIR else {
            throw OperonError(
                code: "file_unwritable", path.isEmpty ? "no file name is given" : "there is no folder \(folder)",
                hint: "Make the folder first, or give another name with --out", at: path)
        }
        guard let kind = Self.kind(of: path) else { return }
        guard kind == S_IFREG else {
            throw OperonError(
                code: "file_unwritable", "\(path) is no ordinary file", hint: "Give the name of a file with --out",
                at: path)
        }
        if !force, !Self.isDemoDatabase(path) {
            throw OperonError(
                code: "file_exists", "\(path) exists and was not made by this command",
                hint: "Give another name with --out, or --force to replace it", at: path)
        }
    }

    /// Runs `make` on the temporary name, then gives the file its real name; gives its size in bytes. When anything
    /// fails, the temporary file is removed and what stood under the real name stays as it was.
    func commit(_ make: (_ temporaryPath: String) throws(OperonError) -> Void) throws(OperonError) -> Int {
        unlink(temporaryPath)
        do throws(OperonError) {
            try make(temporaryPath)
            let size = try synchronize(temporaryPath)
            // A journal of the replaced file must not be taken for one of the new file.
            for ending in ["-journal", "-wal", "-shm"] { unlink(path + ending) }
            guard rename(temporaryPath, path) == 0 else { throw failure("could not rename the finished file") }
            return size
        } catch {
            for ending in ["", "-journal"] { unlink(temporaryPath + ending) }
            throw error
        }
    }

    /// Waits until the bytes are on disk, so that a crash after the rename cannot leave an empty file.
    private func synchronize(_ name: String) throws(OperonError) -> Int {
        let file = open(name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("could not reopen the new file") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("could not put the new file on disk") }
        return Int(lseek(file, 0, SEEK_END))
    }

    private func failure(_ what: String) -> OperonError {
        OperonError(
            code: "file_unwritable", "\(what): \(String(cString: strerror(errno)))",
            hint: "See that the disk has room and that the folder may be written to", at: path)
    }

    /// What stands under a name (`S_IFREG`, `S_IFDIR`, …); nil for nothing.
    private static func kind(of name: String) -> mode_t? {
        var status = stat()
        return stat(name, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Whether the file is a SQLite database with our mark: https://www.sqlite.org/fileformat.html, section 1.3.
    private static func isDemoDatabase(_ name: String) -> Bool {
        let file = open(name, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var header = [UInt8](repeating: 0, count: 72)
        guard read(file, &header, 72) == 72, header.starts(with: "SQLite format 3\0".utf8) else { return false }
        return header[68...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == applicationID
    }
}
