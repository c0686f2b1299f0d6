import AgentRuntime
import Values

/// An answer in the shape of the wire: what `ask --json` and `ask --jsonl` print.
struct AnswerReport {
    var id: String
    var result: TurnResult
    var database: String
    var session: String
    var trace: String?
    var milliseconds: Double

    var json: JSON {
        let answer = result.answer
        let clarification = clarificationText(answer)
        let declined = answer["abstain"]?.bool ?? (result.suspension != nil)
        return [
            "id": .string(id), "outcome": .string(result.outcome?.name ?? "awaiting"),
            "answer": answer["answer"] ?? .null, "sql": answer["sql"] ?? .null,
            "columns": answer["columns"]?.array.map { .array($0) } ?? [],
            "rows": answer["rows"]?.array.map { .array($0) } ?? [],
            "row_count": answer["row_count"] ?? 0, "truncated": .bool(answer["truncated"]?.bool ?? false),
            "chart": answer["chart"] ?? .null, "vega_lite": answer["vega_lite"] ?? .null,
            "explanation": answer["explanation"] ?? .null, "confidence": answer["confidence"] ?? .null,
            "clarification": .optional(clarification), "options": options(answer), "abstain": .bool(declined),
            "error": error, "reasons": reasons, "database": .string(database), "session": .string(session),
            "trace": .optional(trace), "duration_ms": .double((milliseconds * 1000).rounded() / 1000),
            "usage": [
                "input_tokens": .int(result.usage.tokens - result.usage.outputTokens),
                "output_tokens": .int(result.usage.outputTokens),
                "cost": .double(Double(result.usage.microcost) / 1_000_000), "steps": .int(result.usage.steps),
                "calls": .int(result.usage.calls), "rows": .int(result.usage.rows),
                "bytes": .int(result.usage.bytes),
            ],
        ]
    }

    private func clarificationText(_ answer: JSON) -> String? {
        if let suspension = result.suspension { return suspension.question }
        return answer["clarification"]?["message"]?.string ?? answer["clarification"]?.string
    }

    private func options(_ answer: JSON) -> JSON {
        if let suspension = result.suspension { return .strings(suspension.options) }
        return answer["clarification"]?["options"] ?? []
    }

    private var error: JSON {
        if case .failed(let error) = result.outcome { return error.json }
        return .null
    }

    private var reasons: JSON {
        switch result.outcome {
        case .degraded(let reasons): .strings(reasons)
        case .truncated(let budget): .strings(["the \(budget) budget ran out"])
        default: []
        }
    }
}
