import LanguageModels
import Values

/// What became of one call, as `operon model call` tells it. Everything that comes from a provider passes the redactor
/// first: a provider can repeat the key in an answer or in an error.
struct ModelCallReport {
    let outcome: Result<ModelReply, ModelError>
    /// The model that was asked, for a provider that does not say which one answered.
    let model: String
    let redactor: Redactor

    /// The object of the last line with `--json`.
    var json: JSON {
        switch outcome {
        case .success(let reply):
            let calls = reply.toolCalls.map { call -> JSON in
                ["name": .string(call.name), "arguments": call.arguments ?? .null, "raw": .string(call.raw)]
            }
            return redactor.redact([
                "ok": true, "text": .string(reply.text), "finish": .string(reply.finish.name),
                "tool_calls": .array(calls), "model": .string(reply.model.isEmpty ? model : reply.model),
                "output_tokens": .optional(reply.usage?.output), "input_tokens": .optional(reply.usage?.input),
                "attempts": .int(reply.attempts),
            ])
        case .failure(let error):
            var object: JSONObject = [
                "ok": false, "kind": .string(error.kind.rawValue), "status": .optional(error.status),
                "retryable": .bool(error.isRetryable), "partial_text": .string(error.partialText),
                "attempts": .int(error.attempts), "message": .string(message(of: error)),
            ]
            if let wait = error.retryAfter { object["retry_after_ms"] = .int(wait.milliseconds) }
            return redactor.redact(.object(object))
        }
    }

    /// The message of an error for people. A key that is not ours may stand in it, too.
    func message(of error: ModelError) -> String { Redactor.redactPatterns(redactor.redact(error.message)) }

    /// The exit status of the call.
    var status: ExitStatus {
        switch outcome {
        case .success: .completed
        case .failure(let error):
            switch error.kind {
            case .cancelled: .cancelled
            case .budget: .truncated
            default: .failed
            }
        }
    }

    /// Shows the call to a person: the answer on standard output, everything else beside it. With `hasShownText` the
    /// text has been written as it came.
    func show(on terminal: Terminal, hasShownText: Bool) {
        switch outcome {
        case .success(let reply):
            if !hasShownText { terminal.print(TerminalText.safe(redactor.redact(reply.text), on: terminal)) }
            for call in reply.toolCalls {
                terminal.print(TerminalText.safe(redactor.redact("\(call.name)(\(call.raw))"), on: terminal))
            }
            if reply.finish != .stop, reply.finish != .toolCalls {
                terminal.note(
                    TerminalText.safe(
                        redactor.redact("operon: the answer ended with \(reply.finish.name)"), on: terminal))
            }
        case .failure(let error):
            if !hasShownText, !error.partialText.isEmpty {
                terminal.print(TerminalText.safe(redactor.redact(error.partialText), on: terminal))
            }
            let status = error.status.map { " (status \($0))" } ?? ""
            let attempts = error.attempts == 1 ? "" : " after \(error.attempts) attempts"
            let text = "operon: \(error.kind.rawValue)\(status)\(attempts): \(message(of: error))"
            terminal.note(TerminalText.safe(text, on: terminal))
        }
    }
}

/// Text of others on a terminal.
enum TerminalText {
    /// The text without control characters but tabs and line ends when a person reads it: they could move the cursor,
    /// change the title or hide what was written before.
    static func safe(_ text: String, on terminal: Terminal) -> String {
        guard terminal.isOutputTerminal || terminal.isErrorTerminal else { return text }
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.value < 32 && scalar != "\n" && scalar != "\t" || (127..<160).contains(scalar.value)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isControl($0) }))
    }
}

extension Duration {
    /// Whole milliseconds, rounded up; what does not fit is the greatest number that does.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, isTooMuch) = seconds.multipliedReportingOverflow(by: 1000)
        if isTooMuch { return seconds < 0 ? .min : .max }
        return Int(
            product.addingReportingOverflow((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
                .partialValue)
    }
}
