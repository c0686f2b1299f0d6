internal import Glibc

/// What tells from outside whether a database file was written to.
enum FileStamp {
    /// Device, inode, size and times of the file, and of the write-ahead log beside it.
    static func text(of path: String) -> String? {
        guard let file = part(path) else { return nil }
        return file + (part(path + "-wal").map { "+" + $0 } ?? "")
    }

    /// The path without links and dots.
    static func realPath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func part(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        // An empty log is as good as none.
        if status.st_size == 0 { return path.hasSuffix("-wal") ? nil : "empty" }
        let numbers = [
            Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec,
        ]
        return numbers.map(String.init).joined(separator: ":")
    }
}
