/// A request that waits for its answer, and where the answer goes.
struct PendingRequest: Sendable {
    var connection: Connection
    var request: HTTPRequest
}

extension Connection {
    /// Bytes of later requests that are taken while one is being answered.
    private static var leftoverLimit: Int { 64 << 10 }

    /// Bytes in the phase of HTTP.
    func receivedHTTP(_ bytes: UnsafeMutableRawBufferPointer, _ exchange: HTTPExchange) {
        let input = UnsafeRawBufferPointer(bytes).bindMemory(to: UInt8.self)
        var position = 0
        exchange.isReading = true
        defer { exchange.isReading = false }
        while position < input.count || !exchange.isBusy {
            if exchange.isBusy {
                exchange.leftover.append(contentsOf: input[position...])
                if exchange.leftover.count >= Self.leftoverLimit { pauses.insert(.pipeline) }
                return
            }
            if endsAfterWriting { return }
            switch exchange.parser.next(input.span, &position) {
            case .needsMore: return waitForMore(exchange)
            case .head(let head): receivedHead(head, exchange)
            case .body(let range): exchange.body.append(contentsOf: input[range])
            case .end(let trailers): complete(exchange, trailers)
            case .refused(let refusal): return refuse(refusal, exchange)
            }
        }
    }

    /// Sets the deadline of what is awaited: each stage of a request has one from its beginning, however slowly the
    /// bytes drip.
    private func waitForMore(_ exchange: HTTPExchange) {
        if hasPeerEnded { return endAfterWriting() }
        let stage: HTTPExchange.Stage =
            exchange.parser.isInsideBody ? .body : exchange.parser.isInsideRequest ? .head : .idle
        if stage == exchange.stage { return }
        exchange.stage = stage
        switch stage {
        case .idle: setDeadline(settings.idleTimeout)
        case .head: setDeadline(settings.headerTimeout)
        case .body: setDeadline(settings.bodyTimeout)
        case .none, .busy: setDeadline(nil)
        }
    }

    private func receivedHead(_ head: HTTPRequestHead, _ exchange: HTTPExchange) {
        var head = head
        head.peer = peer
        head.isSecure = tls != nil
        exchange.head = head
        exchange.body = []
        switch settings.admit(head) {
        case .accept(let limit):
            do {
                try exchange.parser.admit(bodyBytes: limit ?? settings.limits.bodyBytes)
            } catch {
                return refuse(error, exchange)
            }
            if head.expectsContinue { append(home.continueLine) }
        case .refuse(let response):
            // Without a body the connection can go on; an unread body would have to be read first.
            exchange.head = nil
            home.counts.refusals += 1
            respond(
                ResponsePlan(
                    decorated(response, head), to: head, date: home.date(), isClosing: head.framing != .none))
        }
    }

    private func decorated(_ response: HTTPResponse, _ head: HTTPRequestHead?) -> HTTPResponse {
        var response = response
        settings.decorate(head, &response)
        return response
    }

    private func complete(_ exchange: HTTPExchange, _ trailers: HTTPFields) {
        guard let head = exchange.head else { return }
        exchange.head = nil
        exchange.isBusy = true
        exchange.stage = .busy
        setDeadline(nil)
        home.counts.requests += 1
        let request = HTTPRequest(head: head, body: exchange.body, trailers: trailers)
        exchange.body = []
        home.feed.put(PendingRequest(connection: self, request: request))
    }

    private func refuse(_ refusal: HTTPRefusal, _ exchange: HTTPExchange) {
        home.counts.refusals += 1
        let response = HTTPResponse.text("\(refusal.status): \(refusal.reason).\n", status: refusal.status)
        respond(
            ResponsePlan(decorated(response, exchange.head), to: exchange.head, date: home.date(), isClosing: true))
    }

    /// A stage has taken too long.
    func timeIsUp(_ exchange: HTTPExchange) {
        switch exchange.stage {
        case .none, .idle: close()
        case .head, .body:
            home.counts.timeouts += 1
            refuse(HTTPRefusal(408, "the request did not come in time"), exchange)
        case .busy:
            // A stream of events that has been silent: a comment keeps proxies and browsers from giving it up.
            guard exchange.writer?.isEvents == true else { return }
            if outbox.isEmpty { appendPiece(Array(": \n\n".utf8), isCounted: false) }
            setDeadline(settings.heartbeat)
        }
    }

    // MARK: the response, on the loop

    /// Writes a response that is complete.
    func respond(_ plan: ResponsePlan) {
        guard case .http(let exchange) = phase, !endsAfterWriting else { return }
        if plan.body.count <= 16 << 10 {
            append(WireBytes(plan.head, plan.body))
        } else {
            append(WireBytes(plan.head))
            append(WireBytes(plan.body))
        }
        finishResponse(exchange, keepsAlive: plan.keepsAlive)
    }

    /// Writes the head of a response whose body comes through `writer`.
    func begin(_ plan: ResponsePlan, _ writer: HTTPBodyWriter) {
        guard case .http(let exchange) = phase, !endsAfterWriting else { return writer.close() }
        append(WireBytes(plan.head))
        exchange.writer = writer
        exchange.isChunked = plan.framing == .chunked
        exchange.closesAfter = exchange.closesAfter || !plan.keepsAlive
        if writer.isEvents {
            if home.isDraining { writer.close() }
            setDeadline(settings.heartbeat)
        }
    }

    /// Adds a piece to the response that comes through a writer.
    func appendPiece(_ piece: [UInt8], isCounted: Bool = true) {
        guard case .http(let exchange) = phase, exchange.writer != nil, !piece.isEmpty else { return }
        let bytes =
            exchange.isChunked
            ? WireBytes(Array((String(piece.count, radix: 16) + "\r\n").utf8), piece, [0x0D, 0x0A])
            : WireBytes(piece)
        append(bytes)
        if isCounted { exchange.count(piece.count) }
        if exchange.writer?.isEvents == true { setDeadline(settings.heartbeat) }
    }

    /// Ends the response that comes through a writer. One that failed is broken off, so that the client can tell.
    func finishStream(isComplete: Bool) {
        guard case .http(let exchange) = phase, exchange.writer != nil else { return }
        guard isComplete else { return close() }
        if exchange.isChunked { append(WireBytes(Array("0\r\n\r\n".utf8))) }
        finishResponse(exchange, keepsAlive: true)
    }

    /// Goes on to the next request, or to the end.
    private func finishResponse(_ exchange: HTTPExchange, keepsAlive: Bool) {
        exchange.finish()
        guard keepsAlive, !exchange.closesAfter, !home.isDraining else { return endAfterWriting() }
        exchange.stage = .none
        if exchange.isReading { return }
        pauses.remove(.pipeline)
        var leftover = exchange.leftover
        exchange.leftover = []
        leftover.withUnsafeMutableBytes { receivedHTTP($0, exchange) }
        if pauses.isEmpty && tls != nil { loop.post { self.readable() } }
        updateInterest()
    }
}
