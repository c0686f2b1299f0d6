/// A message that nobody took.
public struct DeadLetter: Sendable, Hashable {
    /// Why nobody took it.
    public enum Reason: String, Sendable, Hashable {
        /// A request for a topic that nobody responds to.
        case noResponder = "no_responder"
        /// The receiver's mailbox was full.
        case mailboxFull = "mailbox_full"
        /// A reply that came after its request had ended.
        case lateReply = "late_reply"
    }

    /// What it was about.
    public var topic: String
    /// Why nobody took it.
    public var reason: Reason
    /// The session of a lost envelope; empty for requests and replies.
    public var session: String
    /// The sequence number of a lost envelope; 0 for requests and replies.
    public var seq: Int

    /// Makes a dead letter.
    public init(topic: String, reason: Reason, session: String = "", seq: Int = 0) {
        self.topic = topic
        self.reason = reason
        self.session = session
        self.seq = seq
    }
}

/// How many messages nobody took, and the last few of them.
public struct DeadLetters: Sendable, Hashable {
    /// How many of the last ones are kept. 64.
    public static let keptCount = 64
    /// How many there were since the start.
    public private(set) var count = 0
    /// The last ones, oldest first.
    public private(set) var last: [DeadLetter] = []

    mutating func add(_ letter: DeadLetter) {
        count += 1
        if last.count == Self.keptCount { last.removeFirst() }
        last.append(letter)
    }
}
