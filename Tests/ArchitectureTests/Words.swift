/// Whether a byte can be part of an identifier.
func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...255:
        true
    default: false
    }
}

/// Where `phrase` stands in `line` with no identifier byte, and none of `notAfter`, directly before it; and, when
/// `phrase` ends in an identifier byte, with none directly behind it. Offsets are in UTF-8 bytes.
func places(of phrase: String, in line: Substring, notAfter: [UInt8] = []) -> [Int] {
    guard line.contains(phrase) else { return [] }
    let text = Array(line.utf8)
    let wanted = Array(phrase.utf8)
    let endsInWord = isWordByte(wanted[wanted.count - 1])
    let startsInWord = isWordByte(wanted[0])
    var found: [Int] = []
    var start = 0
    while start + wanted.count <= text.count {
        defer { start += 1 }
        guard text[start] == wanted[0], text[start..<(start + wanted.count)].elementsEqual(wanted) else { continue }
        if start > 0, startsInWord && isWordByte(text[start - 1]) || notAfter.contains(text[start - 1]) { continue }
        let end = start + wanted.count
        if endsInWord, end < text.count, isWordByte(text[end]) { continue }
        found.append(start)
    }
    return found
}

/// The words of a line of code, split at white space, with attributes such as `@available(…)` left out.
func wordsWithoutAttributes(_ line: String) -> [Substring] {
    var rest = line.drop { $0 == " " || $0 == "\t" }
    while rest.first == "@" {
        rest = rest.drop { $0 != " " && $0 != "(" }
        if rest.first == "(" {
            var depth = 0
            rest = rest.drop { character in
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return depth > 0
            }.dropFirst()
        }
        rest = rest.drop { $0 == " " || $0 == "\t" }
    }
    return rest.split { $0 == " " || $0 == "\t" }
}
