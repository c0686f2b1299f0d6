public import Modeling
public import Schemas
public import Values

/// What a question is read against: a database, its values, the day, and the question before.
public struct QuestionContext: Sendable {
    /// The database.
    public var catalogue: Catalogue { didSet { rebuild() } }
    /// Values that questions may name.
    public var values: ValueIndex
    /// The day that "today" means.
    public var today: CivilDate
    /// What the question before was read as, for follow-up questions.
    public var previous: SemanticQuery?
    /// What was seen of columns' values; optional.
    public var profiles: [ColumnProfile] { didSet { rebuild() } }

    /// What was seen of the whole database; optional. The same evidence and more, for keys and references.
    public var profile: Profile? { didSet { rebuild() } }

    /// What the business calls things; optional.
    public var glossary: Glossary? { didSet { rebuild() } }

    /// What was inferred of the database, for whoever wants to show it.
    public var understanding: SchemaModel { model }

    /// What was inferred of the database. Made once per context, since it does not depend on the question.
    private(set) var model: SchemaModel
    private(set) var lexicon: Lexicon

    /// Makes a context and infers the model of the database.
    public init(
        catalogue: Catalogue, values: ValueIndex = ValueIndex(), today: CivilDate, previous: SemanticQuery? = nil,
        profiles: [ColumnProfile] = [], profile: Profile? = nil, glossary: Glossary? = nil
    ) {
        self.catalogue = catalogue
        self.values = values
        self.today = today
        self.previous = previous
        self.profiles = profiles
        self.profile = profile
        self.glossary = glossary
        model = SchemaModel(catalogue, profiles: profiles, profile: profile)
        lexicon = Lexicon(model)
        if glossary != nil { rebuild() }
    }

    private mutating func rebuild() {
        model = SchemaModel(catalogue, profiles: profiles, profile: profile)
        if let glossary { model = glossary.adjusted(model) }
        lexicon = Lexicon(model)
        if let glossary { lexicon.add(glossary.on(today).names) }
    }
}

/// What became of a question.
public enum Interpretation: Sendable {
    /// It was understood.
    case answer(Reading)
    /// It was not, or not surely enough; what to say instead.
    case clarification(Clarification)
}

/// How a question was read, with the SQL that answers it.
public struct Reading: Sendable {
    /// The question in terms of the schema.
    public var query: SemanticQuery
    /// The SQL, runnable by itself: names are quoted, literals escaped.
    public var sql: String
    /// Parameters of the SQL; empty, since the printer writes literals.
    public var parameters: [SQLValue]
    /// The columns' titles for people.
    public var columns: [String]
    /// What each column is.
    public var shape: [OutputColumn]
    /// One sentence: how the question was read.
    public var explanation: String
    /// What was assumed where the question left it open.
    public var assumptions: [String]
    /// How tables were joined, in words.
    public var joins: [String]
    /// What rows were kept, in words.
    public var filters: [String]
    /// What one row of the result is, in the singular; nil when no one word says it.
    public var noun: String?
    /// How sure the reading is, 0 to 1.
    public var confidence: Double
    /// What the confidence is computed from.
    public var signals: Signals

    /// `{"sql","parameters","columns","explanation","assumptions","joins","confidence"}` and the members of
    /// ``AnswerOutline/json``.
    public var json: JSON {
        var object: JSONObject = [
            "sql": .string(sql), "parameters": .array(parameters.map(\.json)), "columns": .strings(columns),
            "explanation": .string(explanation), "assumptions": .strings(assumptions), "joins": .strings(joins),
            "confidence": .double(confidence),
        ]
        for member in outline.json.object?.members ?? [] { object[member.key] = member.value }
        return .object(object)
    }
}
