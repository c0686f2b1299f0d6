import Testing

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
