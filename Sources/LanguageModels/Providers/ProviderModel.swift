public import HTTPClient
public import Services
internal import Values

/// A model behind HTTP. It makes one attempt per call: retries, breakers, limits and fallbacks stand around it.
///
/// What comes back, errors included, passes a redactor that knows the key, also where the key is split over deltas.
public struct ProviderModel: LanguageModel {
    /// How the model is reached.
    public let configuration: ProviderConfiguration
    private let sender: any HTTPSender
    private let time: any TimeSource
    private let redactor: Redactor

    /// What is known of the model.
    public var profile: ModelProfile { configuration.profile }

    /// Makes a model.
    /// - Parameters:
    ///   - sender: sends the requests.
    ///   - time: for dates in `Retry-After`.
    ///   - keys: further keys that must not come out, such as those of the other models of a chain.
    public init(
        _ configuration: ProviderConfiguration, sender: any HTTPSender, time: any TimeSource = SystemTime(),
        keys: [ModelKey] = []
    ) {
        self.configuration = configuration
        self.sender = sender
        self.time = time
        redactor = Redactor(
            keys: keys + [configuration.key].compactMap { $0 }, others: configuration.secrets)
    }

    /// Asks the provider once.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        try check(request)
        let response: HTTPResponse
        do throws(HTTPFailure) { response = try await sender.send(httpRequest(request, call)) } catch {
            throw finished(WireFailure.error(error))
        }
        guard (200..<300).contains(response.status) else { throw await failure(response) }
        var attempt = Attempt(
            response: response, reader: AnswerReader(decoder, redactor: redactor),
            bodyLimit: configuration.limits.bodyBytes)
        do throws(ModelError) {
            let reply = try await attempt.run(onParts: call.onParts)
            await response.body.finish()
            return reply
        } catch {
            response.body.cancel()
            var error = error
            error.partialText = attempt.reader.partialText()
            error.hasPassedParts = attempt.hasPassedParts
            error.status = error.status ?? response.status
            throw finished(error)
        }
    }

    private var decoder: any WireDecoder {
        switch configuration.api {
        case .chat: ChatDecoder()
        case .messages: MessagesDecoder()
        }
    }

    /// The request as it goes out.
    func httpRequest(_ request: ModelRequest, _ call: ModelCall) -> HTTPRequest {
        let tokens = request.maxOutputTokens ?? profile.maxOutputTokens
        let body =
            switch configuration.api {
            case .chat:
                ChatRequest(
                    request: request, model: profile.model, maxOutputTokens: tokens, quirks: configuration.quirks
                ).json
            case .messages:
                MessagesRequest(
                    request: request, model: profile.model, maxOutputTokens: tokens, quirks: configuration.quirks
                ).json
            }
        var limits = configuration.limits
        if let timeout = call.timeout { limits.total = min(limits.total, timeout) }
        return HTTPRequest(
            url: configuration.url,
            headers: configuration.requestHeaders(callID: call.id, streams: request.streams), body: body.bytes(),
            limits: limits)
    }

    /// What the provider would refuse anyway.
    private func check(_ request: ModelRequest) throws(ModelError) {
        let quirks = configuration.quirks
        func refuse(_ message: String) -> ModelError { ModelError(.badRequest, message, attempts: 0) }
        if request.stop.count > quirks.stopLimit {
            throw refuse(
                "\(profile.provider) takes at most \(quirks.stopLimit) stop texts, not \(request.stop.count)")
        }
        if request.stop.contains(where: { $0.utf8.count > quirks.stopByteLimit }) {
            throw refuse("\(profile.provider) takes stop texts of at most \(quirks.stopByteLimit) bytes")
        }
        if request.tools.count > quirks.toolLimit {
            throw refuse("\(profile.provider) takes at most \(quirks.toolLimit) tools, not \(request.tools.count)")
        }
    }

    /// The error that a response without success is. Its body is read as far as it is useful.
    private func failure(_ response: HTTPResponse) async -> ModelError {
        var body: [UInt8] = []
        var isCancelled = false
        do throws(HTTPFailure) {
            while body.count < WireFailure.bodyLimit, let piece = try await response.body.next() { body += piece }
        } catch {
            // The status alone says enough.
            isCancelled = error.kind == .cancelled
        }
        response.body.cancel()
        if isCancelled { return finished(WireFailure.error(HTTPFailure(.cancelled, "the call was cancelled"))) }
        var error = WireFailure.error(
            status: response.status, body: Array(body.prefix(WireFailure.bodyLimit)))
        error.retryAfter = RetryAfter.wait(now: time.now(), header: response.header)
        error.shouldRetry = RetryAfter.shouldRetry(header: response.header)
        return finished(error)
    }

    private func finished(_ error: ModelError) -> ModelError {
        var error = error
        error.message = WireFailure.clean(error.message, redactor)
        return error
    }
}
