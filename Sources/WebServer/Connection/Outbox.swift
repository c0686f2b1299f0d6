/// What waits to be written to one connection, in order, and what is shed when that is too much.
///
/// Messages may be shed, oldest first; one notice then stands in their place and tells how many there were. Everything
/// else (responses, control frames) and what has been written in part stays.
struct Outbox {
    /// One stretch of bytes.
    struct Item {
        var bytes: WireBytes
        /// How many messages these are; 0 for what must not be shed.
        var messages: UInt32
    }

    private var items: [Item] = []
    private var head = 0
    /// How much of the first item has been written.
    private var offset = 0
    /// Bytes that wait.
    private(set) var byteCount = 0
    /// Bytes from the first on that must be offered again unchanged: OpenSSL has sealed them into a record.
    var committed = 0
    /// Where the notice of what was shed stands; it takes the place of the item there.
    private var notice: Int?
    /// Messages that were shed since the last notice was written.
    private(set) var shedMessages: UInt64 = 0

    /// Whether nothing waits.
    var isEmpty: Bool { head == items.count }

    /// Adds an item at the end.
    mutating func append(_ item: Item) {
        items.append(item)
        byteCount += item.bytes.count
    }

    /// Counts messages that never got here as shed behind all that waits.
    mutating func countLost(_ count: UInt64, placeholder: WireBytes) {
        shedMessages += count
        if notice != nil { return }
        notice = items.count
        items.append(Item(bytes: placeholder, messages: 0))
        byteCount += placeholder.count
    }

    /// Sheds the oldest messages until at most `limit` bytes wait, or no message is left that may be shed; returns how
    /// many messages went.
    mutating func shed(downTo limit: Int) -> UInt64 {
        guard byteCount > limit else { return 0 }
        var kept: [Item] = []
        var keptNotice: Int?
        var shed: UInt64 = 0
        var firstGap: Int?
        var index = head
        var passed = -offset
        while index < items.count, byteCount > limit {
            let item = items[index]
            let isPinned = item.messages == 0 || index == head && offset > 0 || passed < committed
            passed += item.bytes.count
            if isPinned || index == notice {
                if index == notice { keptNotice = kept.count }
                kept.append(item)
            } else {
                if firstGap == nil { firstGap = kept.count }
                shed += UInt64(item.messages)
                byteCount -= item.bytes.count
            }
            index += 1
        }
        guard shed > 0 else { return 0 }
        shedMessages += shed
        if keptNotice == nil, notice == nil || notice.map({ $0 < index }) == true {
            keptNotice = firstGap ?? kept.count
            kept.insert(Item(bytes: Self.nothing, messages: 0), at: keptNotice ?? 0)
        }
        // At least one item went, so there is room for the notice in front of `index`.
        let start = index - kept.count
        for (place, item) in kept.enumerated() { items[start + place] = item }
        if let keptNotice { notice = start + keptNotice }
        head = start
        return shed
    }

    private static let nothing = WireBytes()

    /// Whether the notice is the next thing to write, so that it must be put into words.
    var noticeIsNext: Bool { notice == head }

    /// Puts the notice into words. Its count starts again.
    mutating func resolveNotice(_ bytes: WireBytes) {
        guard let place = notice else { return }
        byteCount += bytes.count - items[place].bytes.count
        items[place] = Item(bytes: bytes, messages: 0)
        notice = nil
        shedMessages = 0
    }

    /// Calls `body` with each stretch that waits, in order, until it returns false or the notice is met.
    func forEachStretch(_ body: (UnsafeRawBufferPointer) -> Bool) {
        var skip = offset
        for index in head..<items.count {
            if index == notice { return }
            let bytes = items[index].bytes
            if !body(UnsafeRawBufferPointer(start: bytes.start + skip, count: bytes.count - skip)) { return }
            skip = 0
        }
    }

    /// Takes off what has been written.
    mutating func advance(_ count: Int) {
        byteCount -= count
        committed = max(0, committed - count)
        offset += count
        while head < items.count, head != notice, offset >= items[head].bytes.count {
            offset -= items[head].bytes.count
            head += 1
        }
        if head == items.count {
            if items.capacity > 32 { items = [] } else { items.removeAll(keepingCapacity: true) }
            head = 0
        } else if head > 64, 2 * head > items.count {
            items.removeFirst(head)
            if let place = notice { notice = place - head }
            head = 0
        }
    }
}
