/// A decoder that answers every question with a sample and notes what was asked.
struct SchemaProbe: Decoder {
    let node: SchemaNode
    /// The types that are being read, outermost first.
    let enclosing: [ObjectIdentifier]
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SchemaKeyedProbe(probe: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { SchemaUnkeyedProbe(probe: self) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    /// Notes the form of `type` and gives a sample of it.
    func read<T: Decodable>(_ type: T.Type) throws -> T {
        if let optional = type as? any OptionalForm.Type {
            try noteOptional(optional)
            if let none = optional.noValue as? T { return none }
        }
        if type is any DictionaryForm.Type { throw freeKeys }
        if let choices = textChoices(of: type), let sample = firstCase(of: type) as? T {
            try node.note(.choice(choices))
            return sample
        }
        let identifier = ObjectIdentifier(type)
        guard !enclosing.contains(identifier) else {
            throw SchemaNode.refusal(
                "\(type) contains itself, which providers do not accept", "Give the nesting a fixed depth.",
                at: node.path)
        }
        if let described = type as? any JSONSchemaDescribed.Type {
            node.descriptions = described.propertyDescriptions
        }
        do {
            return try T(from: SchemaProbe(node: node, enclosing: enclosing + [identifier]))
        } catch let error as DecodingError {
            throw node.refused ?? refusal(of: type, error)
        }
    }

    /// The form of what an optional may hold, and that it may be null.
    func noteOptional(_ type: any OptionalForm.Type) throws {
        node.isNullable = true
        try type.note(with: self)
    }

    var freeKeys: OperonError {
        SchemaNode.refusal(
            "free keys, as in a dictionary, have no place in a closed object",
            "Use an array of pairs: struct Entry { var name: String; var value: … }.", at: node.path)
    }

    private func refusal(of type: any Decodable.Type, _ error: DecodingError) -> OperonError {
        if case .dataCorrupted = error, type is any RawRepresentable.Type {
            return SchemaNode.refusal(
                "the values of \(type) are not known", "Make it an enum of texts that is CaseIterable.",
                at: node.path)
        }
        return SchemaNode.refusal(
            "\(type) does not accept sample values, so its form cannot be seen",
            "Write the schema by hand, or check values after decoding.", at: node.path)
    }
}

extension SchemaProbe: SingleValueDecodingContainer {
    func decodeNil() -> Bool { false }

    func decode(_ type: Bool.Type) throws -> Bool { try sample(.boolean(), false) }
    func decode(_ type: String.Type) throws -> String { try sample(.string(), "") }
    func decode(_ type: Double.Type) throws -> Double { try sample(.number(), 0) }
    func decode(_ type: Float.Type) throws -> Float { try sample(.number(), 0) }
    func decode(_ type: Int.Type) throws -> Int { try sample(.integer(), 0) }
    func decode(_ type: Int8.Type) throws -> Int8 { try sample(.integer(), 0) }
    func decode(_ type: Int16.Type) throws -> Int16 { try sample(.integer(), 0) }
    func decode(_ type: Int32.Type) throws -> Int32 { try sample(.integer(), 0) }
    func decode(_ type: Int64.Type) throws -> Int64 { try sample(.integer(), 0) }
    func decode(_ type: UInt.Type) throws -> UInt { try sample(.integer(), 0) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try sample(.integer(), 0) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try sample(.integer(), 0) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try sample(.integer(), 0) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try sample(.integer(), 0) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try read(type) }

    private func sample<T>(_ schema: JSONSchema, _ value: T) throws -> T {
        try node.note(schema)
        return value
    }
}

private struct SchemaKeyedProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let probe: SchemaProbe
    var codingPath: [any CodingKey] { [] }

    /// Who asks for all keys takes any, and there is no way to throw here.
    var allKeys: [Key] {
        probe.node.refused = probe.freeKeys
        return []
    }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).read(type) }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try optional(type, key) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try optional(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(type, key) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(type, key) }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? { try optional(type, key) }

    func nestedContainer<Other: CodingKey>(
        keyedBy type: Other.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Other> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        SchemaProbe(node: try probe.node.member("super"), enclosing: probe.enclosing)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
        let member = try member(key)
        member.node.isNullable = true
        _ = try member.read(type)
        return nil
    }

    private func member(_ key: Key) throws -> SchemaProbe {
        SchemaProbe(node: try probe.node.member(key.stringValue), enclosing: probe.enclosing)
    }
}

/// An array of one element.
private struct SchemaUnkeyedProbe: UnkeyedDecodingContainer {
    let probe: SchemaProbe
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    init(probe: SchemaProbe) { self.probe = probe }

    mutating func decodeNil() throws -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().read(type) }

    mutating func nestedContainer<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> SchemaProbe {
        currentIndex += 1
        return SchemaProbe(node: try probe.node.element(), enclosing: probe.enclosing)
    }
}

/// An optional, seen from outside.
protocol OptionalForm {
    static var noValue: Any { get }
    static func note(with probe: SchemaProbe) throws
}

extension Optional: OptionalForm where Wrapped: Decodable {
    static var noValue: Any { Wrapped?.none as Any }
    static func note(with probe: SchemaProbe) throws { _ = try probe.read(Wrapped.self) }
}

/// A dictionary, seen from outside.
protocol DictionaryForm {}
extension Dictionary: DictionaryForm {}

private func firstCase(of type: Any.Type) -> Any? {
    guard let type = type as? any CaseIterable.Type else { return nil }
    func first<Cases: CaseIterable>(_ type: Cases.Type) -> Any? { type.allCases.first }
    return first(type)
}
