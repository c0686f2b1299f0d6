/// What a connection knows as a WebSocket. Loop's thread only.
final class WebSocketState {
    let handle: WebSocketConnection
    let upgrade: WebSocketUpgrade
    var decoder: WebSocketDecoder
    let agreement: DeflateAgreement?
    /// Compresses with memory of earlier messages; nil where messages are compressed each by itself.
    let ownDeflater: Deflater?
    var isAwaitingPong = false
    var hasSentClose = false
    var hasLeft = false
    /// The parts of broadcasts that the connection takes part in.
    var parts: [BroadcastPart] = []

    init(
        _ handle: WebSocketConnection, _ upgrade: WebSocketUpgrade, _ agreement: DeflateAgreement?,
        shared: Inflater?
    ) {
        self.handle = handle
        self.upgrade = upgrade
        self.agreement = agreement
        var inflater: MessageInflater?
        if let agreement, let stream = agreement.clientKeepsContext ? Inflater() : shared {
            inflater = MessageInflater(stream: stream, keepsContext: agreement.clientKeepsContext)
        }
        decoder = WebSocketDecoder(messageLimit: upgrade.messageBytes, inflater: inflater)
        ownDeflater =
            agreement?.serverKeepsContext == true
            ? Deflater(level: 1, windowBits: -(agreement?.windowBits ?? 15)) : nil
    }

    /// Whether a frame that was compressed by itself, with the largest window, can be sent as it is.
    var takesSharedCompression: Bool { agreement?.windowBits == 15 && ownDeflater == nil }

    /// Bytes beyond which a connection is closed, whatever its policy: control frames cannot be shed.
    var hardLimit: Int { 2 * upgrade.outboxBytes + 2 * upgrade.messageBytes + 64 << 10 }
}

extension Connection {
    /// Turns the connection into a WebSocket, after the head that answers the handshake.
    func become(_ upgrade: WebSocketUpgrade, head: HTTPRequestHead, response: HTTPFields) {
        guard case .http(let exchange) = phase, !endsAfterWriting else { return }
        let accept: String
        do {
            accept = try WebSocketHandshake.accept(head)
        } catch {
            var refusal = HTTPResponse.text("\(error.status): \(error.reason).\n", status: error.status)
            if error.status == 426 { refusal.fields = ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"] }
            return respond(ResponsePlan(refusal, to: head, date: home.date()))
        }
        if home.isDraining { return respond(ResponsePlan(.text("", status: 503), to: head, date: home.date())) }
        let agreement = DeflateAgreement(offers: head.fields, upgrade)
        var text = "HTTP/1.1 101 Switching Protocols\r\nDate: \(home.date())\r\nUpgrade: websocket\r\n"
        text += "Connection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n"
        if let agreement { text += "Sec-WebSocket-Extensions: \(agreement.response)\r\n" }
        if let name = upgrade.subprotocol { text += "Sec-WebSocket-Protocol: \(name)\r\n" }
        for field in response.entries { text += "\(field.name): \(field.value)\r\n" }
        append(WireBytes(Array((text + "\r\n").utf8)))
        let handle = WebSocketConnection(self, head: head, limit: upgrade.outboxBytes)
        let state = WebSocketState(handle, upgrade, agreement, shared: agreement == nil ? nil : home.inflater)
        phase = .webSocket(state)
        home.counts.webSockets += 1
        pauses = []
        setDeadline(settings.pingInterval)
        upgrade.handler.onOpen(handle)
        var leftover = exchange.leftover
        exchange.leftover = []
        leftover.withUnsafeMutableBytes { receivedFrames($0, state) }
        if tls != nil { loop.post { self.readable() } }
        updateInterest()
    }

    /// Bytes in the phase of WebSocket.
    func receivedFrames(_ bytes: UnsafeMutableRawBufferPointer, _ state: WebSocketState) {
        state.isAwaitingPong = false
        if !state.hasSentClose { setDeadline(settings.pingInterval) }
        var position = 0
        while let event = state.decoder.next(bytes, &position) {
            if isClosed { return }
            switch event {
            case .text(let payload):
                home.counts.messages += 1
                deliver(payload, bytes, state) { state.upgrade.handler.onText($0, state.handle) }
            case .binary(let payload):
                home.counts.messages += 1
                deliver(payload, bytes, state) { state.upgrade.handler.onBinary($0, state.handle) }
            case .ping(let payload):
                if !state.hasSentClose { append(WireBytes(WebSocketEncoder.frame(.pong, payload))) }
                if outbox.byteCount > state.hardLimit { return close() }
            case .pong: break
            case .close(let code, let reason): peerClosed(state, code, reason)
            case .failed(let failure):
                home.counts.refusals += 1
                leaveWebSocket(state, failure.code, failure.reason)
                sendClose(state, failure.code, failure.reason)
                endAfterWriting()
            }
        }
        if case .stopReading = state.upgrade.whenFull, outbox.byteCount > state.upgrade.outboxBytes {
            pauses.insert(.outbox)
        }
    }

    private func deliver(
        _ payload: WebSocketDecoder.Payload, _ input: UnsafeMutableRawBufferPointer, _ state: WebSocketState,
        _ body: (Span<UInt8>) -> Void
    ) {
        // After its own close frame the server listens only for the answer.
        if state.hasSentClose { return }
        switch payload {
        case .input(let range):
            let bytes = UnsafeRawBufferPointer(rebasing: input[range]).bindMemory(to: UInt8.self)
            body(bytes.span)
        case .bytes(let bytes): body(bytes.span)
        }
    }

    private func peerClosed(_ state: WebSocketState, _ code: WebSocketCloseCode, _ reason: String) {
        leaveWebSocket(state, code, reason)
        sendClose(state, code, "")
        endAfterWriting()
    }

    // MARK: sending

    /// Sends a message, compressed if that was agreed upon and is worth it.
    func send(_ frame: SharedFrame) {
        guard case .webSocket(let state) = phase, !state.hasSentClose else { return }
        var bytes = frame.wire
        if let agreement = state.agreement, frame.payload.count >= state.upgrade.compression.leastBytes {
            let deflater = state.ownDeflater ?? home.deflater(windowBits: agreement.windowBits)
            if let packed = deflater?.message(frame.payload, keepsContext: state.ownDeflater != nil) {
                bytes = WireBytes(WebSocketEncoder.frame(frame.opcode, packed, isCompressed: true))
            }
        }
        enqueue(Outbox.Item(bytes: bytes, messages: 1), state)
    }

    /// Adds messages that are ready for the wire, and makes room for them or closes, as the policy says.
    func enqueue(_ item: Outbox.Item, _ state: WebSocketState) {
        let limit = state.upgrade.outboxBytes
        if outbox.byteCount + item.bytes.count > limit {
            flush()
            guard !isClosed else { return }
            if outbox.byteCount + item.bytes.count > limit { makeRoom(for: item, state) }
            guard case .webSocket = phase, !state.hasSentClose else { return }
        }
        outbox.append(item)
        mark()
    }

    private func makeRoom(for item: Outbox.Item, _ state: WebSocketState) {
        switch state.upgrade.whenFull {
        case .dropOldest:
            let shed = outbox.shed(downTo: max(0, state.upgrade.outboxBytes - item.bytes.count))
            home.counts.shedMessages += Int(shed)
            if outbox.byteCount > state.hardLimit { close() }
        case .close:
            // A message that is larger than the limit still goes when nothing else waits.
            if !outbox.isEmpty { closeOverfull(state) }
        case .stopReading:
            if outbox.byteCount > state.hardLimit { closeOverfull(state) } else { pauses.insert(.outbox) }
        }
    }

    private func closeOverfull(_ state: WebSocketState) {
        home.counts.shedConnections += 1
        closeWebSocket(.tryAgainLater, "too slow")
    }

    /// Messages that never reached the loop.
    func lostMessages(_ count: Int) {
        guard count > 0, case .webSocket(let state) = phase, !state.hasSentClose else { return }
        home.counts.shedMessages += count
        switch state.upgrade.whenFull {
        case .dropOldest:
            outbox.countLost(UInt64(count), placeholder: home.nothing)
            mark()
        case .close, .stopReading: closeOverfull(state)
        }
    }

    /// Puts the notice of what was shed into words: it is the next thing to be written.
    func resolveNotice() {
        guard case .webSocket(let state) = phase, case .dropOldest(let notice) = state.upgrade.whenFull else {
            return outbox.resolveNotice(home.nothing)
        }
        let payload = notice(outbox.shedMessages)
        outbox.resolveNotice(WireBytes(WebSocketEncoder.frame(.text, payload)))
    }

    /// Something has been written; reading may go on.
    func roomWasMade(_ state: WebSocketState) {
        guard pauses.contains(.outbox), outbox.byteCount <= state.upgrade.outboxBytes / 2 else { return }
        pauses.remove(.outbox)
        // Not from here: reading could come back to this place.
        if !isClosed { loop.post { self.readable() } }
    }

    // MARK: closing

    /// Begins the closing handshake.
    func closeWebSocket(_ code: WebSocketCloseCode, _ reason: String) {
        guard case .webSocket(let state) = phase, !state.hasSentClose else { return }
        leaveWebSocket(state, code, reason)
        sendClose(state, code, reason)
        pauses = []
        updateInterest()
    }

    private func sendClose(_ state: WebSocketState, _ code: WebSocketCloseCode, _ reason: String) {
        if state.hasSentClose { return }
        state.hasSentClose = true
        append(WireBytes(WebSocketEncoder.frame(.close, WebSocketEncoder.closePayload(code, reason))))
        setDeadline(settings.closeTimeout)
    }

    /// Leaves the broadcasts and tells the handler, once.
    func leaveWebSocket(_ state: WebSocketState, _ code: WebSocketCloseCode, _ reason: String) {
        if state.hasLeft { return }
        state.hasLeft = true
        home.counts.webSockets -= 1
        for part in state.parts { part.remove(self) }
        state.parts = []
        state.upgrade.handler.onClose(state.handle, code, reason)
    }

    /// Nothing came for long: the client is asked whether it is there, and given up if it has been asked before.
    func timeIsUp(_ state: WebSocketState) {
        if state.hasSentClose { return close() }
        // Whoever is not read from cannot show that it is there.
        if !pauses.isEmpty { return setDeadline(settings.pingInterval) }
        if state.isAwaitingPong { return close() }
        state.isAwaitingPong = true
        append(WireBytes([0x89, 0]))
        setDeadline(settings.pongTimeout)
    }
}
