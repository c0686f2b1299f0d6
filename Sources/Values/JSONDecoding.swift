extension JSON {
    /// This value as any `Decodable`, without Foundation. Keys are the type's own `CodingKeys`, as they are written;
    /// members that the type does not read are ignored. A whole double is an integer too, an integer a double.
    ///
    /// - Throws: the code `json_decoding`; `at` is the path in the value, such as `columns[2].name`. The message tells
    ///   kinds and names and no values.
    public func decoded<T: Decodable>(as type: T.Type = T.self) throws(OperonError) -> T {
        do {
            return try JSONValueDecoder(value: self, codingPath: []).read(type)
        } catch let error as DecodingError {
            throw error.operonError
        } catch let error as OperonError {
            throw error
        } catch {
            throw OperonError(
                code: "json_decoding", "\(T.self) does not accept the value",
                hint: "See what its init(from:) demands.")
        }
    }
}

/// One value with its place, as the standard library's decoding sees it.
struct JSONValueDecoder: Decoder {
    let value: JSON
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let object = value.object else { throw mismatch("an object") }
        return KeyedDecodingContainer(JSONKeyedContainer(object: object, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.array else { throw mismatch("an array") }
        return JSONUnkeyedContainer(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    /// Reads a type by its own initialiser; of an enum with texts the known ones are told when another comes.
    func read<T: Decodable>(_ type: T.Type) throws -> T {
        if let choices = textChoices(of: type), let text = value.string, !choices.contains(text) {
            throw corrupted("must be one of " + choices.map { "\"\($0)\"" }.joined(separator: ", "))
        }
        return try T(from: self)
    }

    func mismatch(_ wanted: String) -> DecodingError {
        let message = "must be \(wanted), not \(value.isNull ? "null" : value.nounPhrase)"
        return .typeMismatch(JSON.self, context(message))
    }

    func corrupted(_ message: String) -> DecodingError { .dataCorrupted(context(message)) }

    /// The message goes along as an error of ours: only such messages are known to hold no values.
    private func context(_ message: String) -> DecodingError.Context {
        DecodingError.Context(
            codingPath: codingPath, debugDescription: message,
            underlyingError: OperonError(
                code: "json_decoding", message, hint: decodingHint, at: pathText(codingPath)))
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value.isNull }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let truth = value.bool else { throw mismatch("a boolean") }
        return truth
    }

    func decode(_ type: String.Type) throws -> String {
        guard let text = value.string else { throw mismatch("a string") }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let number = value.double else { throw mismatch("a number") }
        return number
    }

    func decode(_ type: Float.Type) throws -> Float {
        let number = Float(try decode(Double.self))
        guard number.isFinite else { throw corrupted("does not fit a \(type)") }
        return number
    }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try read(type) }

    private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        switch value {
        case .int(let number):
            guard let result = Number(exactly: number) else { throw corrupted("does not fit \(type)") }
            return result
        case .double(let number):
            guard number.rounded() == number else { throw mismatch("an integer") }
            guard let result = Number(exactly: number) else { throw corrupted("does not fit \(type)") }
            return result
        default: throw mismatch("an integer")
        }
    }
}

extension JSON {
    /// The kind with its article.
    var nounPhrase: String { "aeio".contains(typeName.prefix(1)) ? "an \(typeName)" : "a \(typeName)" }
}

private let decodingHint = "Give the value the form that the type reads."

/// The path of a value in the form of ``SchemaViolation/path``.
private func pathText(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
        if let index = key.intValue {
            text += "[\(index)]"
        } else {
            text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
        }
    }
}

/// The texts that an enum with texts knows, in its order; nil for other types.
func textChoices(of type: Any.Type) -> [String]? {
    guard let type = type as? any CaseIterable.Type else { return nil }
    func texts<Cases: CaseIterable>(_ type: Cases.Type) -> [String]? {
        var texts: [String] = []
        for value in type.allCases {
            guard let raw = value as? any RawRepresentable, let text = raw.rawValue as? String else { return nil }
            texts.append(text)
        }
        return texts.isEmpty ? nil : texts
    }
    return texts(type)
}

extension DecodingError {
    /// The error in our form. Texts of others, the standard library's too, may quote values and are not passed on.
    fileprivate var operonError: OperonError {
        let (context, message): (Context, String)
        switch self {
        case .keyNotFound(let key, let found): (context, message) = (found, "'\(key.stringValue)' is missing")
        case .typeMismatch(let type, let found): (context, message) = (found, "is no \(type)")
        case .valueNotFound(let type, let found):
            (context, message) = (found, "must be a value of \(type), not null")
        case .dataCorrupted(let found): (context, message) = (found, "is none of the values that are allowed")
        @unknown default: return OperonError(code: "json_decoding", "the value cannot be read", hint: decodingHint)
        }
        if let ours = context.underlyingError as? OperonError { return ours }
        return OperonError(code: "json_decoding", message, hint: decodingHint, at: pathText(context.codingPath))
    }
}
