/// A JSON value (RFC 8259). Integers that fit 64 bits stay integers; everything else numeric is a double.
///
/// Objects keep the order in which members were written, so that what people read comes in a sensible order;
/// equality and the canonical form (``canonicalBytes()``) do not depend on it.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// The members of a JSON object, in writing order. Lookup is linear: objects here are small.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    /// One `"key": value` pair.
    public struct Member: Sendable {
        /// The member's name.
        public var key: String
        /// The member's value.
        public var value: JSON
        /// Makes a member.
        public init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// The members in writing order; keys are unique.
    public private(set) var members: [Member]

    /// An empty object.
    public init() { members = [] }

    /// An object from literal pairs; a repeated key replaces the earlier value.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(literal: elements) }

    fileprivate init(literal elements: [(String, JSON)]) {
        members = []
        members.reserveCapacity(elements.count)
        for (key, value) in elements { self[key] = value }
    }

    /// An object from members whose keys the caller knows to be unique.
    public init(uniqueMembers: [Member]) { members = uniqueMembers }

    /// The value under `key`, or nil. Assigning nil removes the member.
    public subscript(key: String) -> JSON? {
        get {
            for member in members where sameBytes(member.key, key) { return member.value }
            return nil
        }
        set {
            for index in members.indices where sameBytes(members[index].key, key) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
                return
            }
            if let newValue { members.append(Member(key, newValue)) }
        }
    }

    /// The keys in writing order.
    public var keys: [String] { members.map(\.key) }
    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }
    /// How many members there are.
    public var count: Int { members.count }
    /// The members in byte order of their keys: the order of the canonical form.
    public var sorted: [Member] { members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
}

extension JSONObject: Hashable {
    /// Objects are equal when they have equal members, in whatever order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        guard a.members.count == b.members.count else { return false }
        for index in a.members.indices {
            let mine = a.members[index]
            let theirs = b.members[index]
            if sameBytes(mine.key, theirs.key) {
                if mine.value != theirs.value { return false }
            } else if b[mine.key] != mine.value {
                return false
            }
        }
        return true
    }

    /// Hashes the members without regard to their order.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        for member in sorted {
            hasher.combine(member.key)
            hasher.combine(member.value)
        }
    }
}

/// Whether two texts are the same bytes. Swift's `==` also takes two spellings of one character (U+00E9, U+0065 U+0301)
/// for the same; in JSON they are different names, and their canonical forms differ.
@inline(__always)
func sameBytes(_ a: String, _ b: String) -> Bool {
    if a.utf8.count != b.utf8.count { return false }
    return a.utf8.withContiguousStorageIfAvailable { left in
        b.utf8.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
    }.flatMap { $0 } ?? a.utf8.elementsEqual(b.utf8)
}

extension JSON: Hashable {
    /// Values are equal exactly when their canonical forms are: texts by their bytes, doubles by their bits, objects
    /// in whatever order; an integer and a double are never equal.
    public static func == (a: JSON, b: JSON) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.int(let x), .int(let y)): x == y
        case (.double(let x), .double(let y)): x.bitPattern == y.bitPattern
        case (.string(let x), .string(let y)): sameBytes(x, y)
        case (.array(let x), .array(let y)): x == y
        case (.object(let x), .object(let y)): x == y
        default: false
        }
    }

    /// Hashes what ``==(_:_:)`` compares. Spellings of one character share a hash, which does no harm.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.bitPattern)
        case .string(let value): hasher.combine(value)
        case .array(let value): hasher.combine(value)
        case .object(let value): hasher.combine(value)
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// Makes a string from a literal.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes an integer from a literal.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// Makes a Boolean from a literal.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes a floating-point number from a literal.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes an array from a literal.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// Makes null from `nil`.
    public init(nilLiteral: ()) { self = .null }
    /// Makes an object from a literal.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(literal: elements)) }
}

extension JSON {
    /// The member `key` of an object, or nil when this is no object or has no such member.
    public subscript(key: String) -> JSON? {
        if case .object(let object) = self { return object[key] }
        return nil
    }

    /// The element at `index` of an array, or nil when this is no array or the index is outside it.
    public subscript(index: Int) -> JSON? {
        if case .array(let array) = self, array.indices.contains(index) { return array[index] }
        return nil
    }

    /// The text, when this is a string.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The truth value, when this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements, when this is an array.
    public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    /// The members, when this is an object.
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// Whether this is `null`.
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The integer; a double counts when it has no fraction and fits.
    public var int: Int? {
        switch self {
        case .int(let value): value
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The number as a double.
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// What kind of value this is, in the words of JSON Schema: `null`, `boolean`, `integer`, `number`, `string`,
    /// `array`, `object`.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// An array of strings.
    public static func strings(_ values: some Sequence<String>) -> JSON { .array(values.map { .string($0) }) }

    /// `value` as a string, or `null`.
    public static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    /// `value` as an integer, or `null`.
    public static func optional(_ value: Int?) -> JSON { value.map { .int($0) } ?? .null }
}
