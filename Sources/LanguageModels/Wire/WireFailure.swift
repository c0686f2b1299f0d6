internal import HTTPClient
internal import Values

/// How responses that are no answers, and requests without a response, become errors.
enum WireFailure {
    /// Bytes of an error's body that are read.
    static let bodyLimit = 64 << 10
    /// Characters of a message that are kept.
    static let messageLimit = 500

    /// A response whose status is no success.
    static func error(status: Int, body: [UInt8]) -> ModelError {
        let told = WireErrorBody(httpBody: body)
        let kind = kind(of: status, told)
        let words =
            switch kind {
            case .redirect:
                "the provider redirects (status \(status)), and a key must not travel; set the base URL itself"
            case .auth: "the provider does not accept the key (status \(status))\(told.suffix)"
            case .quota: "the provider says that the account has nothing left (status \(status))\(told.suffix)"
            case .rateLimit: "the provider takes no more requests for now (status \(status))\(told.suffix)"
            case .notFound: "the provider has no such model or path (status \(status))\(told.suffix)"
            case .badRequest: "the provider does not accept the request (status \(status))\(told.suffix)"
            case .server: "the provider failed (status \(status))\(told.suffix)"
            default: "the provider answered with status \(status), which no model API does\(told.suffix)"
            }
        return ModelError(kind, words, status: status)
    }

    private static func kind(of status: Int, _ told: WireErrorBody) -> ModelError.Kind {
        switch status {
        case 300..<400: .redirect
        case 402: .quota
        case 400..<500 where told.isQuota: .quota
        case 401, 403: .auth
        case 404: .notFound
        case 408, 409: .server
        case 429: .rateLimit
        case 400, 413, 422: .badRequest
        case 500..<600: .server
        default: .protocol
        }
    }

    /// A request without a response, or a response that broke off.
    static func error(_ failure: HTTPFailure, status: Int? = nil) -> ModelError {
        let kind: ModelError.Kind =
            switch failure.kind {
            case .connectTimeout, .idleTimeout, .totalTimeout: .timeout
            case .connect, .reset, .tls, .stopped: .network
            case .protocol: .protocol
            case .tooLarge: .limit
            case .badRequest: .badRequest
            case .cancelled: .cancelled
            }
        // An engine that has stopped does not start again.
        let isRetryable = failure.kind == .stopped ? false : nil
        return ModelError(kind, failure.message, status: status, isRetryable: isRetryable)
    }

    /// A message that may be shown: on one line, without control characters, not long.
    static func clean(_ message: String, _ redactor: Redactor) -> String {
        var clean = String.UnicodeScalarView()
        var count = 0
        for scalar in redactor.redact(message).unicodeScalars {
            if count == messageLimit {
                clean.append("…")
                break
            }
            switch scalar.properties.generalCategory {
            // Line breaks and characters that only steer a terminal or the direction of writing.
            case .control, .lineSeparator, .paragraphSeparator: clean.append(" ")
            case .format: continue
            default: clean.append(scalar)
            }
            count += 1
        }
        return String(clean)
    }
}
