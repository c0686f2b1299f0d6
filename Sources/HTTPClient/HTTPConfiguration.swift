/// How an ``HTTPEngine`` reaches servers. What does not appear here is fixed: TLS certificates are always verified,
/// redirects are never followed, and there are no cookies, no `.netrc` and no credentials in URLs.
public struct HTTPConfiguration: Sendable, Hashable {
    /// The proxy's URL (`http://host:port`, also `https` and `socks5h`). Defaults to none.
    public var proxy: String?
    /// Whether `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` of the environment count when ``proxy`` is nil.
    /// Defaults to false: where requests go is configured, not inherited.
    public var usesEnvironmentProxy: Bool
    /// A file of PEM certificates that are trusted, in place of the system's. Defaults to none.
    public var caFile: String?
    /// A folder of hashed PEM certificates (`openssl rehash`) that are trusted, beside the system's. Defaults to none.
    public var caFolder: String?
    /// Whether HTTP/2 is offered over TLS. Defaults to true; plain `http` always speaks HTTP/1.1.
    public var prefersHTTP2: Bool
    /// Connections to one host at once; further requests wait for one, which counts as connecting. Defaults to 512.
    public var connectionsPerHost: Int
    /// Idle connections that are kept for reuse. Defaults to 64.
    public var cachedConnections: Int
    /// The `User-Agent`, unless the request has one. Defaults to `operon`.
    public var userAgent: String
    /// Unread body bytes of one response above which its sender is slowed down. Defaults to 256 KiB.
    public var unreadBytes: Int

    /// Makes a configuration.
    public init(
        proxy: String? = nil, usesEnvironmentProxy: Bool = false, caFile: String? = nil, caFolder: String? = nil,
        prefersHTTP2: Bool = true, connectionsPerHost: Int = 512, cachedConnections: Int = 64,
        userAgent: String = "operon", unreadBytes: Int = 256 << 10
    ) {
        self.proxy = proxy
        self.usesEnvironmentProxy = usesEnvironmentProxy
        self.caFile = caFile
        self.caFolder = caFolder
        self.prefersHTTP2 = prefersHTTP2
        self.connectionsPerHost = connectionsPerHost
        self.cachedConnections = cachedConnections
        self.userAgent = userAgent
        self.unreadBytes = unreadBytes
    }
}
