public import Values

extension ModelEvent {
    /// The event as logs show it: `event`, the endpoint or the models, and what the case has; durations in milliseconds.
    public var json: JSON {
        switch self {
        case .attemptFailed(let endpoint, let attempt, let kind, let status, let wait):
            var object: JSONObject = [
                "event": "attempt_failed", "endpoint": .string(endpoint), "attempt": .int(attempt),
                "error": .string(kind.rawValue),
            ]
            if let status { object["status"] = .int(status) }
            if let wait { object["wait_ms"] = .int(wait.wholeMilliseconds) }
            return .object(object)
        case .breakerChanged(let endpoint, let from, let to, let reason):
            return [
                "event": "breaker_changed", "endpoint": .string(endpoint), "from": .string(from), "to": .string(to),
                "reason": .string(reason),
            ]
        case .paused(let endpoint, let wait):
            return ["event": "paused", "endpoint": .string(endpoint), "wait_ms": .int(wait.wholeMilliseconds)]
        case .queued(let endpoint, let ahead):
            return ["event": "queued", "endpoint": .string(endpoint), "ahead": .int(ahead)]
        case .fellBack(let from, let to, let kind):
            return [
                "event": "fell_back", "from": .string(from), "to": .string(to), "error": .string(kind.rawValue),
            ]
        case .hedged(let endpoint): return ["event": "hedged", "endpoint": .string(endpoint)]
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (whole, overflow) = Int(clamping: seconds).multipliedReportingOverflow(by: 1000)
        return overflow ? .max : whole + Int(part)
    }
}
