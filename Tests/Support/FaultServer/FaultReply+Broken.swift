extension FaultReply {
    /// How a response breaks off.
    public enum Break: String, Sendable, CaseIterable {
        /// Nothing more comes; the connection stays.
        case hang
        /// The connection is reset.
        case reset
        /// The connection ends in order, in the middle of a chunk or before the promised length.
        case finish
    }

    /// Nothing at all: the connection hangs or ends before the first byte of a response.
    public static func silent(_ how: Break) -> FaultReply { .raw([action(how)]) }

    /// A head and no byte of the body.
    public static func headOnly(_ how: Break) -> FaultReply {
        FaultReply { request in
            let type = request.wantsStream ? "text/event-stream" : "application/json"
            return [.send(head(200, ["Content-Type: \(type)", "Content-Length: 1000"])), action(how)]
        }
    }

    /// A good answer that breaks off behind `events` events, or in the middle of a whole body.
    public static func broken(_ how: Break, afterEvents events: Int, of answer: FaultAnswer = .hello) -> FaultReply
    {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            if request.wantsStream {
                return [.send(head(200, ["Content-Type: \(type)", "Transfer-Encoding: chunked"]))]
                    + pieces.prefix(events).map { .send(chunk($0)) } + [action(how)]
            }
            let bytes = pieces.flatMap { $0 }
            return [
                .send(head(200, ["Content-Type: \(type)", "Content-Length: \(bytes.count)"])),
                .send(Array(bytes.prefix(bytes.count / 2))), action(how),
            ]
        }
    }

    /// A stream that ends in order, as HTTP sees it, behind `events` events; a whole answer cut in half.
    public static func cut(afterEvents events: Int, of answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            if request.wantsStream {
                return response(200, ["Content-Type: \(type)"], Array(pieces.prefix(events)), framing: .chunked)
            }
            let bytes = pieces.flatMap { $0 }
            return response(200, ["Content-Type: \(type)"], [Array(bytes.prefix(bytes.count / 2))])
        }
    }

    /// A stream whose event number `events` is half an object, followed by the rest; a whole answer cut in half.
    public static func brokenEvent(afterEvents events: Int, of answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            if request.wantsStream {
                let half = pieces[events].prefix(pieces[events].count * 2 / 3) + Array("\n\n".utf8)
                return response(
                    200, ["Content-Type: \(type)"], pieces[..<events] + [Array(half)] + pieces[(events + 1)...],
                    framing: .chunked)
            }
            let bytes = pieces.flatMap { $0 }
            return response(200, ["Content-Type: \(type)"], [Array(bytes.prefix(bytes.count / 2))])
        }
    }

    /// An error object where the rest of an answer belongs: behind `events` events, with status 200.
    public static func midStreamError(
        type: String, afterEvents events: Int, of answer: FaultAnswer = .hello
    ) -> FaultReply {
        FaultReply { request in
            let api = request.api ?? .openAI
            let body = errorBody(api, type: type, message: "it went wrong on the way")
            guard request.wantsStream else {
                return response(200, ["Content-Type: application/json"], [Array(body.utf8)])
            }
            let (contentType, pieces) = wire(answer, for: request)
            let event = (api == .anthropic ? "event: error\n" : "") + "data: \(body)\n\n"
            return response(
                200, ["Content-Type: \(contentType)"], Array(pieces.prefix(events)) + [Array(event.utf8)],
                framing: .chunked)
        }
    }

    /// A good answer in which the text holds bytes that are no UTF-8.
    public static let invalidUTF8 = FaultReply { request in
        let (type, pieces) = wire(FaultAnswer(["ab", "MARK", "cd"]), for: request)
        let mark = Array("MARK".utf8)
        let bytes = pieces.map { piece -> [UInt8] in
            guard let at = piece.indices.first(where: { piece[$0...].starts(with: mark) }) else { return piece }
            return piece[..<at] + [0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80] + piece[(at + 4)...]
        }
        return response(200, ["Content-Type: \(type)"], bytes, framing: .chunked)
    }

    /// A good answer whose text is one delta of so many bytes.
    public static func giant(bytes: Int) -> FaultReply {
        answer(FaultAnswer([String(repeating: "g", count: bytes)]))
    }

    /// JSON nested so many levels deep.
    public static func deep(levels: Int) -> FaultReply {
        FaultReply { request in
            let nested = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
            let (type, pieces) = wire(.hello, for: request)
            let body = request.wantsStream ? "data: \(nested)\n\n" : nested
            return response(
                200, ["Content-Type: \(type)"], [Array(body.utf8)] + (request.wantsStream ? pieces : []))
        }
    }

    private static func action(_ how: Break) -> FaultAction {
        switch how {
        case .hang: .hang
        case .reset: .reset
        case .finish: .finish
        }
    }
}
