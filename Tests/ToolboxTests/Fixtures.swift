import AgentRuntime
import Databases
import Foundation
import Toolbox
import Values

/// A library of books in a file that disappears with it.
final class Library: Sendable {
    private let folder: String
    let path: String

    init() throws {
        folder = NSTemporaryDirectory() + "/operon-toolbox-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/library.sqlite"
        try SQLiteConnection(path: path, mode: .readWriteCreate).execute(
            """
            CREATE TABLE authors(author_id INTEGER PRIMARY KEY, author_name TEXT NOT NULL, country TEXT);
            CREATE TABLE loans(loan_id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors,
                loan_date DATE NOT NULL, fee DECIMAL(8,2));
            CREATE TABLE secrets(word TEXT);
            CREATE UNIQUE INDEX author_names ON authors(author_name);
            CREATE VIEW dear AS SELECT * FROM loans WHERE fee > 10;
            INSERT INTO authors VALUES (1,'Ursula','USA'),(2,'Italo','Italy'),(3,'Stanislaw','Poland');
            INSERT INTO loans SELECT value, 1 + value % 3, date('2026-01-01', '+' || value || ' days'), value * 1.5
                FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 20)
                    SELECT value FROM n);
            INSERT INTO secrets VALUES ('CANARY-19c2');
            """)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A pool that knows the library under its name, without its secrets.
    func pool() throws -> DatabasePool {
        let pool = DatabasePool(hiddenTables: ["secrets"])
        pool.add(try DatabaseURL(path))
        return pool
    }

    func registry() throws -> ToolRegistry { StandardTools.registry(try pool()) }
}

extension ToolRegistry {
    /// Calls a tool as a door does: arguments that fit the schema, and a result that must.
    func call(_ name: String, _ arguments: JSON, in context: ToolContext = ToolContext()) async throws -> ToolOutput
    {
        guard let tool = self[name] else { throw OperonError(code: "tool_unknown", name) }
        let wrong = tool.descriptor.input.validate(arguments)
        if let first = wrong.first { throw OperonError(code: "arguments", "\(first.path) \(first.message)") }
        let output = try await tool.call(arguments, in: context)
        if let first = tool.descriptor.output.validate(output.value).first {
            throw OperonError(code: "result", "\(name): \(first.path) \(first.message)")
        }
        return output
    }

    /// The failure with which a call ends; nil when it succeeds.
    func failure(_ name: String, _ arguments: JSON) async -> ToolFailure? {
        do {
            _ = try await call(name, arguments)
            return nil
        } catch {
            return error as? ToolFailure
        }
    }
}
