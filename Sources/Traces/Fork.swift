public import Values

/// Going another way from a point of a recorded run.
public enum Fork {
    /// The recording that a forked run starts from: the canonical envelopes that came before the effect at `path`
    /// ended, in arrival order and with their own sequence numbers, and then that end with `result` in place of what
    /// it was. An effect that failed, or never ended, thereby completes.
    ///
    /// Effects of branches that ran at the same time stay recorded when they ended earlier, and run live when they
    /// ended later. Throws `fork_path_unknown` with the nearest paths when no effect was requested at `path`.
    public static func recording(
        from envelopes: [Envelope], at path: String, result: JSON
    ) throws(OperonError) -> [Envelope] {
        guard
            let asked = envelopes.firstIndex(where: { $0.path == path && $0.kind == .effectRequested })
        else { throw unknown(path, in: envelopes) }
        let end = envelopes[asked...].firstIndex {
            $0.path == path && ($0.kind == .effectCompleted || $0.kind == .effectFailed)
        }
        let ended = end.map { envelopes[$0] }
        var payload: JSONObject = [:]
        if let ended, ended.kind == .effectCompleted, case .object(let old) = ended.payload { payload = old }
        payload["result"] = result
        let last = envelopes[asked...].last ?? envelopes[asked]
        let changed = Envelope(
            seq: ended?.seq ?? last.seq + 1, at: ended?.at ?? last.at, session: envelopes[asked].session,
            path: path,
            topic: envelopes[asked].topic, sender: ended?.sender ?? envelopes[asked].sender, kind: .effectCompleted,
            payload: .object(payload))
        return envelopes[..<(end ?? envelopes.endIndex)].filter(\.kind.isCanonical) + [changed]
    }

    private static func unknown(_ path: String, in envelopes: [Envelope]) -> OperonError {
        var seen: Set<String> = []
        let paths = envelopes.filter { $0.kind == .effectRequested && seen.insert($0.path).inserted }.map(\.path)
        guard !paths.isEmpty else {
            return OperonError(
                code: "fork_path_unknown", "there is no effect at \"\(path)\"",
                hint: "The trace records no effect at all, so there is nowhere to fork.", at: path)
        }
        let near = paths.map { (distance($0, path), $0) }
            .sorted { $0.0 != $1.0 ? $0.0 < $1.0 : PathOrder.precedes($0.1, $1.1) }
            .prefix(5).map(\.1)
        return OperonError(
            code: "fork_path_unknown", "there is no effect at \"\(path)\"",
            hint: "Nearest effects: \(near.joined(separator: ", ")).", at: path)
    }

    /// The Levenshtein distance of two paths in bytes, over two rows.
    private static func distance(_ a: String, _ b: String) -> Int {
        let left = Array(a.utf8)
        let right = Array(b.utf8)
        var row = Array(0...right.count)
        for (i, x) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in right.enumerated() {
                let cost = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(cost, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
