public import Values

/// How two logs differ, event by event: aligned by path and by the how-many-eth event it is at that path, in canonical
/// order.
public struct TraceDiff: Sendable {
    /// The first difference in canonical order.
    public struct Difference: Sendable {
        /// Where in the work.
        public var path: String
        /// Which event at that path, from 1.
        public var ordinal: Int
        /// The event of the left log, or nil when it has none there.
        public var left: Envelope?
        /// The event of the right log, or nil when it has none there.
        public var right: Envelope?
        /// Where inside the events they differ: `kind`, `sender`, or a JSON pointer into the payload such as
        /// `payload/request/sql`; empty when one side has no event.
        public var place: String
    }

    /// How many events are equal.
    public private(set) var equalCount = 0
    /// How many events stand at the same place and differ.
    public private(set) var changedCount = 0
    /// How many events only the left log has.
    public private(set) var onlyLeftCount = 0
    /// How many events only the right log has.
    public private(set) var onlyRightCount = 0
    /// The first difference, or nil when the logs prove the same.
    public private(set) var first: Difference?

    /// Whether both logs prove the same.
    public var isEqual: Bool { first == nil }

    /// Compares two logs.
    public init(_ left: [Envelope], _ right: [Envelope]) {
        let a = Self.aligned(left)
        let b = Self.aligned(right)
        var i = 0
        var j = 0
        while i < a.count || j < b.count {
            let order =
                i == a.count ? 1 : j == b.count ? -1 : Self.compare(a[i], b[j])
            let x = order <= 0 ? a[i] : nil
            let y = order >= 0 ? b[j] : nil
            if x != nil { i += 1 }
            if y != nil { j += 1 }
            let place = Self.note(x?.envelope, y?.envelope, &self)
            if first == nil, let place, let one = x ?? y {
                first = Difference(
                    path: one.envelope.path, ordinal: one.ordinal, left: x?.envelope, right: y?.envelope,
                    place: place)
            }
        }
    }

    private typealias Aligned = (envelope: Envelope, ordinal: Int)

    private static func aligned(_ envelopes: [Envelope]) -> [Aligned] {
        var ordinal = 0
        var path: String?
        return CanonicalForm.events(of: envelopes).map { event in
            ordinal = event.path == path ? ordinal + 1 : 1
            path = event.path
            return (event, ordinal)
        }
    }

    private static func compare(_ a: Aligned, _ b: Aligned) -> Int {
        let order = PathOrder.compare(a.envelope.path, b.envelope.path)
        return order == 0 ? a.ordinal - b.ordinal : order
    }

    /// Counts a pair; the place of the difference, or nil when there is none.
    private static func note(_ a: Envelope?, _ b: Envelope?, _ diff: inout TraceDiff) -> String? {
        guard let a else {
            diff.onlyRightCount += 1
            return ""
        }
        guard let b else {
            diff.onlyLeftCount += 1
            return ""
        }
        var place: String?
        if a.kind != b.kind {
            place = "kind"
        } else if a.sender != b.sender {
            place = "sender"
        } else if let difference = JSONDifference(CanonicalForm.payload(of: a), CanonicalForm.payload(of: b)) {
            place = "payload" + difference.pointer
        }
        if place == nil { diff.equalCount += 1 } else { diff.changedCount += 1 }
        return place
    }
}

extension TraceDiff: CustomStringConvertible {
    /// What a person reads.
    public var description: String {
        guard let first else { return "equal: \(equalCount) events" }
        var text = "first difference at \(first.path.isEmpty ? "the session itself" : first.path)"
        text += ", event \(first.ordinal)"
        if !first.place.isEmpty { text += ", in \(first.place)" }
        let values = Self.values(first)
        text += "\n  left:  \(values.left)\n  right: \(values.right)\n"
        text +=
            "\(equalCount) equal, \(changedCount) changed, \(onlyLeftCount) only left, \(onlyRightCount) only right"
        return text
    }

    /// Both sides in a line each: what stands at the place of the difference, or which event is there at all.
    private static func values(_ first: Difference) -> (left: String, right: String) {
        if let left = first.left, let right = first.right, left.kind == right.kind, left.sender == right.sender,
            let found = JSONDifference(CanonicalForm.payload(of: left), CanonicalForm.payload(of: right))
        {
            return (
                shortened(found.left?.description ?? "nothing"), shortened(found.right?.description ?? "nothing")
            )
        }
        return (sentence(first.left), sentence(first.right))
    }

    private static func sentence(_ envelope: Envelope?) -> String {
        guard let envelope else { return "nothing" }
        return "seq \(envelope.seq) \(envelope.kind.rawValue) by \(envelope.sender): "
            + shortened(envelope.payload.description)
    }

    /// A payload may hold ten thousand rows; the whole of it stands in ``json``.
    private static func shortened(_ text: String) -> String { text.count > 300 ? text.prefix(299) + "…" : text }

    /// `{"equal","counts":{"equal","changed","only_left","only_right"},"first":{"path","ordinal","place","left","right"}}`;
    /// `first` is null when the logs are equal.
    public var json: JSON {
        var place = JSON.null
        if let first {
            func side(_ envelope: Envelope?) -> JSON {
                guard let envelope else { return .null }
                return [
                    "seq": .int(envelope.seq), "kind": .string(envelope.kind.rawValue),
                    "sender": .string(envelope.sender), "payload": envelope.payload,
                ]
            }
            place = [
                "path": .string(first.path), "ordinal": .int(first.ordinal), "place": .string(first.place),
                "left": side(first.left), "right": side(first.right),
            ]
        }
        return [
            "equal": .bool(isEqual),
            "counts": [
                "equal": .int(equalCount), "changed": .int(changedCount), "only_left": .int(onlyLeftCount),
                "only_right": .int(onlyRightCount),
            ],
            "first": place,
        ]
    }
}
