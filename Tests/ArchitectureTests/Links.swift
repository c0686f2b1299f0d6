import Foundation

/// Links of a Markdown text that point to a file or folder of the project which is not there. Links to the web, to a
/// heading of the same page and to DocC symbols are left alone; so is everything inside code.
func findingsInLinks(_ path: String, _ text: String, exists: (String) -> Bool) -> [Finding] {
    let folder = path.split(separator: "/").dropLast()
    var findings: [Finding] = []
    var isCode = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if line.hasPrefix("```") { isCode.toggle() }
        if isCode { continue }
        // `spans` of code: every second piece between backquotes.
        let plain = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset % 2 == 0 ? String($0.element) : "" }.joined()
        for match in plain.matches(of: /\]\(([^)\s]+)\)/) {
            let link = match.1.prefix { $0 != "#" }
            if link.isEmpty || link.contains("://") || link.hasPrefix("mailto:") || link.hasPrefix("doc:") {
                continue
            }
            var parts = Array(folder)
            for part in link.split(separator: "/") where part != "." {
                if part == ".." { _ = parts.popLast() } else { parts.append(part) }
            }
            let target = parts.joined(separator: "/")
            if !exists(target) {
                findings.append(
                    Finding(
                        path: path, line: index + 1, message: "the link to \(link) leads nowhere",
                        better: "a path relative to this page; the file may have moved"))
            }
        }
    }
    return findings
}
