internal import Values

/// The one JSON object in an answer's text, which may stand in a fence or between words.
///
/// Strict, so that no part of a value is ever taken for the whole: the first brace must begin an object, nothing may
/// stand around it that makes it a part of something larger, and no other brace may follow it.
enum ObjectExtraction {
    /// Finds the object; a text that is JSON of another kind is given back as it is, for the schema to refuse.
    ///
    /// - Returns: the value, or in words why there is none.
    static func value(in text: String) -> Result<JSON, ExtractionFailure> {
        let bytes = Array(text.utf8)
        if let whole = try? JSON(parsing: bytes) { return .success(whole) }
        guard let start = bytes.firstIndex(of: UInt8(ascii: "{")) else {
            return .failure(ExtractionFailure("there is no JSON object in the answer"))
        }
        let (object, end) = bytes[start...].withUnsafeBufferPointer { rest -> (JSON?, Int) in
            var reader = JSONReader(rest)
            let object = try? reader.value()
            return (object, start + reader.offset)
        }
        guard let object else {
            return .failure(ExtractionFailure("the JSON object in the answer is broken or not complete"))
        }
        if bytes[end...].contains(UInt8(ascii: "{")) {
            return .failure(ExtractionFailure("there is more than one JSON object in the answer"))
        }
        let before = bytes[..<start].last { !isSpace($0) }
        let after = bytes[end...].first { !isSpace($0) }
        // A comma may also stand before an object in a sentence; in an array there is a bracket before it.
        let isElement = before == UInt8(ascii: "[") || before == UInt8(ascii: ",") && bytes[..<start].contains(91)
        if isElement || after.map({ "]},:".utf8.contains($0) }) ?? false {
            return .failure(ExtractionFailure("the JSON object in the answer is a part of something larger"))
        }
        return .success(object)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 10 || byte == 13 || byte == 9 }
}

/// Why an answer holds no object, without a word of the answer.
struct ExtractionFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
