/// A Swift file, seen twice: its code with comments and string contents blanked, and its comments with the rest
/// blanked. Both have the file's lines, so that a finding names the right one.
struct SourceText {
    /// The file, relative to the package's folder.
    let path: String
    /// The lines as they stand in the file.
    let lines: [String]
    /// The lines with the contents of comments and strings blanked; code inside an interpolation stays.
    let code: [String]
    /// The lines with everything but comments blanked.
    let comments: [String]

    init(path: String, text: String) {
        self.path = path
        var scanner = Scanner(Array(text.utf8))
        scanner.run()
        lines = splitLines(Array(text.utf8))
        code = splitLines(scanner.code)
        comments = splitLines(scanner.comments)
    }

    /// The first folder below `Sources`, which is the target's name; nil for other files.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// One finding per line of code for which `matches` holds.
    func findings(_ message: String, better: String, where matches: (Substring) -> Bool) -> [Finding] {
        code.indices.filter { matches(code[$0][...]) }
            .map { Finding(path: path, line: $0 + 1, message: message, better: better) }
    }
}

private func splitLines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
}

/// Walks over Swift text and tells code, comments and strings apart. It knows nested comments, raw and multi-line
/// strings, and code inside interpolations; it takes a regular-expression literal for code.
private struct Scanner {
    /// What surrounds the current byte.
    enum Mode {
        /// Code inside an interpolation; it ends with the parenthesis that closes `depth` back to 0.
        case interpolation(depth: Int)
        /// The inside of a string with `hashes` number signs on each side.
        case string(hashes: Int, isMultiline: Bool)
    }

    let text: [UInt8]
    var code: [UInt8]
    var comments: [UInt8]
    var index = 0
    var modes: [Mode] = []

    init(_ text: [UInt8]) {
        self.text = text
        let blank = text.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
        code = blank
        comments = blank
    }

    func starts(with word: StaticString, at place: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard place + count <= text.count else { return false }
        for offset in 0..<count where text[place + offset] != word.utf8Start[offset] { return false }
        return true
    }

    func hashes(at place: Int) -> Int {
        var end = place
        while end < text.count, text[end] == UInt8(ascii: "#") { end += 1 }
        return end - place
    }

    mutating func keep(_ count: Int, as part: WritableKeyPath<Scanner, [UInt8]>) {
        let end = min(index + count, text.count)
        self[keyPath: part].replaceSubrange(index..<end, with: text[index..<end])
        index = end
    }

    mutating func run() {
        while index < text.count {
            if case .string(let hashes, let isMultiline)? = modes.last {
                insideString(hashes: hashes, isMultiline: isMultiline)
            } else {
                insideCode()
            }
        }
    }

    private mutating func insideCode() {
        let byte = text[index]
        if starts(with: "//", at: index) {
            let end = text[index...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            keep(end - index, as: \.comments)
        } else if starts(with: "/*", at: index) {
            blockComment()
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#") {
            let hashes = hashes(at: index)
            guard index + hashes < text.count, text[index + hashes] == UInt8(ascii: "\"") else {
                keep(max(1, hashes), as: \.code)
                return
            }
            let isMultiline = starts(with: "\"\"\"", at: index + hashes)
            keep(hashes + (isMultiline ? 3 : 1), as: \.code)
            modes.append(.string(hashes: hashes, isMultiline: isMultiline))
        } else {
            if case .interpolation(let depth)? = modes.last {
                if byte == UInt8(ascii: "(") {
                    modes[modes.count - 1] = .interpolation(depth: depth + 1)
                } else if byte == UInt8(ascii: ")") {
                    if depth == 1 {
                        modes.removeLast()
                    } else {
                        modes[modes.count - 1] = .interpolation(depth: depth - 1)
                    }
                }
            }
            keep(1, as: \.code)
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*", at: index) {
                depth += 1
                keep(2, as: \.comments)
            } else if starts(with: "*/", at: index) {
                depth -= 1
                keep(2, as: \.comments)
            } else {
                keep(1, as: \.comments)
            }
        } while depth > 0 && index < text.count
    }

    private mutating func insideString(hashes count: Int, isMultiline: Bool) {
        let byte = text[index]
        if byte == UInt8(ascii: "\\"), hashes(at: index + 1) >= count {
            let after = index + 1 + count
            if after < text.count, text[after] == UInt8(ascii: "(") {
                keep(count + 2, as: \.code)
                modes.append(.interpolation(depth: 1))
            } else {
                index = min(after + 1, text.count)
            }
        } else if byte == UInt8(ascii: "\n"), !isMultiline {
            // A string on one line ends there at the latest: a mistake of this scanner stays on its line.
            modes.removeLast()
            index += 1
        } else if byte == UInt8(ascii: "\"") {
            let quotes = isMultiline ? 3 : 1
            let closes = (!isMultiline || starts(with: "\"\"\"", at: index)) && hashes(at: index + quotes) >= count
            if closes {
                keep(quotes + count, as: \.code)
                modes.removeLast()
            } else {
                index += 1
            }
        } else {
            index += 1
        }
    }
}
