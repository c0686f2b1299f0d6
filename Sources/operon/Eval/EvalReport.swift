import Values

/// What became of one case.
struct EvalResult {
    var test: EvalCase
    var isAnswered: Bool
    var isRight = false
    var isStrictlyRight = false
    var milliseconds: Double
    var sql: String?
    /// Why it is wrong, or why it was declined.
    var remark: String

    /// Whether it counts as a mistake or a gap: not answered though it could be, answered wrongly, or answered though
    /// it could not be.
    var isFailure: Bool { test.isAnswerable ? !isRight : isAnswered }

    var json: JSON {
        [
            "id": .string(test.id), "question": .string(test.question), "answerable": .bool(test.isAnswerable),
            "answered": .bool(isAnswered), "right": .bool(isRight), "strict": .bool(isStrictlyRight),
            "duration_ms": .double((milliseconds * 1000).rounded() / 1000), "sql": .optional(sql),
            "remark": .string(remark),
        ]
    }
}

/// Figures over a number of cases.
struct EvalFigures {
    let cases: Int
    let answerable: Int
    let answered: Int
    let right: Int
    let strict: Int
    let wrong: Int
    let declinedRightly: Int
    let p50: Double
    let p95: Double

    init(_ results: [EvalResult]) {
        let able = results.filter(\.test.isAnswerable)
        let unable = results.filter { !$0.test.isAnswerable }
        cases = results.count
        answerable = able.count
        answered = able.count { $0.isAnswered }
        right = able.count { $0.isRight }
        strict = able.count { $0.isStrictlyRight }
        declinedRightly = unable.count { !$0.isAnswered }
        wrong = answered - right + unable.count - declinedRightly
        let times = results.map(\.milliseconds).sorted()
        func quantile(_ share: Double) -> Double {
            times.isEmpty ? 0 : times[min(times.count - 1, Int(share * Double(times.count)))]
        }
        p50 = quantile(0.5)
        p95 = quantile(0.95)
    }

    /// The answerable cases that were answered rightly.
    var accuracy: Double? { Self.ratio(right, answerable) }
    /// The answers that were right.
    var precision: Double? { Self.ratio(right, right + wrong) }
    /// The answerable cases that were answered.
    var coverage: Double? { Self.ratio(answered, answerable) }
    /// The unanswerable cases that were declined.
    var declined: Double? { Self.ratio(declinedRightly, cases - answerable) }
    /// The answerable cases that were answered rightly by the strict comparison.
    var strictAccuracy: Double? { Self.ratio(strict, answerable) }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }

    var json: JSON {
        func number(_ value: Double?) -> JSON { value.map { .double(($0 * 10_000).rounded() / 10_000) } ?? .null }
        return [
            "cases": .int(cases), "answerable": .int(answerable), "answered": .int(answered), "right": .int(right),
            "wrong": .int(wrong), "ex": number(accuracy), "ex_strict": number(strictAccuracy),
            "precision": number(precision), "coverage": number(coverage), "unanswerable_declined": number(declined),
            "p50_ms": number(p50), "p95_ms": number(p95),
        ]
    }

    static let heading = [
        "", "n", "EX", "strict", "coverage", "precision", "wrong", "declined", "p50 ms", "p95 ms",
    ]

    func row(_ name: String) -> [String] {
        func percent(_ value: Double?) -> String { value.map { Self.fixed(100 * $0) } ?? "-" }
        return [
            name, "\(cases)", percent(accuracy), percent(strictAccuracy), percent(coverage), percent(precision),
            "\(wrong)", percent(declined), Self.fixed(p50), Self.fixed(p95),
        ]
    }

    private static func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// The report over all cases.
struct EvalReport {
    let results: [EvalResult]

    /// The tables: overall, then by each label that the cases have.
    func lines() -> [String] {
        var rows = [EvalFigures.heading, EvalFigures(results).row("all")]
        for key in EvalCase.labelKeys {
            for (value, group) in groups(key) { rows.append(EvalFigures(group).row("\(key) \(value)")) }
        }
        let widths = EvalFigures.heading.indices.map { at in rows.map { $0[at].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { at, cell in
                let space = String(repeating: " ", count: widths[at] - cell.count)
                return at == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
    }

    private func groups(_ key: String) -> [(String, [EvalResult])] {
        var found: [String: [EvalResult]] = [:]
        for result in results {
            for label in result.test.labels where label.key == key {
                found[label.value, default: []].append(result)
            }
        }
        return found.sorted { $0.key < $1.key }
    }

    var json: JSON {
        var object: JSONObject = ["overall": EvalFigures(results).json]
        for key in EvalCase.labelKeys {
            let members = groups(key).map { JSONObject.Member($0.0, EvalFigures($0.1).json) }
            if !members.isEmpty { object["by_\(key)"] = .object(JSONObject(uniqueMembers: members)) }
        }
        object["cases"] = .array(results.map(\.json))
        return .object(object)
    }
}
