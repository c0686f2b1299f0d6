import Modeling
public import Schemas
public import Values

/// What a conversation carries from one question to the next: how the question before was read, and of which database.
/// It holds no rows; "which of them" narrows by the query itself. Sessions keep it as JSON on their log.
public struct ConversationState: Sendable, Hashable {
    /// The database that was asked.
    public var database: String
    /// A digest of the names of its tables and columns: a changed schema is another database.
    public var schema: String
    /// How the question before was read.
    public var query: SemanticQuery

    /// A state of more bytes is not carried: nobody follows up on such a question.
    public static let byteLimit = 16_384

    /// Remembers how a question was read against a database.
    public init(_ query: SemanticQuery, of catalogue: Catalogue) {
        database = catalogue.database
        schema = Self.digest(catalogue)
        self.query = query
    }

    /// `{"database","schema","query"}`; null when the query does not fit ``byteLimit`` or cannot be written.
    public var json: JSON {
        guard let written = try? JSON.encoding(query) else { return .null }
        let value: JSON = ["database": .string(database), "schema": .string(schema), "query": written]
        return value.description.utf8.count > Self.byteLimit ? .null : value
    }

    /// Reads ``json``; nil when it is something else, or of an earlier version that knew other queries.
    public init?(json: JSON) {
        guard let database = json["database"]?.string, let schema = json["schema"]?.string,
            let query = try? json["query"]?.decoded(as: SemanticQuery.self)
        else { return nil }
        (self.database, self.schema, self.query) = (database, schema, query)
    }

    /// Whether the state belongs to this database as it is now.
    public func belongs(to catalogue: Catalogue) -> Bool {
        database == catalogue.database && schema == Self.digest(catalogue)
    }

    private static func digest(_ catalogue: Catalogue) -> String {
        SHA256Digest.short(.strings(catalogue.tables.flatMap { [$0.name] + $0.columns.map(\.name) }))
    }
}
