extension Conversation {
    /// A result larger than so many bytes is shortened before anything is left out.
    public static let largeResultBytes = 1200
    private static let excerptHead = 600
    private static let excerptTail = 200

    /// The history made to fit into `limit` tokens.
    ///
    /// Results larger than ``largeResultBytes`` become excerpts, oldest first. When that is not enough, whole groups are
    /// left out, oldest first, and one note behind the goal says how many. The system text, the goal and the newest
    /// group always stay as they are; the newest user message goes last of all. A history that fits is returned as it
    /// is, so compacting twice is compacting once.
    ///
    /// - Throws: the kind `limit` when even the system text, the goal and the newest group do not fit.
    public func compacted(
        toTokens limit: Int, estimate: TokenEstimate = .byBytes
    ) throws(ModelError) -> Conversation {
        var sizes = entries.map { estimate.tokens(in: $0) }
        var total = sizes.reduce(systemTokens(estimate) + noteTokens(estimate), +)
        if total <= limit { return self }

        var result = self
        let groups = groups
        let newest = groups.last ?? 0..<0
        for index in 0..<newest.lowerBound {
            guard let shortened = Self.shortened(entries[index]) else { continue }
            result.entries[index] = shortened
            let size = estimate.tokens(in: shortened)
            total += size - sizes[index]
            sizes[index] = size
            if total <= limit { return result }
        }

        var gone = [Bool](repeating: false, count: entries.count)
        let droppable = groups.dropLast().filter { $0.lowerBound != goalIndex }
        let lastUser = droppable.last { if case .user = entries[$0.lowerBound] { true } else { false } }
        // From here on without the note, which changes with every group.
        total -= noteTokens(estimate)
        for group in droppable.filter({ $0 != lastUser }) + (lastUser.map { [$0] } ?? []) {
            for index in group {
                gone[index] = true
                total -= sizes[index]
            }
            result.leftOut += 1
            guard total + result.noteTokens(estimate) <= limit else { continue }
            result.entries = result.entries.indices.filter { !gone[$0] }.map { result.entries[$0] }
            return result
        }
        throw ModelError(
            .limit,
            "the history does not fit: the system text, the goal and the newest exchange take about "
                + "\(total + result.noteTokens(estimate)) tokens and \(limit) are left for them. Use a model with a "
                + "larger context window, or have tools return less.",
            attempts: 0)
    }

    /// The message with excerpts instead of large results; nil when there are none.
    private static func shortened(_ message: ModelMessage) -> ModelMessage? {
        guard case .toolResults(var results) = message else { return nil }
        var isShorter = false
        for index in results.indices where results[index].content.utf8.count > largeResultBytes {
            results[index].content = excerpt(results[index].content)
            isShorter = true
        }
        return isShorter ? .toolResults(results) : nil
    }

    /// The beginning and the end of a text, cut at whole characters, and how much is missing between them.
    static func excerpt(_ text: String) -> String {
        let bytes = text.utf8
        // Rounding down to a scalar takes at most three bytes more than asked for.
        let head = text.wholeScalar(bytes.index(bytes.startIndex, offsetBy: excerptHead))
        let tail = text.wholeScalar(bytes.index(bytes.endIndex, offsetBy: -excerptTail))
        let missing = bytes.distance(from: head, to: tail)
        return "\(text[..<head])\n[… \(missing) of \(bytes.count) bytes left out …]\n\(text[tail...])"
    }
}

extension String {
    /// The start of the character (Unicode scalar) that the byte at `index` belongs to.
    fileprivate func wholeScalar(_ index: Index) -> Index {
        var index = index
        while index > startIndex, index < endIndex, utf8[index] & 0xC0 == 0x80 { index = utf8.index(before: index) }
        return index
    }
}
