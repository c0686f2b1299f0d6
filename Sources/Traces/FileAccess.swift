internal import Glibc
internal import Synchronization
internal import Values

/// The few things that traces do with files, with errors that name the file.
enum FileAccess {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func read(_ path: String) throws(OperonError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("file_unreadable", "cannot open", path) }
        defer { Glibc.close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("file_unreadable", "cannot read", path) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        let chunk = 1 << 20
        while true {
            var count = 0
            let got = withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 16) { buffer in
                count = Glibc.read(file, buffer.baseAddress!, chunk)
                if count > 0 { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                return count
            }
            if got == 0 { return bytes }
            if got < 0, errno != EINTR { throw failure("file_unreadable", "cannot read", path) }
        }
    }

    /// Whether a file begins with these bytes; false when it is empty or cannot be read.
    static func begins(_ path: String, with bytes: [UInt8]) -> Bool {
        // Without O_NONBLOCK a pipe that nobody writes to would keep us here.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return false }
        defer { Glibc.close(file) }
        return withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 1) { buffer in
            Glibc.read(file, buffer.baseAddress!, bytes.count) == bytes.count && buffer.elementsEqual(bytes)
        }
    }

    /// The bytes that a regular file holds; 0 when there is none, or it is a pipe or device.
    static func size(of path: String) -> Int {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int(status.st_size)
    }

    /// Replaces a file atomically: a temporary file beside it, fsync, rename, fsync of the directory.
    static func replace(_ path: String, with bytes: [UInt8]) throws(OperonError) {
        let temporary = path + ".\(getpid()).tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("file_unwritable", "cannot create", temporary) }
        let isWritten = write(bytes, to: file) && fsync(file) == 0
        let error = errno
        Glibc.close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            let error = isWritten ? errno : error
            unlink(temporary)
            errno = error
            throw failure("file_unwritable", "cannot write", path)
        }
        let folder = path.utf8.lastIndex(of: 47).map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            Glibc.close(directory)
        }
    }

    fileprivate static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var at = 0
        return bytes.withUnsafeBytes { buffer in
            while at < buffer.count {
                let count = Glibc.write(file, buffer.baseAddress! + at, buffer.count - at)
                if count > 0 { at += count } else if errno != EINTR { return false }
            }
            return true
        }
    }

    fileprivate static func failure(_ code: String, _ what: String, _ path: String) -> OperonError {
        OperonError(
            code: code, "\(what) \(path): \(String(cString: strerror(errno)))",
            hint: "Check that the folder exists, that it may be used, and that the disk has room.", at: path)
    }

    /// A file that grows at its end.
    final class Appender: Sendable {
        private let path: String
        /// The descriptor; -1 once closed. The lock keeps one batch in one piece.
        private let file: Mutex<Int32>

        /// Opens or makes the file and cuts it to its first `keepingBytes` bytes.
        init(_ path: String, keepingBytes: Int) throws(OperonError) {
            self.path = path
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw failure("file_unwritable", "cannot open", path) }
            // Cutting a pipe or a terminal is no use and refused by the system (EINVAL); such a file is just written.
            guard ftruncate(file, off_t(keepingBytes)) == 0 || errno == EINVAL else {
                defer { Glibc.close(file) }
                throw failure("file_unwritable", "cannot shorten", path)
            }
            self.file = Mutex(file)
        }

        deinit { file.withLock { if $0 >= 0 { Glibc.close($0) } } }

        func append(_ bytes: [UInt8]) throws(OperonError) {
            let isWritten = file.withLock { file -> Bool in
                var status = stat()
                let isKnown = fstat(file, &status) == 0
                if FileAccess.write(bytes, to: file) { return true }
                // Half a batch must not stand before a later whole one.
                let error = errno
                if isKnown { ftruncate(file, status.st_size) }
                errno = error
                return false
            }
            guard isWritten else { throw failure("file_unwritable", "cannot write", path) }
        }

        func close() throws(OperonError) {
            let isClosed = file.withLock { file in
                guard file >= 0 else { return true }
                defer { file = -1 }
                let isSynced = fsync(file) == 0 || errno == EINVAL
                return Glibc.close(file) == 0 && isSynced
            }
            guard isClosed else { throw failure("file_unwritable", "cannot close", path) }
        }
    }
}
