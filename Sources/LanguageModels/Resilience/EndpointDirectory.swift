internal import Synchronization
internal import Values

/// Hands out endpoints: the same one for the same provider, base URL and key, so that all agents of a process know what
/// one of them has found out. It holds digests of keys, never keys.
public final class EndpointDirectory: Sendable {
    private struct Identity: Hashable {
        var provider: String
        var baseURL: String
        var keyDigest: String
    }
    private let endpoints = Mutex<[Identity: Endpoint]>([:])

    /// Makes an empty directory.
    public init() {}

    /// The endpoint; `configuration` counts when it is made, that is, the first time.
    public func endpoint(
        provider: String, baseURL: String, key: String,
        configuration: EndpointConfiguration = EndpointConfiguration()
    ) -> Endpoint {
        let identity = Identity(
            provider: provider, baseURL: baseURL, keyDigest: SHA256Digest.hex(Array(key.utf8)))
        return endpoints.withLock { endpoints in
            if let known = endpoints[identity] { return known }
            let new = Endpoint(
                name: "\(provider) at \(Self.place(of: baseURL))", configuration: configuration)
            endpoints[identity] = new
            return new
        }
    }

    /// All endpoints, by name.
    public var all: [Endpoint] { endpoints.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// Host, port and path of a URL: without the name and password, the query and the fragment that it may hold.
    static func place(of url: String) -> String {
        var rest = Substring(url)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        if let sign = authority.lastIndex(of: "@") { rest = rest[rest.index(after: sign)...] }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        return String(rest)
    }
}
