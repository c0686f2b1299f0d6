import Databases
import Foundation
import Schemas
import Values

/// A directory of its own that disappears with the fixture.
final class Folder: Sendable {
    let path: String
    init() {
        path = NSTemporaryDirectory() + "/operon-databases-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// Makes a database from SQL text.
func makeDatabase(_ path: String, _ sql: String) throws {
    let connection = try SQLiteConnection(path: path, mode: .readWriteCreate)
    try connection.execute(sql)
}

/// A shop with a table and views that must stay hidden.
let shopSQL = """
    CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city VARCHAR(40), joined DATE, vip BOOLEAN);
    CREATE TABLE orders(id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INT NOT NULL REFERENCES customers,
        placed_at DATETIME, total DECIMAL(10,2), note);
    CREATE TABLE salaries(id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT, amount INT,
        customer_id INT REFERENCES customers(id));
    CREATE TABLE bonus(id INTEGER PRIMARY KEY, salary_id INT REFERENCES salaries(id), customer_id INT REFERENCES customers);
    CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 20;
    CREATE VIEW pay AS SELECT person, amount FROM salaries;
    CREATE VIEW pay_of_pay AS SELECT count(*) AS n FROM pay;
    CREATE VIEW broken AS SELECT gone FROM nowhere;
    CREATE INDEX orders_by_customer ON orders(customer_id, lower(note));
    CREATE UNIQUE INDEX customer_names ON customers(name);
    INSERT INTO customers VALUES (1,'Ada','Paris','2024-01-01',1),(2,'Bob','Rome','2024-02-01',0),
        (3,'Cleo','Paris',NULL,NULL);
    INSERT INTO orders(customer_id, placed_at, total, note) VALUES (1,'2024-03-01 10:00:00',10.5,'x'),
        (1,'2024-03-02 10:00:00',30,'DROP TABLE x'),(2,'2024-04-01 10:00:00',25,NULL);
    INSERT INTO salaries(person, amount) VALUES ('CANARY-7f3a', 424242);
    INSERT INTO bonus VALUES (1,1,1);
    """

/// What the hidden table must never show.
let canaries = ["CANARY", "424242", "salaries", "pay_of_pay"]

func sqliteDatabase(_ path: String, hidden: [String] = [], limits: QueryLimits = QueryLimits()) throws
    -> SQLiteDatabase
{
    SQLiteDatabase(url: try DatabaseURL(path), hiddenTables: hidden, limits: limits)
}

func bytes(of path: String) -> Data? { FileManager.default.contents(atPath: path) }
