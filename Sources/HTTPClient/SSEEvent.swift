/// One event of a stream of server-sent events.
public struct SSEEvent: Sendable, Hashable {
    /// Its type; `message` when the stream names none.
    public var name: String
    /// Its data: the bytes of its `data` lines, joined by LF. A slice of what was fed wherever that is possible, so that
    /// a parser reads it where it lies. Bytes that are no UTF-8 are still in it; see ``text``.
    public var data: ArraySlice<UInt8>
    /// The last `id` of the stream, which stays until another comes; empty at first.
    public var id: String

    /// Makes an event.
    public init(name: String = "message", data: ArraySlice<UInt8>, id: String = "") {
        self.name = name
        self.data = data
        self.id = id
    }

    /// The data as text, with U+FFFD for what is no UTF-8.
    public var text: String { String(decoding: data, as: UTF8.self) }
}
