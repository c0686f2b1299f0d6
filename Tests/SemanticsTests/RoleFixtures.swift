import Databases
import Foundation
import Modeling
import Schemas
import Support
import Testing
import Values

@testable import Semantics

/// The engines that schemas of the tests are tried on.
enum TestEngine: String, CaseIterable, Sendable {
    case sqlite, postgresql

    /// Those that are here.
    static var installed: [TestEngine] { allCases.filter { $0 == .sqlite || PostgresServer.isInstalled } }
}

/// A database of its own, read as the program reads one.
final class RealDatabase: Sendable {
    private let folder: String
    private let database: any Database
    let context: QuestionContext

    /// Runs the statements in a new SQLite file, and copies that into PostgreSQL where the engine is that one.
    init(_ statements: String, on engine: TestEngine = .sqlite) async throws {
        folder = NSTemporaryDirectory() + "/operon-roles-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/data.sqlite"
        try SQLiteConnection(path: path, mode: .readWriteCreate).execute(statements)
        switch engine {
        case .sqlite: database = try DatabaseURL(path).open()
        case .postgresql: database = try await PostgresLoader.load(path, into: PostgresServer.shared()).open()
        }
        let catalogue = try await database.catalogue()
        var values = ValueIndex()
        for (table, column) in ValueIndex.columnsToIndex(of: catalogue) {
            values.add(
                table: table, column: column,
                values: try await database.distinctValues(table: table, column: column, limit: 100))
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
        context = QuestionContext(catalogue: catalogue, values: values, today: Fixtures.today, profiles: profiles)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The answer's rows as text, `a, b; c, d`; or why there is none.
    func answer(_ question: String) async -> String {
        switch QuestionReader().read(question, in: context) {
        case .clarification(let clarification): return "\(clarification.reason): \(clarification.message)"
        case .answer(let reading):
            let verdict = await database.query(reading.sql)
            if let error = verdict.error { return "\(error.code): \(reading.sql)" }
            return verdict.table.rows.map { row in row.map(Self.text).joined(separator: ", ") }.joined(
                separator: "; ")
        }
    }

    func close() async { await database.close() }

    private static func text(_ value: SQLValue) -> String {
        switch value {
        case .null: "-"
        case .integer(let number): "\(number)"
        case .real(let number): Int(exactly: number).map(String.init) ?? "\((number * 100).rounded() / 100)"
        case .text(let text): text
        case .blob: "bytes"
        }
    }
}

/// Small databases in which a table takes part more than once.
enum RoleSchemas {
    /// Who reports to whom: King over Hall and Lane; Hall over Ray, Moss and Park; Lane over Wood.
    static let staff = """
        CREATE TABLE department(department_id INTEGER PRIMARY KEY, name TEXT, city TEXT);
        CREATE TABLE employee(employee_id INTEGER PRIMARY KEY, name TEXT, job TEXT, salary REAL, hire_date TEXT,
            department_id INT REFERENCES department(department_id), manager_id INT REFERENCES employee(employee_id));
        INSERT INTO department VALUES (1,'Sales','Boston'),(2,'Research','Denver'),(3,'Finance','Austin');
        INSERT INTO employee VALUES
            (1,'Ada King','President',9000,'2010-01-04',3,NULL), (2,'Bruno Hall','Lead',6000,'2012-03-01',1,1),
            (3,'Cora Lane','Lead',5000,'2013-05-01',2,1), (4,'Dan Ray','Clerk',6500,'2014-02-01',1,2),
            (5,'Eva Moss','Clerk',3000,'2011-02-01',1,2), (6,'Finn Wood','Analyst',5200,'2016-07-01',2,3),
            (7,'Gus Park','Clerk',2500,'2018-07-01',2,2);
        """

    static let league = """
        CREATE TABLE team(team_id INTEGER PRIMARY KEY, team_name TEXT, city TEXT);
        CREATE TABLE game(game_id INTEGER PRIMARY KEY, home_team_id INT REFERENCES team(team_id),
            away_team_id INT REFERENCES team(team_id), home_score INT, away_score INT, played_on TEXT);
        INSERT INTO team VALUES (1,'Hawks','Leeds'),(2,'Bears','York'),(3,'Wolves','Bath');
        INSERT INTO game VALUES (1,1,2,3,1,'2025-01-05'),(2,2,1,0,2,'2025-02-05'),(3,1,3,2,2,'2025-03-05'),
            (4,3,1,4,0,'2025-04-05'),(5,2,3,1,0,'2025-05-05');
        """

    /// References by bare words and by codes.
    static let flights = """
        CREATE TABLE airport(code TEXT PRIMARY KEY, name TEXT, city TEXT, country TEXT);
        CREATE TABLE airline(airline_id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE flight(flight_id INTEGER PRIMARY KEY, airline_id INT REFERENCES airline(airline_id),
            origin TEXT REFERENCES airport(code), destination TEXT REFERENCES airport(code), price REAL,
            departed_on TEXT);
        INSERT INTO airport VALUES ('CDG','Charles de Gaulle','Paris','France'),('ORY','Orly','Paris','France'),
            ('LHR','Heathrow','London','England'),('TXL','Tegel','Berlin','Germany');
        INSERT INTO airline VALUES (1,'Blue Jet'),(2,'Red Wing');
        INSERT INTO flight VALUES (1,1,'CDG','LHR',100,'2025-01-01'),(2,1,'ORY','LHR',80,'2025-01-02'),
            (3,2,'LHR','CDG',90,'2025-01-03'),(4,2,'TXL','CDG',70,'2025-02-01'),(5,1,'CDG','TXL',60,'2025-02-02');
        """

    /// Two references to one calendar; the fifth order was never shipped.
    static let calendar = """
        CREATE TABLE dim_date(date_key INTEGER PRIMARY KEY, full_date TEXT, month_name TEXT, year INT);
        CREATE TABLE customer(customer_id INTEGER PRIMARY KEY, name TEXT, country TEXT);
        CREATE TABLE sales_order(order_id INTEGER PRIMARY KEY, customer_id INT REFERENCES customer(customer_id),
            order_date_key INT REFERENCES dim_date(date_key), ship_date_key INT REFERENCES dim_date(date_key),
            amount REAL);
        INSERT INTO dim_date VALUES (20240228,'2024-02-28','February',2024),(20240301,'2024-03-01','March',2024),
            (20240315,'2024-03-15','March',2024),(20240402,'2024-04-02','April',2024),
            (20240420,'2024-04-20','April',2024);
        INSERT INTO customer VALUES (1,'Acme','France'),(2,'Zenith','Spain');
        INSERT INTO sales_order VALUES (1,1,20240228,20240301,100),(2,1,20240301,20240402,50),
            (3,2,20240315,20240315,70),(4,2,20240315,20240420,30),(5,1,20240402,NULL,20);
        """

    /// The same orders with two date columns of their own.
    static let dates = """
        CREATE TABLE customer(customer_id INTEGER PRIMARY KEY, name TEXT, country TEXT);
        CREATE TABLE sales_order(order_id INTEGER PRIMARY KEY, customer_id INT REFERENCES customer(customer_id),
            order_date TEXT, ship_date TEXT, amount REAL);
        INSERT INTO customer VALUES (1,'Acme','France'),(2,'Zenith','Spain');
        INSERT INTO sales_order VALUES (1,1,'2024-02-28','2024-03-01',100),(2,1,'2024-03-01','2024-04-02',50),
            (3,2,'2024-03-15','2024-03-15',70),(4,2,'2024-03-15','2024-04-20',30),(5,1,'2024-04-02',NULL,20);
        """

    /// A tree whose reference nobody declared.
    static let tree = """
        CREATE TABLE category(id INTEGER PRIMARY KEY, name TEXT, parent_id INTEGER);
        CREATE TABLE product(id INTEGER PRIMARY KEY, name TEXT, price REAL, category_id INT REFERENCES category(id));
        INSERT INTO category VALUES (1,'Food',NULL),(2,'Drinks',1),(3,'Snacks',1),(4,'Toys',NULL),(5,'Puzzles',4),
            (6,'Juice',2);
        INSERT INTO product VALUES (1,'Cola',2,2),(2,'Chips',3,3),(3,'Cube',9,5),(4,'Apple juice',4,6),
            (5,'Nuts',5,3);
        """
}
