import Modeling
import Schemas
import Testing

@testable import Semantics

@Suite("Words that a schema does not hold")
struct QuestionWordsTests {
    /// A sailing school: boats that are lent, courses that coaches give.
    static let harbour = Fixtures.context(
        "harbour",
        """
        coach: coach_id int pk, name text, home_port text, rating real
        course: course_id int pk, title text, level text, seat_capacity int
        assignment: assignment_id int pk, coach_id int >coach, course_id int >course
        boat: boat_id int pk, boat_name text, maximum_hull_length_meters real, colour text, state text, daily_price real
        lending: lending_id int pk, boat_id int >boat, sailor_id int, lent_on date
        sailor: sailor_id int pk, sailor_name text, county text, became_member date
        """,
        values: [
            ("course", "level", ["Beginner", "Advanced"]), ("boat", "colour", ["Red", "Blue"]),
            ("boat", "state", ["Repair", "Ready"]), ("sailor", "county", ["Kent", "Essex"]),
            ("coach", "home_port", ["Dover", "Kent Harbour"]),
        ])

    @Test(
        "a word of the root of a name speaks of it",
        arguments: [
            (
                "List the names of coaches who are not assigned to courses",
                #""coach"."coach_id" NOT IN (SELECT "assignment"."coach_id" FROM "assignment""#
            ),
            ("How many boats are repaired?", #""boat"."state" = 'Repair'"#),
        ])
    func roots(question: String, fragment: String) {
        let text = sql(question, Self.harbour)
        #expect(text.contains(fragment), "\(text)")
    }

    @Test("words share a root by their endings and not by their first letters")
    func sharedRoots() {
        for (a, b) in [
            ("assigned", "assignment"), ("primarily", "primary"), ("enrollments", "enroll"),
            ("certified", "certificate"),
        ] {
            #expect(Words.shareRoot(a, b), "\(a) \(b)")
        }
        for (a, b) in [("station", "status"), ("product", "produce"), ("candle", "candidate"), ("art", "artist")] {
            #expect(!Words.shareRoot(a, b), "\(a) \(b)")
        }
    }

    @Test("a verb that only ties two things is passed over, and makes the reading less sure")
    func ties() {
        let plain = reading("How many courses has each coach?", Self.harbour)
        let tied = reading("How many courses are taught by each coach?", Self.harbour)
        #expect(plain?.sql == tied?.sql)
        #expect((tied?.confidence ?? 1) < (plain?.confidence ?? 0))
        #expect(
            clarification("How many courses were rejected by each coach?", Self.harbour)?.reason == "unknown_term")
    }

    @Test("a value beside the name of its column is of that column")
    func namedValues() {
        let text = sql("How many sailors are from Kent county?", Self.harbour)
        #expect(text.contains(#""sailor"."county" = 'Kent'"#), "\(text)")
    }

    @Test("the middle of a long name names it, and an article inside a name is passed over")
    func partsOfNames() {
        let hull = sql("What is the average hull length of red boats?", Self.harbour)
        #expect(hull.contains(#"AVG("boat"."maximum_hull_length_meters")"#), "\(hull)")
        let member = sql("When did each sailor become a member?", Self.harbour)
        #expect(!member.contains("lent_on"), "\(member)")
    }

    @Test("\"both … and\" asks for two memberships, which no single row could fulfil")
    func both() {
        let text = sql("Which coaches teach both Beginner and Advanced courses?", Self.harbour)
        #expect(text.contains(#""course"."level" = 'Beginner'"#), "\(text)")
        #expect(text.contains(#""course"."level" = 'Advanced'"#), "\(text)")
        #expect(!text.contains("IN ('Beginner', 'Advanced')"), "\(text)")
    }

    @Test("\"or\" between values of two columns is an alternative")
    func alternatives() {
        let text = sql("Which boats are Blue or in state Ready?", Self.harbour)
        #expect(text.contains(#"("boat"."colour" = 'Blue' OR "boat"."state" = 'Ready')"#), "\(text)")
    }

    @Test("a ratio has its own conditions on either side and common ones for both")
    func ratio() {
        let text = sql(
            "What is the ratio of boats with a daily price above 80 to boats with a daily price below 50 in state Ready?",
            Self.harbour)
        #expect(
            text.contains(
                #"1.0 * SUM(CASE WHEN "boat"."daily_price" > 80 THEN 1 ELSE 0 END) / "#
                    + #"NULLIF(SUM(CASE WHEN "boat"."daily_price" < 50 THEN 1 ELSE 0 END), 0)"#), "\(text)")
        #expect(text.hasSuffix(#"WHERE "boat"."state" = 'Ready'"#), "\(text)")
        let groups = sql("Ratio of red boats to blue boats per state", Self.harbour)
        #expect(groups.contains(#"GROUP BY "boat"."state""#), "\(groups)")
    }

    @Test("the thing that is ranked by its own date may be counted for")
    func rankedByDate() {
        let text = sql("How many lendings has the sailor with the latest became member date?", Self.harbour)
        #expect(!text.contains("lent_on"), "\(text)")
    }

    @Test("how the query should be written is no part of the question")
    func querySpeech() {
        let plain = sql("Return the name of coaches without an assignment", Self.harbour)
        let spoken = sql(
            "Return the name of coaches without an assignment, by doing a left join from the coach to the assignment table.",
            Self.harbour)
        #expect(plain == spoken)
        #expect(plain.contains("NOT IN"))
    }

    @Test("readings that count what every row has at most once are declined")
    func atMostOne() {
        let text = sql("Which lendings have two or more boats?", Self.harbour)
        #expect(!text.hasPrefix("SELECT"), "\(text)")
    }

    @Test("one misspelt letter in a longer name costs a little confidence and no answer")
    func misspelt() {
        let right = reading("What is the average hull length of boats?", Self.harbour)
        let wrong = reading("What is the averege hull length of boats?", Self.harbour)
        let name = reading("What is the average hull lenght of boats?", Self.harbour)
        #expect(right != nil)
        #expect(wrong == nil || wrong?.sql == right?.sql)
        #expect(name?.sql == right?.sql)
    }

    @Test("a part of one stored name stands for it, and a part of several for none")
    func shortenedNames() {
        let found = reading("Which coaches have the home port Harbour?", Self.harbour)
        #expect(found?.sql.contains(#""coach"."home_port" = 'Kent Harbour'"#) == true, "\(found?.sql ?? "")")
        #expect(found?.assumptions.contains { $0.contains("Kent Harbour") } == true)
        var twice = Self.harbour
        twice.values.add(table: "coach", column: "home_port", values: [.text("Deal Harbour")])
        #expect(reading("Which coaches have the home port Harbour?", twice) == nil)
    }

    @Test("text to look for needs no quotes, and may be denied")
    func letters() {
        let with = sql("Which sailors have a county that contains Ess?", Self.harbour)
        #expect(with.contains(#""sailor"."county" LIKE '%Ess%'"#), "\(with)")
        let without = sql("Which sailors are without the letter K in their county?", Self.harbour)
        #expect(without.contains(#""sailor"."county" NOT LIKE '%K%'"#), "\(without)")
    }

    @Test("who asks for one number is shown no other number beside it")
    func oneNumber() {
        let readings = Fixtures.context("readings", "readings: zip_code int, pressure real", values: [])
        let text = sql("What is the zip code with the lowest average pressure?", readings)
        #expect(text.hasPrefix(#"SELECT "readings"."zip_code" FROM "readings""#), "\(text)")
        #expect(text.contains(#"ORDER BY AVG("readings"."pressure")"#), "\(text)")
    }

    @Test("a number belongs to the column beside it that can hold numbers")
    func numbers() {
        let table = Fixtures.context(
            "table",
            "league: Club text, Rank text, Wins real, Losses real",
            values: [("league", "Club", ["Harriers"])],
            profiles: [
                ColumnProfile(column: ColumnRef("league", "Club"), samples: [.text("Harriers"), .text("Rovers")]),
                ColumnProfile(column: ColumnRef("league", "Rank"), samples: [.text("1"), .text("2")]),
            ])
        let wins = sql("What is the rank of the club with 7 wins?", table)
        #expect(wins.contains(#""league"."Wins" = 7"#), "\(wins)")
        #expect(!wins.contains(#""Club" = '7'"#), "\(wins)")
        let named = sql("Name the club with losses of 3", table)
        #expect(named.contains(#"SELECT "league"."Club""#) && named.contains(#""Losses" = 3"#), "\(named)")
    }
}
