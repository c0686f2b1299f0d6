import Databases
import Foundation
import Modeling
import Schemas
import Semantics
import Values

/// A small database with rows, so that answers are compared with figures that were worked out by hand.
final class MeasuredDatabase: Sendable {
    private let path: String
    private let database: any Database
    let context: QuestionContext

    /// Writes `sql` to a file of its own, and reads its schema and values as Operon does.
    ///
    /// - Parameter load: takes the file to another server, and gives the database there; nil for the file itself.
    init(
        _ sql: String, glossary yaml: String? = nil, load: ((String) async throws -> any Database)? = nil
    ) async throws {
        path = NSTemporaryDirectory() + "/operon-measures-" + UUID().uuidString + ".sqlite"
        try SQLiteConnection(path: path, mode: .readWriteCreate).execute(sql)
        let database: any Database =
            if let load { try await load(path) } else { SQLiteDatabase(url: try DatabaseURL(path)) }
        self.database = database
        context = try await Self.context(of: database, glossary: yaml)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The rows of the answer, each as its values with a space between; numbers with at most four decimals, whole ones
    /// without. A question that is declined gives its reason.
    func ask(_ question: String) async -> [String] {
        switch QuestionReader().read(question, in: context) {
        case .clarification(let clarification): return ["\(clarification.reason): \(clarification.message)"]
        case .answer(let reading):
            let verdict = await database.query(reading.sql)
            guard verdict.kind == .ok else { return ["\(verdict.error?.message ?? "failed"): \(reading.sql)"] }
            return verdict.table.rows.map { $0.map(Self.text).joined(separator: " ") }
        }
    }

    static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "-"
        case .integer(let number): String(number)
        case .real(let number):
            Int(exactly: (number * 10_000).rounded()).map { whole in
                whole % 10_000 == 0 ? String(whole / 10_000) : "\(Double(whole) / 10_000)"
            } ?? "\(number)"
        case .text(let text): Double(text).map { Self.text(.real($0)) } ?? text
        case .blob: "bytes"
        }
    }

    private static func context(of database: any Database, glossary yaml: String?) async throws -> QuestionContext {
        let catalogue = try await database.catalogue()
        var values = ValueIndex()
        for (table, column) in ValueIndex.columnsToIndex(of: catalogue) {
            values.add(
                table: table, column: column,
                values: try await database.distinctValues(table: table, column: column, limit: 500))
        }
        var profiles: [ColumnProfile] = []
        for table in catalogue.tables {
            for column in table.columns {
                let samples = try await database.sampleValues(table: table.name, column: column.name, limit: 20)
                profiles.append(
                    ColumnProfile(
                        column: ColumnRef(table.name, column.name), samples: samples.filter { $0 != .null }))
            }
        }
        var glossary: Glossary?
        if let file = yaml.flatMap({ SemanticModelFile.read($0, file: "glossary.yaml").0 }) {
            glossary = Glossary.fit(file, to: catalogue).0
        }
        return QuestionContext(
            catalogue: catalogue, values: values, today: CivilDate(year: 2026, month: 11, day: 20),
            profiles: profiles, glossary: glossary)
    }
}
