internal import Synchronization

/// A group of WebSockets that get the same messages. Publishing costs the caller one note per loop; the loop then encodes
/// what has gathered once and hands every member the same bytes, in one write for all that has gathered. There is no
/// task per member.
///
/// Order holds among the calls of one caller to one group: whoever joins between two messages gets the second and not
/// the first.
public final class Broadcast: Sendable {
    private let parts: [BroadcastPart]

    init(_ homes: [ServerLoop], stagingBytes: Int) {
        parts = homes.map { BroadcastPart($0, limit: stagingBytes) }
    }

    /// Sends a message to every member. Never waits.
    public func publish(_ frame: SharedFrame) { publish([frame]) }

    /// Sends messages to every member, which costs little more than one. Never waits: messages that the loops cannot keep
    /// up with are shed, and every member gets a notice in their place or is closed, as its policy says.
    public func publish(_ frames: [SharedFrame]) {
        for part in parts { part.publish(frames) }
    }

    /// Adds a WebSocket after sending it `backlog`: what came before, without a gap and without repetition.
    public func join(_ connection: WebSocketConnection, after backlog: [SharedFrame] = []) {
        part(connection)?.stage(.join(connection, backlog))
    }

    /// Sends messages to one member, in order with those to all.
    public func send(_ frames: [SharedFrame], to connection: WebSocketConnection) {
        part(connection)?.stage(.single(connection, frames))
    }

    /// Takes a WebSocket out. One that ends leaves by itself.
    public func leave(_ connection: WebSocketConnection) { part(connection)?.stage(.leave(connection)) }

    /// How many members there are, as of the last turn of the loops.
    public var memberCount: Int { parts.reduce(0) { $0 + $1.memberCount.load(ordering: .relaxed) } }

    private func part(_ connection: WebSocketConnection) -> BroadcastPart? {
        parts.first { $0.home === connection.connection.home }
    }
}

/// The members of a broadcast that live on one loop.
///
/// @unchecked Sendable because everything but the staged steps is touched by the loop's thread alone.
final class BroadcastPart: @unchecked Sendable {
    enum Step {
        case frame(SharedFrame)
        case lost(Int)
        case join(WebSocketConnection, [SharedFrame])
        case single(WebSocketConnection, [SharedFrame])
        case leave(WebSocketConnection)
    }
    private struct Staged {
        var steps: [Step] = []
        var byteCount = 0
        var isScheduled = false
    }
    private struct Member {
        let connection: Connection
        let state: WebSocketState
    }

    let home: ServerLoop
    let memberCount = Atomic<Int>(0)
    private let staged = Mutex(Staged())
    private let limit: Int

    // The loop's thread only.
    private var members: [Member] = []
    private var places: [ObjectIdentifier: Int] = [:]

    /// One write to a socket is about this long; more per step would only hold memory.
    private static let chunkBytes = 32 << 10

    init(_ home: ServerLoop, limit: Int) {
        self.home = home
        self.limit = limit
    }

    // MARK: any thread

    func publish(_ frames: [SharedFrame]) {
        schedule { staged in
            for frame in frames {
                if staged.byteCount > 0, staged.byteCount + frame.byteCount > limit {
                    if case .lost(let count)? = staged.steps.last {
                        staged.steps[staged.steps.count - 1] = .lost(count + 1)
                    } else {
                        staged.steps.append(.lost(1))
                    }
                } else {
                    staged.byteCount += frame.byteCount
                    staged.steps.append(.frame(frame))
                }
            }
        }
    }

    func stage(_ step: Step) { schedule { $0.steps.append(step) } }

    private func schedule(_ change: (inout Staged) -> Void) {
        let mustPost = staged.withLock { staged in
            change(&staged)
            defer { staged.isScheduled = true }
            return !staged.isScheduled
        }
        if mustPost { home.loop.post { self.work() } }
    }

    // MARK: the loop's thread

    /// Does what has been staged.
    private func work() {
        let steps = staged.withLock { staged in
            staged.isScheduled = false
            staged.byteCount = 0
            defer { staged.steps = [] }
            return staged.steps
        }
        var gathered: [SharedFrame] = []
        var byteCount = 0
        func flush() {
            deliver(gathered, byteCount)
            gathered.removeAll(keepingCapacity: true)
            byteCount = 0
        }
        for step in steps {
            switch step {
            case .frame(let frame):
                if byteCount + frame.byteCount > Self.chunkBytes, !gathered.isEmpty { flush() }
                gathered.append(frame)
                byteCount += frame.byteCount
            case .lost(let count):
                flush()
                for member in members { member.connection.lostMessages(count) }
            case .join(let handle, let backlog):
                flush()
                add(handle.connection, backlog)
            case .single(let handle, let frames):
                flush()
                for frame in frames { handle.connection.send(frame) }
            case .leave(let handle):
                flush()
                remove(handle.connection)
                if case .webSocket(let state) = handle.connection.phase { state.parts.removeAll { $0 === self } }
            }
        }
        flush()
    }

    private func add(_ connection: Connection, _ backlog: [SharedFrame]) {
        for frame in backlog { connection.send(frame) }
        guard case .webSocket(let state) = connection.phase, !state.hasSentClose, !state.hasLeft,
            places[ObjectIdentifier(connection)] == nil
        else { return }
        places[ObjectIdentifier(connection)] = members.count
        members.append(Member(connection: connection, state: state))
        state.parts.append(self)
        memberCount.store(members.count, ordering: .relaxed)
    }

    /// Takes a member out; its connection forgets this part by itself.
    func remove(_ connection: Connection) {
        guard let place = places.removeValue(forKey: ObjectIdentifier(connection)) else { return }
        let last = members.removeLast()
        if last.connection !== connection {
            members[place] = last
            places[ObjectIdentifier(last.connection)] = place
        }
        memberCount.store(members.count, ordering: .relaxed)
    }

    /// Hands all members the same bytes, encoded once for each way of compressing.
    private func deliver(_ frames: [SharedFrame], _ byteCount: Int) {
        if frames.isEmpty || members.isEmpty { return }
        var plain: Outbox.Item?
        var packed: [Int: Outbox.Item] = [:]
        for member in members {
            if member.state.hasSentClose { continue }
            if member.state.agreement == nil {
                let item = plain ?? Self.item(frames, byteCount)
                plain = item
                member.connection.enqueue(item, member.state)
            } else if member.state.takesSharedCompression {
                let least = member.state.upgrade.compression.leastBytes
                let item = packed[least] ?? packedItem(frames, byteCount, least: least)
                packed[least] = item
                member.connection.enqueue(item, member.state)
            } else {
                for frame in frames { member.connection.send(frame) }
            }
        }
    }

    private static func item(_ frames: [SharedFrame], _ byteCount: Int) -> Outbox.Item {
        if frames.count == 1 { return Outbox.Item(bytes: frames[0].wire, messages: 1) }
        return Outbox.Item(bytes: WireBytes(frames.map(\.wire)), messages: UInt32(frames.count))
    }

    private func packedItem(_ frames: [SharedFrame], _ byteCount: Int, least: Int) -> Outbox.Item {
        let wires = frames.map { frame -> WireBytes in
            guard frame.payload.count >= least,
                let bytes = home.deflater(windowBits: 15)?.message(frame.payload, keepsContext: false),
                bytes.count < frame.payload.count
            else { return frame.wire }
            return WireBytes(WebSocketEncoder.frame(frame.opcode, bytes, isCompressed: true))
        }
        return Outbox.Item(bytes: wires.count == 1 ? wires[0] : WireBytes(wires), messages: UInt32(wires.count))
    }
}
