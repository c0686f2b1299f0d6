/// PEM files for TLS.
public struct TLSFiles: Sendable, Hashable {
    /// The certificate, followed by those of its issuers.
    public var certificate: String
    /// Its key, without a passphrase.
    public var key: String

    /// Names the files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// What becomes of a request whose head has come.
public enum HTTPAdmission: Sendable {
    /// It is read and handled; its body may have so many bytes, or as many as ``HTTPLimits/bodyBytes`` says.
    case accept(bodyBytes: Int?)
    /// It is answered at once, before its body.
    case refuse(HTTPResponse)
}

extension WebServer {
    /// How a server listens and how patient it is.
    public struct Configuration: Sendable {
        /// The numeric address that it listens on. Defaults to `127.0.0.1`.
        public var host: String
        /// The port; 0, the default, takes a free one.
        public var port: Int
        /// TLS, when it is to be spoken. Defaults to none.
        public var tls: TLSFiles?
        /// Event loops, each with a thread of its own. Defaults to 1, which serves many thousands of connections.
        public var loops: Int
        /// Connections at once; further ones are answered with 503 and closed. Defaults to 20 000.
        public var maxConnections: Int
        /// What a request may be.
        public var limits: HTTPLimits
        /// For the TLS handshake. Defaults to 10 s.
        public var handshakeTimeout: Duration
        /// Between two requests of a connection, and before the first. Defaults to 60 s.
        public var idleTimeout: Duration
        /// From the first byte of a request to the end of its head. Defaults to 10 s.
        public var headerTimeout: Duration
        /// From there to the end of its body. Defaults to 30 s.
        public var bodyTimeout: Duration
        /// While something waits to be written and the client takes nothing of it. Defaults to 30 s.
        public var writeTimeout: Duration
        /// How long the last words have to arrive before the connection is closed. Defaults to 1 s.
        public var lingerTimeout: Duration
        /// How long the other side has to answer a close frame. Defaults to 5 s.
        public var closeTimeout: Duration
        /// After how much silence a WebSocket is asked whether it is there. Defaults to 30 s.
        public var pingInterval: Duration
        /// How long it has to show that it is. Defaults to 20 s.
        public var pongTimeout: Duration
        /// After how much silence a stream of events sends a comment. Defaults to 15 s.
        public var heartbeat: Duration
        /// How long what runs has to finish when the server is shut down. Defaults to 10 s.
        public var drainTimeout: Duration
        /// Bytes of one streamed response that wait before its maker does. Defaults to 256 KiB.
        public var streamBytes: Int
        /// The kernel's buffer for sending, per connection. Defaults to what the kernel finds right.
        public var socketSendBytes: Int?
        /// Looks at a request's head before its body is read. Runs on a loop's thread and must return at once. Defaults to
        /// accepting everything.
        public var admit: @Sendable (HTTPRequestHead) -> HTTPAdmission
        /// Adds fields to every response, as those that harden browsers; refusals of what was no request have no head.
        /// Defaults to `X-Content-Type-Options: nosniff`.
        public var decorate: @Sendable (HTTPRequestHead?, inout HTTPResponse) -> Void

        /// The defaults, with a host and a port.
        public init(host: String = "127.0.0.1", port: Int = 0) {
            self.host = host
            self.port = port
            tls = nil
            loops = 1
            maxConnections = 20_000
            limits = HTTPLimits()
            handshakeTimeout = .seconds(10)
            idleTimeout = .seconds(60)
            headerTimeout = .seconds(10)
            bodyTimeout = .seconds(30)
            writeTimeout = .seconds(30)
            lingerTimeout = .seconds(1)
            closeTimeout = .seconds(5)
            pingInterval = .seconds(30)
            pongTimeout = .seconds(20)
            heartbeat = .seconds(15)
            drainTimeout = .seconds(10)
            streamBytes = 256 << 10
            socketSendBytes = nil
            admit = { _ in .accept(bodyBytes: nil) }
            decorate = { _, response in response.fields.setDefault("X-Content-Type-Options", "nosniff") }
        }
    }

    /// What a server has done and holds.
    public struct Statistics: Sendable, Hashable {
        /// Connections that are open.
        public var connections = 0
        /// WebSockets among them.
        public var webSockets = 0
        /// Connections since the start.
        public var accepted = 0
        /// Connections that were refused because there were too many.
        public var turnedAway = 0
        /// Requests that were complete.
        public var requests = 0
        /// Requests and WebSockets that were refused: malformed, too large, or not admitted.
        public var refusals = 0
        /// Requests that did not come in time.
        public var timeouts = 0
        /// Messages that WebSockets have received.
        public var messages = 0
        /// Messages that were shed because their receiver was too slow.
        public var shedMessages = 0
        /// WebSockets that were closed because they were too slow.
        public var shedConnections = 0
        /// Bytes that were read.
        public var bytesRead = 0
        /// Bytes that were written.
        public var bytesWritten = 0

        static func + (left: Statistics, right: Statistics) -> Statistics {
            var sum = left
            sum.connections += right.connections
            sum.webSockets += right.webSockets
            sum.accepted += right.accepted
            sum.turnedAway += right.turnedAway
            sum.requests += right.requests
            sum.refusals += right.refusals
            sum.timeouts += right.timeouts
            sum.messages += right.messages
            sum.shedMessages += right.shedMessages
            sum.shedConnections += right.shedConnections
            sum.bytesRead += right.bytesRead
            sum.bytesWritten += right.bytesWritten
            return sum
        }
    }
}
