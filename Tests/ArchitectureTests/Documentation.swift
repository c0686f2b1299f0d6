private let modifiers: Set<Substring> = [
    "public", "open", "package", "internal", "private", "fileprivate", "static", "final", "class", "override",
    "mutating", "nonmutating", "lazy", "weak", "unowned", "required", "convenience", "indirect", "dynamic",
    "nonisolated", "consuming", "borrowing", "distributed", "prefix", "postfix", "infix", "sending",
]

private let declarations: Set<Substring> = [
    "func", "var", "let", "struct", "class", "enum", "actor", "protocol", "typealias", "associatedtype", "init",
    "subscript", "macro",
]

/// The leading part of a word that can be a keyword: `init(name:` gives `init`, `private(set)` gives `private`.
private func keyword(_ word: Substring) -> Substring { word.prefix { isWordByte($0.utf8.first ?? 0) } }

/// What a line of code declares: its modifiers and its kind (`func`, `struct`, …); nil when it declares nothing.
private func declaration(on line: String) -> (modifiers: Set<Substring>, kind: Substring)? {
    var seen: Set<Substring> = []
    for word in wordsWithoutAttributes(line) {
        let key = keyword(word)
        // `class` is both; it is the kind when nothing follows that could be.
        if declarations.contains(key), key != "class" || !line.contains("class func") && !line.contains("class var")
        {
            return (seen, key)
        }
        guard modifiers.contains(key) else { return nil }
        seen.insert(key)
    }
    return nil
}

/// Public declarations, and requirements of public protocols, without a documentation comment directly above.
func findingsInDocumentation(_ source: SourceText) -> [Finding] {
    var findings: [Finding] = []
    var depth = 0
    /// The depth inside the public protocol that surrounds the line.
    var requirements: Int?
    for index in source.code.indices {
        let line = source.code[index]
        if let (seen, kind) = declaration(on: line) {
            let isPublic = seen.contains("public") || seen.contains("open")
            let isRequirement = requirements == depth
            if isPublic || isRequirement, !hasDocumentation(source, above: index) {
                findings.append(
                    Finding(
                        path: source.path, line: index + 1,
                        message: "a public \(kind) has no documentation comment",
                        better: "a /// sentence that says what comes in and out, in what unit, and what can fail"))
            }
            if isPublic, kind == "protocol" { requirements = depth + 1 }
        }
        for byte in line.utf8 {
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
        }
        if let inside = requirements, depth < inside, line.contains("}") { requirements = nil }
    }
    return findings
}

/// Whether a `///` or `/** */` comment ends directly above a line; attributes may stand between.
private func hasDocumentation(_ source: SourceText, above index: Int) -> Bool {
    for above in source.lines[..<index].indices.reversed() {
        let line = source.lines[above].drop { $0 == " " || $0 == "\t" }
        if line.hasPrefix("///") || line.hasSuffix("*/") { return true }
        guard line.hasPrefix("@") || line.hasPrefix("#if") || line.hasPrefix("// swift-format") else {
            return false
        }
    }
    return false
}
