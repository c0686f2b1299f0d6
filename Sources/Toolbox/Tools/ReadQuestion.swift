internal import AgentRuntime
internal import Schemas
internal import Semantics
internal import Values

/// `read_question`: a question in plain language becomes SQL, or a question back.
struct ReadQuestion: Tool {
    let pool: DatabasePool

    let descriptor = ToolDescriptor(
        name: "read_question", title: "Read a question",
        summary:
            "Understands a question about a database: gives the SQL that answers it with an explanation of how it was read, or says what is missing or ambiguous.",
        input: .object(
            properties: [
                ("database", .databaseName),
                ("question", .string("The question as the person asked it.")),
                ("today", .string("The day that \"today\" means, as YYYY-MM-DD.")),
                (
                    "semantic",
                    JSONSchema([
                        "type": ["string", "null"], "description": "The name of the glossary to read with.",
                    ])
                ),
                (
                    "previous",
                    JSONSchema([
                        "type": ["object", "null"],
                        "description":
                            "What the reading of the question before gave as \"conversation\": follow-up questions go on from it.",
                    ])
                ),
                (
                    "clarification",
                    JSONSchema([
                        "type": ["object", "null"], "description": "The clarification that a choice was made of.",
                    ])
                ),
                (
                    "choice",
                    JSONSchema([
                        "type": ["string", "null"],
                        "description": "The text or the number of what the person chose of the clarification.",
                    ])
                ),
            ], required: ["database", "question", "today"]),
        // Open: a reading has further members, which `write_answer` and `choose_chart` take as they are.
        output: .object(
            properties: [
                ("verdict", JSONSchema(["type": "string", "enum": ["answer", "clarification"]])),
                ("sql", .string("The SQL that answers the question.")),
                ("columns", .columns),
                ("shape", .shape),
                ("explanation", .string("How the question was read.")),
                (
                    "confidence",
                    JSONSchema(["type": "number", "description": "How sure the reading is, from 0 to 1."])
                ),
                (
                    "clarification",
                    .object(
                        properties: [
                            ("message", .string("What is missing or ambiguous.")),
                            ("options", JSONSchema(["type": "array", "items": ["type": "string"]])),
                            ("reason", .string("The kind of trouble, as a code.")),
                            (
                                "texts",
                                JSONSchema([
                                    "type": "array", "items": ["type": "string"],
                                    "description": "What there is to choose from, in words.",
                                ])
                            ),
                            (
                                "choices",
                                JSONSchema([
                                    "type": "array", "items": ["type": "object"],
                                    "description": "The same with what each reads.",
                                ])
                            ),
                        ], required: ["message", "options", "reason"])
                ),
                (
                    "conversation",
                    JSONSchema([
                        "type": ["object", "null"],
                        "description": "What a follow-up question needs to know of this one.",
                    ])
                ),
            ], required: ["verdict"], isOpen: true),
        effectClass: .readOnly, permission: "ask", contextArguments: ["database", "today", "semantic", "previous"])

    func call(_ arguments: JSON, in context: ToolContext) async throws -> ToolOutput {
        try await reporting {
            guard let today = CivilDate(iso8601: try arguments.text("today")) else {
                throw OperonError(code: "arguments_invalid", "\"today\" is no date", hint: "Write YYYY-MM-DD.")
            }
            var reading = try await pool.context(
                arguments.text("database"), semantic: arguments["semantic"]?.string)
            reading.today = today
            // What was said of another database, or of this one before its schema changed, is forgotten.
            if let state = ConversationState(json: arguments["previous"] ?? .null),
                state.belongs(to: reading.catalogue)
            {
                reading.previous = state.query
            }
            switch try interpretation(of: arguments, in: reading) {
            case .answer(let answer):
                var object = answer.json.object ?? [:]
                object["verdict"] = "answer"
                object["conversation"] = ConversationState(answer.query, of: reading.catalogue).json
                return ToolOutput(.object(object))
            case .clarification(let clarification):
                return ToolOutput(["verdict": "clarification", "clarification": clarification.json])
            }
        }
    }

    private func interpretation(of arguments: JSON, in context: QuestionContext) throws -> Interpretation {
        let question = try arguments.text("question")
        guard let choice = arguments["choice"]?.string else { return QuestionReader().read(question, in: context) }
        guard let chosen = QuestionReader().read(choice, of: arguments["clarification"] ?? .null, in: context)
        else {
            throw OperonError(
                code: "arguments_invalid", "\"choice\" is none of the clarification's choices",
                hint: "Give the text or the number of one of them.")
        }
        return chosen
    }
}
