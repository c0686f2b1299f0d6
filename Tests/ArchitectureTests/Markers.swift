// The words are put together from halves, because this check reads its own file too.
private let markers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]

/// Marks that somebody left for later, in code, comments or strings. `text` is any tracked text.
func findingsInMarkers(path: String, text: String) -> [Finding] {
    guard markers.contains(where: text.contains) else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
        guard let marker = markers.first(where: { !places(of: $0, in: line).isEmpty }) else { return nil }
        return Finding(
            path: path, line: index + 1, message: "left-over \(marker)",
            better: "do it now, or return a clear error and say in the change log what is missing")
    }
}

/// Paths of one person's machine and hosts of package registries. `text` is any tracked text.
func findingsInPlaces(path: String, text: String) -> [Finding] {
    let paths = ["/wo" + "rk/", "/fa" + "rm/", "/ho" + "me/", "/Use" + "rs/", "/ro" + "ot/", "/tmp/w" + "t/"]
    let hosts = [
        "python" + "hosted.org", "registry.npm" + "js.org", "index.cra" + "tes.io", "proxy.go" + "lang.org",
        "deb.deb" + "ian.org", "--index" + "-url",
    ]
    guard (paths + hosts).contains(where: text.contains) else { return [] }
    let before = Array("./-~$}".utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
        if let host = hosts.first(where: line.contains) {
            return Finding(
                path: path, line: index + 1, message: "the registry host or option \(host)",
                better: "the package's name and version alone; each machine knows its own registry")
        }
        let isHere = { (part: String) in
            places(of: part, in: line, notAfter: before).contains {
                $0 == 0 || !isWordByte(Array(line.utf8)[$0 - 1])
            }
        }
        guard let part = paths.first(where: isHere) else { return nil }
        return Finding(
            path: path, line: index + 1, message: "the machine path \(part)…",
            better: "a path relative to the package's folder, or one that is handed in")
    }
}
