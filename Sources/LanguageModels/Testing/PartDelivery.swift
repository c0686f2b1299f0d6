/// How a model that knows its whole answer beforehand passes the parts on: as a stream would come.
public struct PartDelivery: Sendable, Hashable {
    /// Texts, reasoning and arguments longer than so many bytes come in several parts, cut between characters; nil
    /// passes each on as it is.
    public var pieceBytes: Int?
    /// How many parts come at once; nil means all.
    public var batchParts: Int?

    /// Makes a way of delivering. Numbers below 1 count as 1.
    public init(pieceBytes: Int? = nil, batchParts: Int? = nil) {
        self.pieceBytes = pieceBytes.map { max(1, $0) }
        self.batchParts = batchParts.map { max(1, $0) }
    }

    /// Everything at once.
    public static let whole = PartDelivery()

    /// `parts` cut to ``pieceBytes``.
    func pieces(of parts: [ModelPart]) -> [ModelPart] {
        guard let pieceBytes else { return parts }
        return parts.flatMap { part -> [ModelPart] in
            switch part {
            case .text(let text): Self.cut(text, pieceBytes).map { .text($0) }
            case .reasoning(let text): Self.cut(text, pieceBytes).map { .reasoning($0) }
            case .toolCallArguments(let index, let text):
                Self.cut(text, pieceBytes).map { .toolCallArguments(index: index, fragment: $0) }
            case .toolCallStarted, .usage, .finish: [part]
            }
        }
    }

    /// Passes `parts` on, batch by batch; returns the text that was passed on.
    ///
    /// - Throws: `cancelled` as soon as the task is, with the text so far.
    func deliver(_ parts: [ModelPart], to call: ModelCall) async throws(ModelError) -> String {
        let parts = pieces(of: parts)
        var passed = ""
        var start = 0
        while start < parts.count {
            if Task.isCancelled { throw .cancelledCall(partialText: passed, hasPassedParts: start > 0) }
            let end = min(parts.count, start + (batchParts ?? parts.count))
            await call.onParts?(Array(parts[start..<end]))
            for case .text(let text) in parts[start..<end] { passed += text }
            start = end
        }
        return passed
    }

    private static func cut(_ text: String, _ limit: Int) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for character in text {
            piece.append(character)
            guard piece.utf8.count >= limit else { continue }
            pieces.append(piece)
            piece = ""
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }
}

extension ModelError {
    /// The task that made the call was cancelled.
    static func cancelledCall(partialText: String = "", hasPassedParts: Bool = false) -> ModelError {
        ModelError(
            .cancelled, "the call was cancelled", partialText: partialText, hasPassedParts: hasPassedParts)
    }
}
