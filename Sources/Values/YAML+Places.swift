extension YAMLNode {
    /// The place in the file of the character (Unicode scalar) at `offset` of a scalar's text: escapes, doubled
    /// quotes, folded lines and the indentation of block scalars are followed. For other nodes, where they begin.
    public func place(at offset: Int) -> SourcePlace {
        guard let scalar else { return place }
        var walk = ScalarWalk(place: place)
        guard let source = scalar.source else {
            walk.place.column += offset
            return walk.place
        }
        walk.follow(Array(source.unicodeScalars), style: scalar.style, to: offset)
        return walk.place
    }
}

/// Walks over a scalar as it is written and counts the characters that it means.
private struct ScalarWalk {
    var place: SourcePlace
    private var at = 0

    init(place: SourcePlace) { self.place = place }

    mutating func follow(_ source: [UnicodeScalar], style: YAMLScalar.Style, to offset: Int) {
        var rest = offset
        switch style {
        case .literal, .folded:
            skipLine(source)
            // The first line that is not empty says how far the block is indented.
            var probe = at
            var indent = 0
            while probe < source.count, source[probe] == " " || source[probe] == "\n" {
                indent = source[probe] == "\n" ? 0 : indent + 1
                probe += 1
            }
            skipIndent(source, indent)
            while rest > 0, at < source.count {
                let isBreak = source[at] == "\n"
                step(source)
                if isBreak { skipIndent(source, indent) }
                rest -= 1
            }
        case .singleQuoted, .doubleQuoted, .plain:
            if style != .plain { step(source) }
            while rest > 0, at < source.count { rest -= pass(source, style) }
        }
    }

    /// Passes one written unit and returns how many characters it means.
    private mutating func pass(_ source: [UnicodeScalar], _ style: YAMLScalar.Style) -> Int {
        var end = at
        var breaks = 0
        while end < source.count, source[end] == " " || source[end] == "\n" || source[end] == "\r" {
            if source[end] == "\n" { breaks += 1 }
            end += 1
        }
        if breaks > 0 {
            while at < end { step(source) }
            return max(1, breaks - 1)
        }
        if style == .singleQuoted, source[at] == "'" {
            step(source)
            if at < source.count { step(source) }
            return 1
        }
        guard style == .doubleQuoted, source[at] == "\\", at + 1 < source.count else {
            step(source)
            return 1
        }
        let escape = source[at + 1]
        let length: [UnicodeScalar: Int] = ["x": 4, "u": 6, "U": 10]
        for _ in 0..<(length[escape] ?? 2) where at < source.count { step(source) }
        guard escape == "\n" else { return 1 }
        while at < source.count, source[at] == " " { step(source) }
        return 0
    }

    private mutating func step(_ source: [UnicodeScalar]) {
        if source[at] == "\n" {
            place.line += 1
            place.column = 1
        } else {
            place.column += 1
        }
        at += 1
    }

    private mutating func skipLine(_ source: [UnicodeScalar]) {
        while at < source.count, source[at] != "\n" { step(source) }
        if at < source.count { step(source) }
    }

    private mutating func skipIndent(_ source: [UnicodeScalar], _ indent: Int) {
        for _ in 0..<indent where at < source.count && source[at] == " " { step(source) }
    }
}
