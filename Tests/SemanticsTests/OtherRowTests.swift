import Schemas
import Testing
import Values

@testable import Semantics

/// Comparisons of a row with another one, and roles that words leave open; counted by hand from ``RoleSchemas``.
@Suite("Rows beside other rows")
struct OtherRowTests {
    private func check(_ schema: String, _ cases: [(question: String, rows: String)]) async throws {
        let database = try await RealDatabase(schema)
        for (question, rows) in cases {
            let answer = await database.answer(question)
            #expect(answer == rows, "\(question)")
        }
        await database.close()
    }

    @Test("a row is compared with the one in its role")
    func versus() async throws {
        try await check(
            RoleSchemas.staff,
            [
                // 6500 > 6000 and 5200 > 5000
                ("Which employees earn more than their manager?", "Dan Ray; Finn Wood"),
                ("Employees whose salary is higher than their manager's salary", "Dan Ray; Finn Wood"),
                ("How many employees earn less than their manager?", "4"),
                ("Employees hired before their manager", "Eva Moss"),
                ("Which employees work in the same department as their manager?", "Dan Ray; Eva Moss; Finn Wood"),
            ])
        try await check(
            RoleSchemas.league,
            [("Games where the home score is higher than the away score", "1; 4; 5")])
    }

    @Test("a row is compared with one that is named")
    func named() async throws {
        try await check(
            RoleSchemas.staff,
            [
                ("Who earns more than Cora Lane?", "Ada King; Bruno Hall; Dan Ray; Finn Wood"),
                ("Employees with a salary higher than Bruno Hall", "Ada King; Dan Ray"),
                ("Employees in the same department as Cora Lane", "Cora Lane; Finn Wood; Gus Park"),
                ("Which other employees work in the same department as Cora Lane?", "Finn Wood; Gus Park"),
                ("List employees with the same job as Dan Ray", "Dan Ray; Eva Moss; Gus Park"),
                ("How many employees are in the same department as Eva Moss?", "3"),
            ])
        try await check(
            RoleSchemas.tree,
            [
                ("Which products are more expensive than Chips?", "Cube; Apple juice; Nuts"),
                ("Other products in the same category as Chips", "Nuts"),
            ])
    }

    @Test("being a manager is not having one")
    func being() async throws {
        try await check(
            RoleSchemas.staff,
            [
                ("Employees who are managers", "Ada King; Bruno Hall; Cora Lane"),
                ("Employees who are not managers", "Dan Ray; Eva Moss; Finn Wood; Gus Park"),
                // Hall belongs to Sales and Lane to Research; King belongs to Finance, whoever reports to her.
                ("List managers in Sales", "Bruno Hall"),
            ])
    }

    @Test("who never takes a part is told from who never takes another one")
    func never() async throws {
        try await check(
            RoleSchemas.flights,
            [
                ("Which airports are never a destination?", "Orly"),
                ("Which airports are never the origin of a flight?", ""),
                ("Which airport is the most frequent destination of flights?", "Charles de Gaulle, 2"),
                ("List airports from France", "Charles de Gaulle; Orly"),
            ])
    }

    @Test("who does what a role does is in it")
    func doers() async throws {
        try await check(
            """
            CREATE TABLE user(user_id INTEGER PRIMARY KEY, name TEXT, country TEXT);
            CREATE TABLE message(message_id INTEGER PRIMARY KEY, sender_id INT REFERENCES user(user_id),
                receiver_id INT REFERENCES user(user_id), subject TEXT);
            INSERT INTO user VALUES (1,'Amy','France'),(2,'Bo','Spain'),(3,'Cy','France');
            INSERT INTO message VALUES (1,1,2,'hi'),(2,1,3,'yo'),(3,2,1,'re'),(4,3,1,'ok'),(5,1,2,'no');
            """,
            [
                ("How many messages did Amy send?", "3"),
                ("How many messages did Amy receive?", "2"),
                ("How many messages were sent by Amy?", "3"),
                ("Messages from Amy to Cy", "2"),
                ("Which user sent the most messages?", "Amy, 3"),
                ("Who sent messages to Bo?", "Amy"),
            ])
    }

    @Test("columns that are participles name who does it, and their dates stay dates")
    func participles() async throws {
        try await check(
            """
            CREATE TABLE users(id INTEGER PRIMARY KEY, username TEXT, country TEXT);
            CREATE TABLE tickets(id INTEGER PRIMARY KEY, title TEXT, created_by INT REFERENCES users(id),
                assigned_to INT REFERENCES users(id), created_at TEXT, closed_at TEXT);
            INSERT INTO users VALUES (1,'amy','France'),(2,'bob','Spain'),(3,'cid','France');
            INSERT INTO tickets VALUES (1,'Login',1,2,'2025-01-01',NULL),(2,'Crash',1,3,'2025-01-03','2025-02-01'),
                (3,'Slow',2,2,'2024-12-05',NULL);
            """,
            [
                ("How many tickets were created by amy?", "2"),
                ("How many tickets are assigned to bob?", "2"),
                ("Tickets created by amy and assigned to cid", "Crash"),
                ("Tickets created in 2025", "Login; Crash"),
            ])
    }

    @Test("the thing that is compared may stand within the comparison")
    func within() async throws {
        try await check(
            """
            CREATE TABLE course(course_id INTEGER PRIMARY KEY, title TEXT, credits INT,
                prerequisite_id INT REFERENCES course(course_id));
            INSERT INTO course VALUES (1,'Math I',5,NULL),(2,'Math II',6,1),(3,'Stats',4,1),(4,'ML',8,3);
            """,
            [
                ("Courses with more credits than their prerequisite", "Math II; ML"),
                ("What is the prerequisite of Stats?", "Math I"),
                ("Which courses are not a prerequisite of any course?", "Math II; ML"),
            ])
    }

    @Test("a glossary names the other side of a join by its role")
    func glossary() async throws {
        let database = try await RealDatabase(
            """
            CREATE TABLE staff(id INTEGER PRIMARY KEY, name TEXT, coach INTEGER);
            INSERT INTO staff VALUES (1,'Ann',NULL),(2,'Bob',1),(3,'Cid',1);
            """)
        let text = """
            joins:
              - {on: staff.coach = staff.id, role: mentor}
            """
        let (file, problems) = SemanticModelFile.read(text, file: "g.yaml")
        var context = database.context
        context.glossary = file.map { Glossary.fit($0, to: context.catalogue).0 }
        #expect(problems == [])
        #expect(
            sql("Who is the mentor of Bob?", context)
                == #"SELECT "coach"."name" FROM "staff" AS "coach" JOIN "staff" ON "staff"."coach" = "coach"."id" WHERE "staff"."name" = 'Bob' GROUP BY "coach"."id", "coach"."name""#
        )
        await database.close()
    }

    @Test("beside a period, a word that leads to a role tells the date as well")
    func dated() async throws {
        let database = try await RealDatabase(
            """
            CREATE TABLE port(port_id INTEGER PRIMARY KEY, name TEXT, region TEXT);
            CREATE TABLE shipment(shipment_id INTEGER PRIMARY KEY, origin_port_id INT REFERENCES port(port_id),
                destination_port_id INT REFERENCES port(port_id), containers INT, booked_on TEXT, departed_on TEXT);
            INSERT INTO port VALUES (1,'Oslo','North'),(2,'Bari','South');
            INSERT INTO shipment VALUES (1,1,2,5,'2024-12-30','2025-01-02'),(2,2,1,7,'2025-12-30','2026-01-02'),
                (3,1,2,4,'2025-02-01','2025-02-03');
            """)
        #expect(await database.answer("How many shipments departed from Oslo in 2025?") == "2")
        #expect(await database.answer("How many shipments departed from Bari in 2025?") == "0")
        await database.close()
    }

    @Test("where nothing tells the role, the roles are offered, and sides count for either")
    func open() async throws {
        let flights = try await RealDatabase(RoleSchemas.flights)
        let found = clarification("Number of flights per airport", flights.context)
        #expect(found?.reason == "ambiguous")
        #expect(found?.options == ["Number of flights per origin", "Number of flights per destination"])
        #expect(await flights.answer("Number of flights per airline") == "Blue Jet, 3; Red Wing, 2")
        await flights.close()
        let league = try await RealDatabase(RoleSchemas.league)
        #expect(await league.answer("List all games of the Hawks") == "1; 2; 3; 4")
        #expect(clarification("Games played in Leeds", league.context)?.reason == "ambiguous")
        await league.close()
    }
}
