internal import Glibc
public import Values

/// Small files: configuration, definitions. Whole at once, blocking.
public enum Files {
    /// Whether something is at `path`.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a folder is at `path`.
    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The bytes of the file at `path`.
    public static func bytes(_ path: String) throws(OperonError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot read", path) }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return all }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot read", path)
            }
            all.append(contentsOf: buffer[..<count])
        }
    }

    /// The text of the file at `path`; invalid UTF-8 becomes U+FFFD.
    public static func text(_ path: String) throws(OperonError) -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The names in a folder, in byte order.
    public static func names(in directory: String) throws(OperonError) -> [String] {
        guard let handle = opendir(directory) else { throw failure("cannot list", directory) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Writes `bytes` to `path` as a whole: a reader sees the old file or the new one, never a part. A private file is for
    /// its owner only.
    public static func replace(_ path: String, with bytes: [UInt8], isPrivate: Bool = false) throws(OperonError) {
        let written = bytes.withUnsafeBytes { raw in
            Result { () throws(OperonError) in try replace(path, withParts: [raw], isPrivate: isPrivate) }
        }
        try written.get()
    }

    /// Writes several pieces one after the other, as ``replace(_:with:isPrivate:)`` does.
    public static func replace(_ path: String, withParts parts: [UnsafeRawBufferPointer], isPrivate: Bool)
        throws(OperonError)
    {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw failure("cannot write", path) }
        for part in parts {
            var offset = 0
            while offset < part.count {
                let count = write(descriptor, part.baseAddress?.advanced(by: offset), part.count - offset)
                if count < 0 {
                    if errno == EINTR { continue }
                    let error = failure("cannot write", path)
                    close(descriptor)
                    unlink(temporary)
                    throw error
                }
                offset += count
            }
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let error = failure("cannot write", path)
            unlink(temporary)
            throw error
        }
    }

    /// Makes a folder and those above it, for the owner only where they are new.
    public static func makeDirectory(_ path: String) throws(OperonError) {
        if path.isEmpty || isDirectory(path) { return }
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]))
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("cannot make the folder", path) }
    }

    private static func failure(_ what: String, _ path: String) -> OperonError {
        OperonError(
            code: errno == ENOENT ? "file_not_found" : "file_error",
            "\(what) \(path): \(String(cString: strerror(errno)))",
            hint: errno == ENOENT ? "Check the path." : "Check the permissions and the space on the disk.", at: path
        )
    }
}
