import Modeling
import Schemas
import Testing

@testable import Semantics

/// How people speak of columns, numbers and kinds without naming them as the schema does.
@Suite("Plain speech")
struct PlainSpeechTests {
    private static let garage = Fixtures.context(
        "garage",
        """
        cars: car_id int pk, model text, fuel text, seats int, dents int, list_price text, bought_on date
        owners: owner_id int pk, first_name text, last_name text, birth_date date, tier text
        leases: lease_id int pk, car_id int >cars, owner_id int >owners, started_on date, state text, status text, freight_charge real
        """,
        values: [
            ("cars", "fuel", ["petrol", "diesel"]), ("owners", "tier", ["Gold", "Silver"]),
            ("leases", "state", ["running", "over"]), ("leases", "status", ["signed", "draft"]),
            ("cars", "model", ["Astra", "Golf"]),
        ],
        profiles: [
            ColumnProfile(column: ColumnRef("cars", "list_price"), samples: [.text("12000"), .text("9500.50")])
        ])

    @Test("numbers that are stored as text are ranked and added up as numbers")
    func numericText() {
        #expect(
            sql("Which car has the highest list price?", Self.garage).contains(
                "CAST(\"cars\".\"list_price\" AS REAL) DESC"))
        #expect(
            sql("Average list price by fuel", Self.garage).contains("AVG(CAST(\"cars\".\"list_price\" AS REAL))"))
    }

    @Test("one name needs no date beside it")
    func oneName() throws {
        let found = try #require(reading("Who is the oldest owner?", Self.garage))
        #expect(found.columns.count == 1)
    }

    @Test(
        "an open end may stand behind what is counted",
        arguments: [("cars with 5 seats or more", ">= 5"), ("cars with 4 seats or fewer", "<= 4")])
    func openEnds(question: String, condition: String) {
        #expect(sql(question, Self.garage).contains("\"seats\" \(condition)"))
    }

    @Test("a category may be called the type of something")
    func types() {
        #expect(sql("Number of cars per fuel type", Self.garage).contains("GROUP BY \"cars\".\"fuel\""))
    }

    @Test("in the order of the number speaks of what is counted")
    func number() {
        let found = sql("Show the number of cars per fuel, in descending order of the number", Self.garage)
        #expect(found.contains("ORDER BY COUNT(*) DESC"), "\(found)")
    }

    @Test("a noun behind a value says what kind of value it is")
    func classifiers() {
        let found = sql("owners with Gold status", Self.garage)
        #expect(found.contains("\"tier\" = 'Gold'") && !found.contains("leases"), "\(found)")
    }

    @Test("with and without a number of things asks whether there are any")
    func presences() {
        #expect(sql("cars with dents", Self.garage).contains("\"dents\" > 0"))
        #expect(sql("How many cars are there without dents?", Self.garage).contains("\"dents\" = 0"))
        #expect(!sql("Show cars with their seats", Self.garage).contains("> 0"))
    }

    @Test("more than so many of a kind counts rows of that kind")
    func kinds() {
        let found = sql("Which owners have more than 2 running leases?", Self.garage)
        #expect(found.contains("'running'") && found.contains("HAVING COUNT(*) > 2"), "\(found)")
    }

    @Test("what is charged is revenue where nothing else is")
    func charges() {
        #expect(sql("revenue by fuel", Self.garage).contains("SUM(\"leases\".\"freight_charge\")"))
    }

    @Test("a short word is not taken for another one that differs by a letter")
    func shortWords() {
        #expect(clarification("How many seals are there?", Self.garage)?.reason == "unknown_term")
    }

    @Test("the oldest is what began first")
    func beginnings() {
        let found = sql("oldest bridge", Self.river)
        #expect(found.contains("ORDER BY \"bridges\".\"built_year\", "), "\(found)")
        #expect(
            sql("What year was the Iron Bridge built?", Self.river).hasPrefix("SELECT \"bridges\".\"built_year\""))
        #expect(sql("List the longest river", Self.river).contains("\"length_km\" DESC"))
    }

    @Test("things that stand beside others are shown")
    func beside() {
        let found = sql("List the names of bridges over 100 m and the river that each belongs to", Self.river)
        #expect(found.contains("\"bridges\".\"bridge_name\", \"rivers\".\"river_name\""), "\(found)")
    }

    @Test("a unit tells which number is compared")
    func units() {
        #expect(sql("rivers with less than 300 km", Self.river).contains("\"length_km\" < 300"))
    }

    @Test("a category that is shared by so many rows groups by it")
    func shared() {
        let found = sql("Which materials are used by at least three bridges?", Self.river)
        #expect(found.contains("GROUP BY \"bridges\".\"material\" HAVING COUNT(*) >= 3"), "\(found)")
    }

    private static let river = Fixtures.context(
        "river",
        """
        rivers: river_id int pk, river_name text, length_km real
        bridges: bridge_id int pk, bridge_name text, river_id int >rivers, built_year int, material text, span_m real
        """,
        values: [
            ("bridges", "bridge_name", ["Iron Bridge", "Old Bridge"]), ("bridges", "material", ["steel", "stone"]),
        ])
}
