import Modeling
import Schemas
import Testing

@testable import Semantics

/// Tables that take part in a query more than once; all figures are counted by hand from the rows in ``RoleSchemas``.
@Suite("Roles of tables")
struct RoleTests {
    private func check(
        _ schema: String, on engine: TestEngine = .sqlite, _ cases: [(question: String, rows: String)]
    ) async throws {
        let database = try await RealDatabase(schema, on: engine)
        for (question, rows) in cases {
            let answer = await database.answer(question)
            #expect(answer == rows, "\(question)")
        }
        await database.close()
    }

    @Test("a manager is another row of the same table")
    func managers() async throws {
        try await check(
            RoleSchemas.staff,
            [
                ("Who is the manager of Dan Ray?", "Bruno Hall"),
                ("Who is Dan Ray's manager?", "Bruno Hall"),
                ("Who manages Finn Wood?", "Cora Lane"),
                ("Who does Eva Moss report to?", "Bruno Hall"),
                ("How many people report to Bruno Hall?", "3"),
                ("List the employees managed by Bruno Hall", "Dan Ray; Eva Moss; Gus Park"),
                ("List the clerks whose manager is Bruno Hall", "Dan Ray; Eva Moss; Gus Park"),
                ("Employees in the Research department who report to Bruno Hall", "Gus Park"),
                ("What is the salary of the manager of Finn Wood?", "5000"),
                ("Total salary of the employees managed by Bruno Hall", "12000"),
                ("How many employees are in Sales?", "3"),
            ])
    }

    @Test("managers are those whom somebody names, each once")
    func managersAlone() async throws {
        try await check(
            RoleSchemas.staff,
            [
                ("How many managers are there?", "3"),
                ("List all managers", "Ada King; Bruno Hall; Cora Lane"),
                // (9000 + 6000 + 5000) / 3: Hall counts once, for all that three report to him.
                ("What is the average salary of managers?", "6666.67"),
                ("Which managers earn more than 5500?", "Ada King; Bruno Hall"),
            ])
    }

    @Test("those who report to somebody are counted from either side")
    func subordinates() async throws {
        try await check(
            RoleSchemas.staff,
            [
                ("Which manager has the most employees?", "Bruno Hall, 3"),
                ("Which employee has the most subordinates?", "Bruno Hall, 3"),
                ("Who has the most direct reports?", "Bruno Hall, 3"),
                ("Which employee manages the most employees?", "Bruno Hall, 3"),
                (
                    "Show managers and the number of their direct reports",
                    "Bruno Hall, 3; Ada King, 2; Cora Lane, 1"
                ),
                ("Employees with more than 1 subordinate", "Bruno Hall, 3; Ada King, 2"),
                ("Which employees have no subordinates?", "Dan Ray; Eva Moss; Finn Wood; Gus Park"),
                ("Which employees have no manager?", "Ada King"),
            ])
    }

    @Test("a row and the one in its role are listed side by side")
    func pairs() async throws {
        let rows =
            "Bruno Hall, Ada King; Cora Lane, Ada King; Dan Ray, Bruno Hall; Eva Moss, Bruno Hall; "
            + "Finn Wood, Cora Lane; Gus Park, Bruno Hall"
        try await check(
            RoleSchemas.staff,
            [
                ("List employees and their managers", rows),
                ("Show the names of employees and the names of their managers", rows),
                ("Show each employee with the name of the manager", rows),
            ])
        try await check(
            RoleSchemas.flights,
            [
                (
                    "List the origin city and destination city of each flight",
                    "Paris, London; Paris, London; London, Paris; Berlin, Paris; Paris, Berlin"
                )
            ])
    }

    @Test("words around a value choose between two references to one table")
    func twoReferences() async throws {
        try await check(
            RoleSchemas.flights,
            [
                ("How many flights go from Paris to London?", "2"),
                ("Flights to Berlin from Paris", "5"),
                ("Show flights departing from CDG", "1; 5"),
                ("Flights arriving in London", "1; 2"),
                ("How many flights land in Paris?", "2"),
                ("Flights leaving Berlin", "4"),
                ("Average price of flights from London", "90"),
                ("Which airline flies from Paris to Berlin?", "Blue Jet"),
                ("How many airports are there in Paris?", "2"),
            ])
        try await check(
            RoleSchemas.league,
            [
                ("How many games did the Hawks play at home?", "2"),
                ("How many home games did the Hawks play?", "2"),
                ("Games where the home team is Hawks and the away team is Bears", "1"),
                ("How many games were played with the Hawks as the away team?", "2"),
                ("Number of games per home team", "Hawks, 2; Bears, 2; Wolves, 1"),
            ])
    }

    @Test("two references to a calendar are two dates", arguments: TestEngine.installed)
    func calendar(engine: TestEngine) async throws {
        try await check(
            RoleSchemas.calendar, on: engine,
            [
                ("How many orders were shipped in March 2024?", "2"),
                ("How many orders were placed in March 2024?", "3"),
                ("Total amount of orders in March 2024", "150"),
                ("Total amount shipped in April 2024", "80"),
                ("Orders ordered in February 2024 and shipped in March 2024", "1"),
                ("Total amount by ship month", "March, 170; April, 80"),
            ])
    }

    @Test("two dates of one table are told apart by the same words", arguments: TestEngine.installed)
    func dates(engine: TestEngine) async throws {
        try await check(
            RoleSchemas.dates, on: engine,
            [
                ("How many orders were shipped in March 2024?", "2"),
                ("How many orders were placed in March 2024?", "3"),
                ("Total amount of orders in March 2024", "150"),
                ("Total amount shipped in April 2024", "80"),
            ])
    }

    @Test("a reference to its own table is found where nobody declared it")
    func tree() async throws {
        try await check(
            RoleSchemas.tree,
            [
                ("Subcategories of Food", "Drinks; Snacks"),
                ("How many subcategories does Food have?", "2"),
                ("What is the parent category of Juice?", "Drinks"),
                ("Which categories have no parent?", "Food; Toys"),
                ("Which category has the most subcategories?", "Food, 2"),
                ("Products whose parent category is Food", "Cola; Chips; Nuts"),
                ("Number of products per parent category", "Food, 3; Drinks, 1; Toys, 1"),
            ])
    }

    @Test("a role's alias is no table's name")
    func aliases() {
        let catalogue = Fixtures.catalogue(
            "firm",
            """
            Manager: manager_no int pk, grade text
            worker: worker_id int pk, worker_name text, manager_id int >worker
            """)
        let model = SchemaModel(catalogue)
        #expect(model.roles.map(\.name) == ["manager_worker", "subordinate"])
        #expect(model.stored("manager_worker") == "worker")
        let context = QuestionContext(catalogue: catalogue, today: Fixtures.today)
        #expect(
            sql("Which workers have no subordinates?", context)
                == #"SELECT "worker"."worker_name" FROM "worker" WHERE "worker"."worker_id" NOT IN (SELECT "subordinate"."manager_id" FROM "worker" AS "subordinate" WHERE "subordinate"."manager_id" IS NOT NULL)"#
        )
    }
}
