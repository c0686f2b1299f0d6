public import Values

/// Whether a process may call providers. The executable reads it once from its environment and puts a
/// ``GuardedModel`` around every live model; libraries never look.
public enum LiveCalls: String, Sendable, Hashable, CaseIterable {
    /// None: tests of agents run with scripted and recorded models only.
    case never
    /// Only servers on this machine.
    case loopback
    /// All. The default.
    case allow

    /// The name of the environment variable.
    public static let variable = "OPERON_LIVE_MODELS"

    /// Reads the variable's value; nil or an empty one means ``allow``.
    ///
    /// - Throws: the code `live_calls_unknown` for any other word: a mistyped `never` must not allow calls.
    public init(environmentValue value: String?) throws(OperonError) {
        guard let value, !value.isEmpty else {
            self = .allow
            return
        }
        guard let policy = LiveCalls(rawValue: value) else {
            let known = Self.allCases.map(\.rawValue)
            throw OperonError(
                code: "live_calls_unknown", "\(Self.variable) is '\(value)', which means nothing",
                hint: Spelling.hint(value, among: known, otherwise: ""), at: Self.variable)
        }
        self = policy
    }

    /// Whether calls to `baseURL` are allowed.
    public func allows(_ baseURL: String) -> Bool {
        switch self {
        case .never: false
        case .loopback: Self.isLoopback(baseURL)
        case .allow: true
        }
    }

    /// Whether a URL's host is this machine: `localhost`, 127.0.0.0/8 in four decimal numbers, or `::1`. Names that
    /// only resolve to it do not count.
    static func isLoopback(_ url: String) -> Bool {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return false }
        var host = url[colon...].dropFirst(3).prefix { !"/?#\\".contains($0) }
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        if host.hasPrefix("[") { return host.dropFirst().prefix { $0 != "]" } == "::1" }
        host = host.prefix { $0 != ":" }
        if host.lowercased() == "localhost" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

/// A live model that is called only as far as a ``LiveCalls`` allows.
public struct GuardedModel: LanguageModel {
    /// What is known of the model.
    public var profile: ModelProfile { model.profile }
    private let model: any LanguageModel
    private let baseURL: String
    private let policy: LiveCalls

    /// Guards `model`, which calls `baseURL`.
    public init(_ model: any LanguageModel, baseURL: String, policy: LiveCalls) {
        self.model = model
        self.baseURL = baseURL
        self.policy = policy
    }

    /// Passes the call on.
    ///
    /// - Throws: `liveCallRefused` without any call when the policy does not allow it; the model's errors.
    public func respond(to request: ModelRequest, in call: ModelCall) async throws(ModelError) -> ModelReply {
        guard policy.allows(baseURL) else {
            throw ModelError(
                .liveCallRefused,
                "a call of \(profile.name) was refused, since \(LiveCalls.variable) is \(policy.rawValue). Use a "
                    + "scripted or recorded model, or allow live calls.",
                attempts: 0)
        }
        return try await model.respond(to: request, in: call)
    }
}
