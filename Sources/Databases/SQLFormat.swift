internal import CSQLite
internal import Glibc

/// SQLite's printf with bounded widths and precisions: the built-in one turns a billion times for `%.1000000000c`,
/// within one step that nothing can stop. Each directive is still formatted by SQLite itself.
enum SQLFormat {
    /// The largest width and precision.
    static let maxWidth = 10_000

    /// Why a text was not made.
    enum Refusal: Error { case tooWide, tooLong, memory }

    /// Formats `arguments`; `maxBytes` bounds the result. See https://sqlite.org/printf.html.
    static func format(
        _ format: UnsafeRawBufferPointer, _ arguments: UnsafeBufferPointer<OpaquePointer?>, maxBytes: Int
    ) throws(Refusal) -> [UInt8] {
        var output: [UInt8] = []
        var queue = arguments[...]
        var index = 0
        while index < format.count {
            guard format[index] == UInt8(ascii: "%") else {
                output.append(format[index])
                index += 1
                continue
            }
            index += 1
            guard let directive = try Directive(format, &index, &queue) else {
                output.append(UInt8(ascii: "%"))
                break
            }
            try directive.append(to: &output, &queue)
            if output.count > maxBytes { throw .tooLong }
        }
        return output
    }
}

/// One `%…` of a format.
private struct Directive {
    var flags: [UInt8] = []
    var width = 0
    var precision: Int?
    var conversion: UInt8

    init?(
        _ format: UnsafeRawBufferPointer, _ index: inout Int,
        _ arguments: inout Slice<UnsafeBufferPointer<OpaquePointer?>>
    ) throws(SQLFormat.Refusal) {
        while index < format.count, "-+ 0#!,".utf8.contains(format[index]) {
            flags.append(format[index])
            index += 1
        }
        let given = try Self.number(format, &index, &arguments) ?? 0
        if given < 0 { flags.append(UInt8(ascii: "-")) }
        width = abs(given)
        if index < format.count, format[index] == UInt8(ascii: ".") {
            index += 1
            precision = abs(try Self.number(format, &index, &arguments) ?? 0)
        }
        while index < format.count, format[index] == UInt8(ascii: "l") { index += 1 }
        guard index < format.count else { return nil }
        conversion = format[index]
        index += 1
    }

    private static func number(
        _ format: UnsafeRawBufferPointer, _ index: inout Int,
        _ arguments: inout Slice<UnsafeBufferPointer<OpaquePointer?>>
    ) throws(SQLFormat.Refusal) -> Int? {
        guard index < format.count else { return nil }
        if format[index] == UInt8(ascii: "*") {
            index += 1
            let value = Int(clamping: arguments.popFirst().map { sqlite3_value_int64($0) } ?? 0)
            if abs(max(value, -.max)) > SQLFormat.maxWidth { throw .tooWide }
            return value
        }
        var value: Int?
        while index < format.count, (0x30...0x39).contains(format[index]) {
            value = (value ?? 0) * 10 + Int(format[index] - 0x30)
            if value! > SQLFormat.maxWidth { throw .tooWide }
            index += 1
        }
        return value
    }

    func append(to output: inout [UInt8], _ arguments: inout Slice<UnsafeBufferPointer<OpaquePointer?>>)
        throws(SQLFormat.Refusal)
    {
        switch conversion {
        case UInt8(ascii: "%"): output.append(conversion)
        case UInt8(ascii: "n"): break
        case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"), UInt8(ascii: "x"), UInt8(ascii: "X"),
            UInt8(ascii: "o"), UInt8(ascii: "r"), UInt8(ascii: "p"):
            let value = arguments.popFirst().map { sqlite3_value_int64($0) } ?? 0
            try append(shim_sqlite3_format_int(pattern("ll"), value), to: &output)
        case UInt8(ascii: "f"), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "g"), UInt8(ascii: "G"):
            let value = arguments.popFirst().map { sqlite3_value_double($0) } ?? 0
            try append(shim_sqlite3_format_double(pattern(""), value), to: &output)
        case UInt8(ascii: "s"), UInt8(ascii: "z"), UInt8(ascii: "q"), UInt8(ascii: "Q"), UInt8(ascii: "w"):
            let text = arguments.popFirst().flatMap { sqlite3_value_text($0) }
            let chars = text.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
            // `z` would make SQLite free the text.
            let kind = conversion == UInt8(ascii: "z") ? UInt8(ascii: "s") : conversion
            try append(shim_sqlite3_format_text(pattern("", kind: kind), chars), to: &output)
        case UInt8(ascii: "c"): try appendCharacter(to: &output, arguments.popFirst())
        default: break
        }
    }

    /// `%c` repeats the first character of its argument as often as the precision says.
    private func appendCharacter(to output: inout [UInt8], _ argument: OpaquePointer??) throws(SQLFormat.Refusal) {
        var text: [UInt8] = []
        if let argument, let start = sqlite3_value_text(argument) {
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(argument)))
            var end = 0
            if !bytes.isEmpty { PatternMatch.skip(bytes, &end) }
            for _ in 0..<max(1, precision ?? 1) { text.append(contentsOf: bytes[..<end]) }
        }
        let length = text.count { $0 & 0xc0 != 0x80 }
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: max(0, width - length))
        output.append(contentsOf: flags.contains(UInt8(ascii: "-")) ? text + padding : padding + text)
    }

    private func pattern(_ size: String, kind: UInt8? = nil) -> String {
        var text = "%" + String(decoding: flags, as: UTF8.self)
        if width > 0 { text += "\(width)" }
        if let precision { text += ".\(precision)" }
        return text + size + String(UnicodeScalar(kind ?? conversion))
    }

    private func append(_ text: UnsafeMutablePointer<CChar>?, to output: inout [UInt8]) throws(SQLFormat.Refusal) {
        guard let text else { throw .memory }
        defer { sqlite3_free(text) }
        output.append(contentsOf: UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
