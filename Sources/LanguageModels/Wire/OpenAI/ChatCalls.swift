internal import Values

/// Finds out which call a fragment belongs to. Only `index` is promised in a `tool_calls` delta, and not every server
/// keeps even that: identifiers and names come late, twice or never, indices are missing or the same for all.
struct ChatCalls: Sendable {
    private var calls: [Call] = []
    private var usedIDs: Set<String> = []

    private struct Call {
        var wireIndex: Int?
        var wireID: String?
        var name = ""
        /// Fragments that came before the call could be announced.
        var held = ""
        var hasArguments = false
        var isStarted = false
        var scanner = ObjectScanner()
    }

    private struct Entry {
        var index: Int?
        var id: String?
        var name: String?
        var arguments: String?
    }

    /// Whether the answer asks for no call.
    var isEmpty: Bool { calls.isEmpty }

    /// Takes the entries of one `tool_calls` list; in a whole answer each is a call of its own.
    mutating func take(_ entries: [JSON], isWhole: Bool, into items: inout [WireItem]) throws(ModelError) {
        var touched: Set<Int> = []
        for json in entries where json.object != nil {
            let function = json["function"] ?? json
            let entry = Entry(
                index: json["index"]?.int, id: Self.filled(json["id"]), name: Self.filled(function["name"]),
                arguments: Self.arguments(function["arguments"]))
            let known = isWhole ? nil : position(of: entry, touched: touched)
            let position = if let known { known } else { try open(entry) }
            touched.insert(position)
            add(entry, at: position, into: &items)
        }
    }

    /// Takes a `function_call` of the API before tools: there is only one.
    mutating func take(legacy json: JSON, into items: inout [WireItem]) throws(ModelError) {
        let entry = Entry(
            index: -1, id: nil, name: Self.filled(json["name"]), arguments: Self.arguments(json["arguments"]))
        let known = calls.firstIndex { $0.wireIndex == -1 }
        let position = if let known { known } else { try open(entry) }
        add(entry, at: position, into: &items)
    }

    /// Announces the calls that wait for a name or an identifier which never came.
    mutating func end(into items: inout [WireItem]) {
        for position in calls.indices where !calls[position].isStarted { start(position, into: &items) }
    }

    /// The call that an entry continues; nil when it begins one.
    private func position(of entry: Entry, touched: Set<Int>) -> Int? {
        if let index = entry.index {
            guard let position = calls.lastIndex(where: { $0.wireIndex == index }) else { return nil }
            return isContinued(position, by: entry) ? position : nil
        }
        if let id = entry.id {
            if let position = calls.lastIndex(where: { $0.wireID == id }) {
                return isContinued(position, by: entry) ? position : nil
            }
            // An identifier that comes after the rest of its call.
            guard let last = calls.indices.last, calls[last].wireID == nil, entry.name == nil else { return nil }
            return last
        }
        guard let last = calls.indices.last else { return nil }
        if entry.name != nil, touched.contains(last) { return nil }
        return isContinued(last, by: entry) ? last : nil
    }

    /// Whether an entry whose place is that of the call at `position` belongs to it, and not to a new call in the
    /// same place.
    private func isContinued(_ position: Int, by entry: Entry) -> Bool {
        let call = calls[position]
        if let id = entry.id, let known = call.wireID, id != known { return false }
        guard let name = entry.name, !call.name.isEmpty, call.hasArguments else { return true }
        if name != call.name { return false }
        // The name again is a repetition while the arguments are open; after that it is another call of the tool.
        return !(call.scanner.isClosed && entry.arguments?.isEmpty == false && entry.id == nil)
    }

    private mutating func open(_ entry: Entry) throws(ModelError) -> Int {
        guard calls.count < toolCallLimit else { throw .tooManyCalls }
        calls.append(Call(wireIndex: entry.index))
        return calls.count - 1
    }

    private mutating func add(_ entry: Entry, at position: Int, into items: inout [WireItem]) {
        if !calls[position].isStarted {
            if calls[position].wireID == nil { calls[position].wireID = entry.id }
            if let name = entry.name { calls[position].name = name }
        }
        if let fragment = entry.arguments, !fragment.isEmpty {
            calls[position].hasArguments = true
            calls[position].scanner.take(fragment)
            if calls[position].isStarted {
                items.append(.part(.toolCallArguments(index: position, fragment: fragment)))
            } else {
                calls[position].held += fragment
            }
        }
        let call = calls[position]
        if !call.isStarted, !call.name.isEmpty, call.wireID != nil || call.hasArguments {
            start(position, into: &items)
        }
    }

    private mutating func start(_ position: Int, into items: inout [WireItem]) {
        let call = calls[position]
        calls[position].isStarted = true
        calls[position].held = ""
        var id = call.wireID ?? "call_\(position + 1)"
        if usedIDs.contains(id) {
            let plain = "call_\(position + 1)"
            id = plain
            var number = 2
            while usedIDs.contains(id) {
                id = "\(plain)_\(number)"
                number += 1
            }
        }
        usedIDs.insert(id)
        items.append(.part(.toolCallStarted(index: position, id: id, name: call.name)))
        if !call.held.isEmpty { items.append(.part(.toolCallArguments(index: position, fragment: call.held))) }
    }

    private static func filled(_ value: JSON?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }

    /// The fragment; some servers send the object itself.
    private static func arguments(_ value: JSON?) -> String? {
        guard let value, !value.isNull else { return nil }
        return value.string ?? value.description
    }
}
