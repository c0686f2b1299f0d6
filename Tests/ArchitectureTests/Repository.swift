import Foundation

/// The package's folder as it lies on disk.
enum Repository {
    /// The package's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files below Sources, in order of their paths.
    static let sources: [SourceText] = files(below: "Sources")
        .filter { $0.hasSuffix(".swift") }
        .map { SourceText(path: $0, text: text(of: $0)) }

    /// The C modules below Sources.
    static let cModules: [String] = files(below: "Sources").filter { $0.hasSuffix("/module.modulemap") }
        .map { String($0.split(separator: "/")[1]) }

    /// The text files that belong to the project: what Git tracks, or, where there is no Git, what is not built.
    static let texts: [(path: String, text: String)] = (tracked() ?? files(below: ""))
        .compactMap { path in
            guard let data = try? Data(contentsOf: root.appending(path: path)), data.count < 4_000_000,
                !data.prefix(4096).contains(0), let text = String(data: data, encoding: .utf8)
            else { return nil }
            return (path, text)
        }

    /// The files below a folder of the package, in order of their paths; hidden build folders are left out.
    static func files(below folder: String) -> [String] {
        let start = folder.isEmpty ? root : root.appending(path: folder)
        let built: Set<String> = [".git", ".build", ".build-thread", ".build-address", ".docs", ".venv"]
        guard let walk = FileManager.default.enumerator(at: start, includingPropertiesForKeys: [.isRegularFileKey])
        else { return [] }
        var found: [String] = []
        for case let url as URL in walk {
            if built.contains(url.lastPathComponent) {
                walk.skipDescendants()
            } else if (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true {
                found.append(
                    String(url.path(percentEncoded: false).dropFirst(root.path(percentEncoded: false).count)))
            }
        }
        return found.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }.sorted()
    }

    /// Whether there is a file or folder at a path relative to the package's folder.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
    }

    private static func text(of path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// What Git tracks; nil where Git or its folder is missing.
    private static func tracked() -> [String]? {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = ["git", "-C", root.path(percentEncoded: false), "ls-files", "-z"]
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0, !data.isEmpty else { return nil }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
