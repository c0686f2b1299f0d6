/// An array or object that is not closed yet.
struct PartialFrame: Sendable {
    let isObject: Bool
    /// The name of the member whose value comes next.
    var key = ""
    private var elements: [JSON] = []
    private var members: [JSONObject.Member] = []
    /// Where each name stands, once there are many; few are looked through.
    private var places: [String: Int] = [:]
    private var isShowing = false
    private static let few = 16

    init(isObject: Bool) { self.isObject = isObject }

    var json: JSON { isObject ? .object(JSONObject(uniqueMembers: members)) : .array(elements) }

    /// Adds a complete element, or the value of ``key``; of a repeated name the last value wins.
    mutating func add(_ value: JSON) {
        guard isObject else { return elements.append(value) }
        if let place = place(of: key) {
            members[place].value = value
            return
        }
        members.append(JSONObject.Member(key, value))
        if members.count == Self.few {
            for (index, member) in members.enumerated() { places[member.key] = index }
        } else if members.count > Self.few, places[key] == nil {
            places[key] = members.count - 1
        }
    }

    /// Shows an open value as the last one. The open value of a repeated name is not shown: names are unique.
    mutating func show(_ value: JSON) {
        if isObject {
            guard place(of: key) == nil else { return }
            members.append(JSONObject.Member(key, value))
        } else {
            elements.append(value)
        }
        isShowing = true
    }

    mutating func withdraw() {
        guard isShowing else { return }
        isShowing = false
        if isObject { members.removeLast() } else { elements.removeLast() }
    }

    private func place(of key: String) -> Int? {
        if members.count < Self.few { return members.firstIndex { sameBytes($0.key, key) } }
        guard let place = places[key] else { return nil }
        // Two spellings of one character share an entry; they are different names, and rare.
        return sameBytes(members[place].key, key) ? place : members.firstIndex { sameBytes($0.key, key) }
    }
}

/// A string that is not closed yet.
struct PartialString: Sendable {
    enum Progress { case open, closed, broken }

    /// What is settled.
    private var text = ""
    /// Decoded bytes behind it.
    private var pending: [UInt8] = []
    private var escape = Escape.none
    /// A high surrogate that waits for its low one.
    private var high: UInt32?

    private enum Escape {
        case none, backslash
        case hex(digits: Int, value: UInt32)
    }

    /// The text up to the last whole character (Unicode scalar).
    var visible: String {
        mutating get {
            settle(upTo: wholeCount)
            return text
        }
    }

    /// The whole text, at its end.
    var finished: String {
        mutating get {
            dropHigh()
            settle(upTo: pending.count)
            return text
        }
    }

    mutating func take(_ byte: UInt8) -> Progress {
        switch escape {
        case .none:
            switch byte {
            case 34: return .closed
            case 92: escape = .backslash
            case 0..<32: return .broken
            default:
                dropHigh()
                pending.append(byte)
            }
        case .backslash:
            escape = .none
            let meant: UInt8
            switch byte {
            case 34, 92, 47: meant = byte
            case 98: meant = 8
            case 102: meant = 12
            case 110: meant = 10
            case 114: meant = 13
            case 116: meant = 9
            case 117:
                escape = .hex(digits: 0, value: 0)
                return .open
            default: return .broken
            }
            dropHigh()
            pending.append(meant)
        case .hex(let digits, let value):
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 128 else { return .broken }
            let value = value << 4 | UInt32(digit)
            escape = digits == 3 ? .none : .hex(digits: digits + 1, value: value)
            if digits == 3 { add(unit: value) }
        }
        return .open
    }

    /// Adds a unit of UTF-16 that was written as an escape; surrogates without their other half become U+FFFD.
    private mutating func add(unit: UInt32) {
        if let first = high, unit & 0xFC00 == 0xDC00 {
            high = nil
            return append(UnicodeScalar(0x10000 + ((first & 0x3FF) << 10 | unit & 0x3FF)))
        }
        dropHigh()
        if unit & 0xFC00 == 0xD800 { high = unit } else { append(UnicodeScalar(unit)) }
    }

    private mutating func dropHigh() {
        guard high != nil else { return }
        high = nil
        append(nil)
    }

    private mutating func append(_ scalar: UnicodeScalar?) {
        pending.append(contentsOf: String(scalar ?? "\u{FFFD}").utf8)
    }

    /// How many pending bytes end with a whole character: a character that has only begun waits.
    private var wholeCount: Int {
        for back in 1...3 where back <= pending.count {
            let byte = pending[pending.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? pending.count - back : pending.count
        }
        return pending.count
    }

    private mutating func settle(upTo count: Int) {
        guard count > 0 else { return }
        text += String(decoding: pending[..<count], as: UTF8.self)
        pending.removeFirst(count)
    }
}
