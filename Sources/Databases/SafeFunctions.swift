internal import CSQLite

/// Replacements for the built-in functions that can run for seconds inside one step: their work is linear (or, for
/// patterns, stoppable), and they look at the deadline.
final class SafeFunctions {
    let watch: StatementGuard
    var maxBytes: Int
    private let refusesBlobs = sqlite3_compileoption_used("LIKE_DOESNT_MATCH_BLOBS") != 0
    private var cachedKey: [UInt8] = []
    private var cachedPattern: PatternMatch?

    init(watch: StatementGuard, maxBytes: Int) {
        self.watch = watch
        self.maxBytes = maxBytes
    }

    /// Registers the replacements. They keep an unowned reference to this object.
    func register(on connection: SQLiteConnection) throws {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
        let all:
            [(String, Int32, @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void)] =
                [
                    ("printf", -1, callFormat), ("format", -1, callFormat), ("like", 2, callLike),
                    ("like", 3, callLike),
                    ("glob", 2, callGlob), ("instr", 2, callInstr), ("replace", 3, callReplace),
                    ("trim", 2, callTrim),
                    ("ltrim", 2, callLeftTrim), ("rtrim", 2, callRightTrim),
                ]
        for (name, count, function) in all {
            try connection.check(
                sqlite3_create_function_v2(
                    connection.handle, name, count, flags, context, function, nil, nil, nil))
        }
    }

    /// Compiles a pattern, or takes the one of the last call.
    private func pattern(_ bytes: UnsafeRawBufferPointer, _ style: PatternMatch.Style, _ escape: UInt32?)
        -> PatternMatch?
    {
        var key = [UInt8](bytes)
        key.append(style == .like ? 0 : 1)
        withUnsafeBytes(of: escape ?? .max) { key.append(contentsOf: $0) }
        if key != cachedKey {
            cachedKey = key
            cachedPattern = PatternMatch(bytes, style: style, escape: escape)
        }
        return cachedPattern
    }

    fileprivate func match(_ call: FunctionCall, _ style: PatternMatch.Style) {
        if call.hasNull { return call.returnNull() }
        if refusesBlobs, call.isBlob(0) || call.isBlob(1) { return call.returnInt(0) }
        guard call.text(0).count <= Int(sqlite3_limit(call.connection, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, -1)) else {
            return call.returnError("LIKE or GLOB pattern too complex")
        }
        var escape: UInt32?
        if call.count == 3 {
            var end = 0
            let text = call.text(2)
            if !text.isEmpty { escape = PatternMatch.scalar(text, &end) }
            guard escape != nil, end == text.count else {
                return call.returnError("ESCAPE expression must be a single character")
            }
        }
        guard let pattern = pattern(call.text(0), style, escape) else { return call.returnInt(0) }
        guard let isMatch = pattern.matches(call.text(1), mustStop: { watch.mustStop() }) else {
            return call.returnInterrupted()
        }
        call.returnInt(isMatch ? 1 : 0)
    }

    fileprivate func format(_ call: FunctionCall) {
        guard call.count > 0, !call.isNull(0) else { return call.returnNull() }
        do throws(SQLFormat.Refusal) {
            let text = try SQLFormat.format(
                call.text(0), UnsafeBufferPointer(rebasing: call.arguments.dropFirst()), maxBytes: maxBytes)
            call.returnText(text)
        } catch {
            switch error {
            case .tooWide:
                call.returnError("a width or precision of printf is over \(SQLFormat.maxWidth): too large")
            case .tooLong: call.returnTooLong()
            case .memory: call.returnOutOfMemory()
            }
        }
    }

    fileprivate func instr(_ call: FunctionCall) {
        if call.hasNull { return call.returnNull() }
        if watch.mustStop() { return call.returnInterrupted() }
        let areBlobs = call.isBlob(0) && call.isBlob(1)
        let text = areBlobs ? call.blob(0) : call.text(0)
        guard let offset = Self.find(areBlobs ? call.blob(1) : call.text(1), in: text, from: 0) else {
            return call.returnInt(0)
        }
        var position = offset
        if !areBlobs {
            position = 0
            var index = 0
            while index < offset {
                PatternMatch.skip(text, &index)
                position += 1
            }
        }
        call.returnInt(position + 1)
    }

    fileprivate func replace(_ call: FunctionCall) {
        if call.hasNull { return call.returnNull() }
        if watch.mustStop() { return call.returnInterrupted() }
        let text = call.text(0)
        let part = call.text(1)
        let other = call.text(2)
        if part.isEmpty { return call.returnArgument(0) }
        var output: [UInt8] = []
        var start = 0
        while let found = Self.find(part, in: text, from: start) {
            output.append(contentsOf: text[start..<found])
            output.append(contentsOf: other)
            if output.count > maxBytes { return call.returnTooLong() }
            start = found + part.count
        }
        output.append(contentsOf: text[start...])
        if output.count > maxBytes { return call.returnTooLong() }
        call.returnText(output)
    }

    fileprivate func trim(_ call: FunctionCall, left: Bool, right: Bool) {
        if call.hasNull { return call.returnNull() }
        if watch.mustStop() { return call.returnInterrupted() }
        let text = call.text(0)
        var unwanted: Set<UInt32> = []
        let list = call.text(1)
        var index = 0
        while index < list.count { unwanted.insert(PatternMatch.scalar(list, &index)) }
        var start = 0
        var end = text.count
        while left, start < end {
            var after = start
            guard unwanted.contains(PatternMatch.scalar(text, &after)) else { break }
            start = after
        }
        while right, end > start {
            var before = end - 1
            while before > start, text[before] & 0xc0 == 0x80 { before -= 1 }
            var after = before
            guard unwanted.contains(PatternMatch.scalar(text, &after)), after == end else { break }
            end = before
        }
        call.returnText(text[start..<end])
    }

    /// Where `part` first stands in `text` at or behind `start`, in bytes.
    private static func find(_ part: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, from start: Int)
        -> Int?
    {
        if part.isEmpty { return start }
        guard let base = text.baseAddress,
            let found = memmem(base + start, text.count - start, part.baseAddress, part.count)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}

/// One call of an SQL function.
struct FunctionCall {
    let context: OpaquePointer
    let arguments: UnsafeBufferPointer<OpaquePointer?>

    var count: Int { arguments.count }
    var connection: OpaquePointer? { sqlite3_context_db_handle(context) }
    var hasNull: Bool { arguments.indices.contains { isNull($0) } }
    func isNull(_ index: Int) -> Bool { sqlite3_value_type(arguments[index]) == SQLITE_NULL }
    func isBlob(_ index: Int) -> Bool { sqlite3_value_type(arguments[index]) == SQLITE_BLOB }
    func text(_ index: Int) -> UnsafeRawBufferPointer {
        let start = sqlite3_value_text(arguments[index])
        return UnsafeRawBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(arguments[index])))
    }
    func blob(_ index: Int) -> UnsafeRawBufferPointer {
        let start = sqlite3_value_blob(arguments[index])
        return UnsafeRawBufferPointer(
            start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(arguments[index])))
    }
    func returnNull() { sqlite3_result_null(context) }
    func returnInt(_ value: Int) { sqlite3_result_int64(context, Int64(value)) }
    func returnArgument(_ index: Int) { sqlite3_result_value(context, arguments[index]) }
    func returnError(_ message: String) { sqlite3_result_error(context, message, -1) }
    func returnInterrupted() { sqlite3_result_error_code(context, SQLITE_INTERRUPT) }
    func returnTooLong() { sqlite3_result_error_toobig(context) }
    func returnOutOfMemory() { sqlite3_result_error_nomem(context) }
    func returnText(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { storage in
            storage.withMemoryRebound(to: CChar.self) { chars in
                if chars.isEmpty {
                    sqlite3_result_text(context, "", 0, shim_sqlite_transient())
                } else {
                    sqlite3_result_text64(
                        context, chars.baseAddress, UInt64(chars.count), shim_sqlite_transient(), UInt8(SQLITE_UTF8)
                    )
                }
            }
        }
        if done == nil { returnText(Array(bytes)) }
    }
}

// File-scope functions, so that they inherit no isolation.

private func call(
    _ context: OpaquePointer?, _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?,
    _ body: (SafeFunctions, FunctionCall) -> Void
) {
    guard let context, let owner = sqlite3_user_data(context) else { return }
    Unmanaged<SafeFunctions>.fromOpaque(owner)._withUnsafeGuaranteedRef { functions in
        let values = UnsafeBufferPointer(start: UnsafePointer(arguments), count: Int(count))
        body(functions, FunctionCall(context: context, arguments: values))
    }
}
private func callFormat(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.format($1) }
}
private func callLike(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.match($1, .like) }
}
private func callGlob(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.match($1, .glob) }
}
private func callInstr(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.instr($1) }
}
private func callReplace(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.replace($1) }
}
private func callTrim(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.trim($1, left: true, right: true) }
}
private func callLeftTrim(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.trim($1, left: true, right: false) }
}
private func callRightTrim(_ c: OpaquePointer?, _ n: Int32, _ a: UnsafeMutablePointer<OpaquePointer?>?) {
    call(c, n, a) { $0.trim($1, left: false, right: true) }
}
