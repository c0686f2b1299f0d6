extension FaultReply {
    /// The wire form of an answer to `request`: its content type and its pieces, events or the whole.
    public static func wire(_ answer: FaultAnswer, for request: FaultRequest) -> (type: String, pieces: [[UInt8]]) {
        let api = request.api ?? .openAI
        if request.wantsStream {
            return ("text/event-stream; charset=utf-8", answer.events(api).map { Array($0.utf8) })
        }
        return ("application/json", [Array(answer.body(api).utf8)])
    }

    /// A good answer, as the request asks for it: streamed with a chunk per event, or whole.
    public static func answer(_ answer: FaultAnswer = .hello, headers: [String] = [], pause: Int = 0) -> FaultReply
    {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            let actions = response(
                200, ["Content-Type: \(type)"] + headers, pieces, framing: request.wantsStream ? .chunked : .length)
            return pause == 0 ? actions : actions.flatMap { [$0, .pause(milliseconds: pause)] }
        }
    }

    /// A good answer whose end is the end of the connection.
    public static func answerUntilClose(_ answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            return response(200, ["Content-Type: \(type)"], pieces, framing: .close)
        }
    }

    /// A good answer after the text of a wire form was changed by `change`.
    public static func changed(
        _ answer: FaultAnswer = .hello, type: String? = nil, _ change: @escaping @Sendable (String) -> String
    ) -> FaultReply {
        FaultReply { request in
            let (usual, pieces) = wire(answer, for: request)
            let text = change(String(decoding: pieces.flatMap { $0 }, as: UTF8.self))
            return response(200, ["Content-Type: \(type ?? usual)"], [Array(text.utf8)])
        }
    }

    /// A good answer, one byte at a time in packets and chunks of their own.
    public static func bytewise(_ answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            let bytes = pieces.flatMap { $0 }
            if !request.wantsStream {
                return [
                    .send(head(200, ["Content-Type: \(type)", "Content-Length: \(bytes.count)"])),
                    .drip(bytes, size: 1, pauseMilliseconds: 0),
                ]
            }
            return [.send(head(200, ["Content-Type: \(type)", "Transfer-Encoding: chunked"]))]
                + bytes.map { .send(chunk([$0])) } + [.text("0\r\n\r\n")]
        }
    }

    /// A good answer whose headers or body come a byte at a time with pauses: a slow loris.
    public static func slow(headers: Bool, pause: Int, _ answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            let bytes = pieces.flatMap { $0 }
            let head = head(200, ["Content-Type: \(type)", "Content-Length: \(bytes.count)"])
            return headers
                ? [.drip(head, size: 1, pauseMilliseconds: pause), .send(bytes)]
                : [.send(head), .drip(bytes, size: 1, pauseMilliseconds: pause)]
        }
    }

    /// A good answer in the other form than the request asks for: whole where a stream is asked for, and the reverse.
    public static func otherForm(_ answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let api = request.api ?? .openAI
            return request.wantsStream
                ? response(200, ["Content-Type: application/json"], [Array(answer.body(api).utf8)])
                : response(
                    200, ["Content-Type: text/event-stream"], answer.events(api).map { Array($0.utf8) },
                    framing: .chunked)
        }
    }

    /// A good answer behind which the server ends the connection without having said so.
    public static func answerThenClose(_ answer: FaultAnswer = .hello) -> FaultReply {
        let good = FaultReply.answer(answer)
        return FaultReply { request in good.actions(request) + [.finish] }
    }

    /// A stream whose text never ends: the same delta again and again.
    public static func endless(text: String = "again ", pause: Int = 1) -> FaultReply {
        FaultReply { request in
            let api = request.api ?? .openAI
            let events = FaultAnswer([text]).events(api).map { Array($0.utf8) }
            let index = api == .openAI ? 1 : 2
            return [.send(head(200, ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"]))]
                + events[..<index].map { .send(chunk($0)) }
                + [.repeated(chunk(events[index]), count: .max, pauseMilliseconds: pause)]
        }
    }

    /// A good answer compressed with gzip, when the request accepts it.
    public static func gzipped(_ answer: FaultAnswer = .hello) -> FaultReply {
        FaultReply { request in
            let (type, pieces) = wire(answer, for: request)
            let bytes = FaultGzip.stored(pieces.flatMap { $0 })
            return response(200, ["Content-Type: \(type)", "Content-Encoding: gzip"], [bytes])
        }
    }

    /// A body of a few thousandths of `bytes` that inflates to `bytes` spaces.
    public static func gzipBomb(bytes: Int) -> FaultReply {
        FaultReply { request in
            let type = request.wantsStream ? "text/event-stream" : "application/json"
            return [
                .send(head(200, ["Content-Type: \(type)", "Content-Encoding: gzip", "Connection: close"])),
                .send(FaultGzip.bombHead),
                .repeated(FaultGzip.bombBlock, count: bytes / FaultGzip.bombBlockBytes + 1, pauseMilliseconds: 0),
                .send(FaultGzip.bombTail), .finish,
            ]
        }
    }
}
