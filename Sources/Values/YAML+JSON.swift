extension YAMLNode {
    /// The value by the core schema of YAML 1.2 (chapter 10.3): plain scalars may be null, truth values, integers
    /// (decimal, `0x`, `0o`) and floats; everything else, and everything in quotes, is text. `.inf` and `.nan` stay
    /// texts, because JSON has no such numbers.
    public var json: JSON {
        switch content {
        case .scalar(let scalar): scalar.json
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let entries):
            .object(JSONObject(uniqueMembers: entries.map { JSONObject.Member($0.key, $0.value.json) }))
        }
    }
}

extension YAMLScalar {
    /// The tags that the core schema knows.
    static let coreTags = ["str", "int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }

    /// See ``YAMLNode/json``.
    public var json: JSON {
        if tag == "tag:yaml.org,2002:str" || tag == "!" { return .string(text) }
        guard style == .plain || tag != nil else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number ?? .string(text)
        }
    }

    private var number: JSON? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == 43 || first == 45 || first == 46 || first &- 48 < 10 else {
            return nil
        }
        if text.hasPrefix("0x") { return Int(unsigned: text.dropFirst(2), radix: 16).map { .int($0) } }
        if text.hasPrefix("0o") { return Int(unsigned: text.dropFirst(2), radix: 8).map { .int($0) } }
        guard isNumber(bytes) else { return nil }
        if let value = Int(text) { return .int(value) }
        // Swift wants a digit on both sides of the point; YAML does not.
        var digits = ""
        for byte in bytes where byte != 43 || !digits.isEmpty {
            if byte == 46, digits.utf8.last.map({ $0 &- 48 >= 10 }) ?? true { digits += "0" }
            digits.unicodeScalars.append(UnicodeScalar(byte))
        }
        if let point = digits.firstIndex(of: "."),
            digits.index(after: point) == digits.endIndex || !digits[digits.index(after: point)].isNumber
        {
            digits.insert("0", at: digits.index(after: point))
        }
        guard let value = Double(digits), value.isFinite else { return nil }
        return .double(value)
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private func isNumber(_ bytes: [UInt8]) -> Bool {
        var at = bytes[0] == 43 || bytes[0] == 45 ? 1 : 0
        func digits() -> Int {
            let start = at
            while at < bytes.count, bytes[at] &- 48 < 10 { at += 1 }
            return at - start
        }
        let whole = digits()
        if at < bytes.count, bytes[at] == 46 {
            at += 1
            guard digits() + whole > 0 else { return false }
        } else if whole == 0 {
            return false
        }
        if at < bytes.count, bytes[at] | 32 == 101 {
            at += 1
            if at < bytes.count, bytes[at] == 43 || bytes[at] == 45 { at += 1 }
            guard digits() > 0 else { return false }
        }
        return at == bytes.count
    }
}

extension Int {
    /// Digits without a sign.
    fileprivate init?(unsigned digits: Substring, radix: Int) {
        guard let first = digits.utf8.first, first != 43, first != 45 else { return nil }
        self.init(digits, radix: radix)
    }
}
