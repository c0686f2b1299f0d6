extension JSON {
    /// Any `Encodable` as a value, without Foundation: what ``decoded(as:)`` reads back. Members stand in the order in
    /// which the type writes them.
    ///
    /// - Throws: whatever the type's own `encode(to:)` throws; the code `json_encoding` for a number that JSON has not.
    public static func encoding(_ value: some Encodable) throws(OperonError) -> JSON {
        let node = JSONEncodingNode()
        do {
            try node.put(value, at: [])
        } catch let error as OperonError {
            throw error
        } catch {
            throw OperonError(code: "json_encoding", "a value of \(type(of: value)) cannot be written")
        }
        return node.json
    }
}

/// A place in the value that is being written. Containers of the standard library are values that share their place, so
/// that places are objects.
final class JSONEncodingNode {
    private enum Content {
        case scalar(JSON)
        case object([(key: String, node: JSONEncodingNode)])
        case array([JSONEncodingNode])
    }
    private var content = Content.scalar(.null)

    /// What was written.
    var json: JSON {
        switch content {
        case .scalar(let value): value
        case .object(let members):
            .object(JSONObject(uniqueMembers: members.map { JSONObject.Member($0.key, $0.node.json) }))
        case .array(let nodes): .array(nodes.map(\.json))
        }
    }

    var count: Int { if case .array(let nodes) = content { nodes.count } else { 0 } }

    func becomeObject() { if case .object = content { return } else { content = .object([]) } }
    func becomeArray() { if case .array = content { return } else { content = .array([]) } }

    func member(_ key: String) -> JSONEncodingNode {
        guard case .object(var members) = content else { return JSONEncodingNode() }
        if let known = members.first(where: { $0.key == key }) { return known.node }
        let node = JSONEncodingNode()
        members.append((key, node))
        content = .object(members)
        return node
    }

    func element() -> JSONEncodingNode {
        guard case .array(var nodes) = content else { return JSONEncodingNode() }
        let node = JSONEncodingNode()
        nodes.append(node)
        content = .array(nodes)
        return node
    }

    func putNull() { content = .scalar(.null) }

    func put<T: Encodable>(_ value: T, at path: [any CodingKey]) throws {
        switch value {
        case let value as Bool: content = .scalar(.bool(value))
        case let value as String: content = .scalar(.string(value))
        case let value as any BinaryInteger:
            guard let number = Int(exactly: value) else { throw Self.unfit }
            content = .scalar(.int(number))
        case let value as any BinaryFloatingPoint:
            let number = Double(value)
            guard number.isFinite else { throw Self.unfit }
            content = .scalar(.double(number))
        default: try value.encode(to: JSONValueEncoder(node: self, codingPath: path))
        }
    }

    private static let unfit = OperonError(code: "json_encoding", "a number does not fit JSON")
}

/// One place, as the standard library's encoding sees it.
struct JSONValueEncoder: Encoder, SingleValueEncodingContainer {
    let node: JSONEncodingNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeObject()
        return KeyedEncodingContainer(JSONKeyedEncoding(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeArray()
        return JSONUnkeyedEncoding(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { node.putNull() }
    func encode<T: Encodable>(_ value: T) throws { try node.put(value, at: codingPath) }
}

/// The members of an object that is being written.
struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONEncodingNode
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { node.member(key.stringValue).putNull() }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try node.member(key.stringValue).put(value, at: codingPath + [key])
    }

    func nestedContainer<Other: CodingKey>(
        keyedBy type: Other.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Other> {
        encoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder(JSONPathKey(stringValue: "super")) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

    private func encoder(_ key: any CodingKey) -> JSONValueEncoder {
        JSONValueEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }
}

/// The elements of an array that is being written.
struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
    let node: JSONEncodingNode
    let codingPath: [any CodingKey]

    var count: Int { node.count }

    func encodeNil() { node.element().putNull() }
    func encode<T: Encodable>(_ value: T) throws { try node.element().put(value, at: codingPath) }

    func nestedContainer<Other: CodingKey>(keyedBy type: Other.Type) -> KeyedEncodingContainer<Other> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }

    private func encoder() -> JSONValueEncoder {
        JSONValueEncoder(node: node.element(), codingPath: codingPath)
    }
}
