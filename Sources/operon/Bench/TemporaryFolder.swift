import Glibc
import Values

/// A folder that goes with the value that names it.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("\(CommandLineEnvironment.value("TMPDIR") ?? "/tmp")/operon-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw OperonError(code: "file_error", "cannot make a temporary folder", hint: "Set TMPDIR.")
        }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        guard let handle = opendir(path) else { return }
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(handle)
        rmdir(path)
    }
}
