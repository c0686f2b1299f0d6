internal import Glibc
public import Values

/// Files that are read in place: the system loads the parts that are looked at.
public enum MappedFile {
    /// The bytes of the file at `path`, as long as somebody holds them. The file may be replaced meanwhile, but must not be
    /// shortened. Throws as ``Files/bytes(_:)`` does.
    public static func bytes(_ path: String) throws(OperonError) -> SharedBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw failure(path) }
        let count = Int(status.st_size)
        if count == 0 { return SharedBytes([]) }
        let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != MAP_FAILED else { throw failure(path) }
        let address = UInt(bitPattern: start)
        return SharedBytes(adopting: UnsafeRawBufferPointer(start: start, count: count)) {
            munmap(UnsafeMutableRawPointer(bitPattern: address), count)
        }
    }

    private static func failure(_ path: String) -> OperonError {
        OperonError(
            code: errno == ENOENT ? "file_not_found" : "file_error",
            "cannot read \(path): \(String(cString: strerror(errno)))",
            hint: errno == ENOENT ? "Check the path." : "Check the permissions.", at: path)
    }
}
