import Databases
import Foundation
import Values

/// A little shop: enough for every kind of answer, small enough to be made for each test.
enum Shop {
    static let sql = """
        CREATE TABLE customers(customer_id INTEGER PRIMARY KEY, customer_name TEXT NOT NULL, city TEXT, joined_on DATE);
        CREATE TABLE orders(order_id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers,
            order_date DATE NOT NULL, total_amount DECIMAL(10,2) NOT NULL, status TEXT NOT NULL);
        CREATE TABLE salaries(employee TEXT, amount INTEGER);
        CREATE VIEW pay AS SELECT employee, amount FROM salaries;
        INSERT INTO customers VALUES (1,'Ada Lovelace','Paris','2025-01-10'),(2,'Bob Stone','Rome','2025-03-01'),
            (3,'Cleo Marsh','Paris','2025-06-20'),(4,'Dora Quist','Oslo','2026-01-05');
        INSERT INTO orders SELECT 1 + value, 1 + value % 4, date('2025-11-01', '+' || (value * 9) || ' days'),
            10 + (value * 37) % 90, CASE value % 5 WHEN 0 THEN 'returned' ELSE 'completed' END
            FROM (WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < 39)
                SELECT value FROM n);
        INSERT INTO salaries VALUES ('CANARY-7f3a', 424242);
        """

    /// What `--hide salaries` must never show.
    static let canaries = ["CANARY", "424242"]

    static func make(in folder: Folder, _ name: String = "shop.sqlite") throws {
        try SQLiteConnection(path: folder.file(name), mode: .readWriteCreate).execute(sql)
    }

    /// A folder with the shop in it.
    static func folder() throws -> Folder {
        let folder = try Folder()
        try make(in: folder)
        return folder
    }

    static let top = "Show me the top 3 customers by total amount"
    static let count = "How many orders are there?"
    static let unanswerable = "What will our revenue be next year?"
    static let today = "2026-11-20"
}

/// Agents for what the built-in ones never do.
enum TestAgents {
    static func definition(
        limits: String = "{}", tools: String = "[run_sql]", _ body: String
    ) -> String {
        """
        ---
        name: coordinator
        title: Test
        summary: For tests.
        tier: fast
        tools: \(tools)
        limits: \(limits)
        playbook:
        \(body.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n"))
        ---
        For tests.
        """
    }

    /// Runs a statement that takes until it is stopped.
    static let slow = definition(
        limits: "{wall: 50s}",
        """
        - id: rows
          tool: run_sql
          with:
            database: ${context.database}
            sql: WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r) SELECT count(*) FROM r
        - id: reply
          answer:
            answer: ${rows.row_count}
        """)
}
