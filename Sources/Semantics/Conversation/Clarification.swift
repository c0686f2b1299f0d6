public import Values

/// What to say when a question is not answered.
public struct Clarification: Sendable, Hashable {
    /// One or two sentences for the person.
    public var message: String
    /// Questions or names to choose from; each is understood when it is asked as it stands. May be empty.
    public var options: [String]
    /// Why, as a stable code: `unknown_term`, `ambiguous`, `write_request`, `forecast`, `undefined_metric`,
    /// `unsupported`.
    public var reason: String
    /// Readings to choose from, where the question has several; empty when the options are questions to ask instead.
    public var readings: [Choice] = []
    /// What each option takes the unknown word for, by the option.
    var meanings: [String: Meaning] = [:]

    /// Makes a clarification.
    public init(_ message: String, options: [String] = [], reason: String) {
        self.message = message
        self.options = options
        self.reason = reason
    }

    /// Makes one that offers readings of the question.
    init(_ message: String, readings: [Reading], meanings: [Meaning] = [], reason: String = "ambiguous") {
        self.init(message, options: readings.map(\.explanation), reason: reason)
        self.readings = readings.enumerated().map { at, reading in
            Choice(
                text: reading.explanation, reads: .query(reading.query),
                means: meanings.indices.contains(at) ? meanings[at] : nil)
        }
    }

    /// One of the things to choose from.
    public struct Choice: Sendable, Hashable {
        /// What is read when it is chosen.
        public enum Reads: Sendable, Hashable {
            /// This question instead.
            case question(String)
            /// The question, so.
            case query(SemanticQuery)
        }
        /// The words for the person.
        public var text: String
        /// What it reads.
        public var reads: Reads
        /// What the choice takes a word for; a glossary may remember it.
        public var means: Meaning?

        /// Makes a choice.
        public init(text: String, reads: Reads, means: Meaning? = nil) {
            self.text = text
            self.reads = reads
            self.means = means
        }
    }

    /// All that there is to choose from: readings, else questions.
    public var choices: [Choice] {
        if !readings.isEmpty { return readings }
        return options.map { Choice(text: $0, reads: .question($0), means: meanings[$0]) }
    }

    /// `{"message","options","reason","texts","choices":[{"id","text","question"|"query","means"?}]}`; what choices
    /// read is for ``QuestionReader/read(_:of:in:)``, their texts are for the person.
    public var json: JSON {
        var object: JSONObject = [
            "message": .string(message), "options": .strings(options), "reason": .string(reason),
        ]
        let choices = choices
        guard !choices.isEmpty else { return .object(object) }
        object["texts"] = .strings(choices.map(\.text))
        object["choices"] = .array(
            choices.enumerated().map { number, choice in
                var entry: JSONObject = ["id": .string("\(number + 1)"), "text": .string(choice.text)]
                switch choice.reads {
                case .question(let question): entry["question"] = .string(question)
                case .query(let query):
                    // What cannot be written is asked in words.
                    if let written = try? JSON.encoding(query) {
                        entry["query"] = written
                    } else {
                        entry["question"] = .string(choice.text)
                    }
                }
                if let means = choice.means, let written = try? JSON.encoding(means) { entry["means"] = written }
                return .object(entry)
            })
        return .object(object)
    }
}

extension QuestionReader {
    /// Reads what a person chose of a clarification: the text or the number of one of its choices.
    ///
    /// - Parameter clarification: what ``Clarification/json`` wrote.
    /// - Returns: the reading; nil when `choice` is none of them.
    public func read(_ choice: String, of clarification: JSON, in context: QuestionContext) -> Interpretation? {
        let choices = clarification["choices"]?.array ?? []
        guard
            let chosen = choices.first(where: { $0["text"]?.string == choice })
                ?? choices.first(where: { $0["id"]?.string == choice })
        else { return nil }
        if let query = try? chosen["query"]?.decoded(as: SemanticQuery.self) {
            return FollowUpReader(context: context, previous: query).result(of: query)
        }
        var context = context
        context.previous = nil
        return chosen["question"]?.string.map { read($0, in: context) }
    }
}
