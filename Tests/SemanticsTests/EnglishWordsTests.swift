import Modeling
import Schemas
import Testing

@testable import Semantics

@Suite("Questions in other words than the schema's")
struct EnglishWordsTests {
    /// Ferries with draughts, fares per kilometre and days of departure.
    static let ferries = Fixtures.context(
        "ferries",
        """
        ferry: ferry_id int pk, ferry_name text, max_draft_m real, length_ft real, cents_per_km real, has_bar int
        crossing: crossing_id int pk, ferry_id int >ferry, departed_on date, arrived_at datetime, is_delayed int
        ticket: ticket_id int pk, crossing_id int >crossing, buyer_email text, paid_date date, fare_eur real, state text
        """,
        values: [("ferry", "ferry_name", ["Aurora", "Borealis"]), ("ticket", "state", ["cancelled", "used"])],
        profiles: [
            ColumnProfile(column: ColumnRef("ferry", "has_bar"), samples: [.integer(1), .integer(0)]),
            ColumnProfile(column: ColumnRef("crossing", "is_delayed"), samples: [.integer(1), .integer(0)]),
        ])

    /// A library whose flags are letters and whose names are cut short.
    static let library = Fixtures.context(
        "library",
        """
        Member: MemberNo int pk, FullName text, Town text, ActiveFlag text, ExpiryDt date
        Loan: LoanNo int pk, MemberNo int >Member, LoanDt date, ReturnedOn date, FineAmt real, Renewed text
        Shelf: ShelfCd text pk, FloorLvl int, Colour text
        """,
        values: [("Member", "Town", ["Leeds", "York"]), ("Shelf", "Colour", ["red", "green"])],
        profiles: [
            ColumnProfile(column: ColumnRef("Member", "ActiveFlag"), samples: [.text("Y"), .text("N")]),
            ColumnProfile(column: ColumnRef("Loan", "Renewed"), samples: [.text("Y"), .text("N")]),
        ])

    @Test(
        "nouns and verbs of one event find its day",
        arguments: [
            ("How many crossings departed in 2025?", "departed_on"),
            ("Show the departure date of the crossings of the ferry Aurora", "departed_on"),
            ("Show the arrival time of every crossing", "arrived_at"),
            ("How many loans were returned in May 2025?", "ReturnedOn"),
        ])
    func events(question: String, column: String) {
        let context = question.contains("loan") ? Self.library : Self.ferries
        let text = sql(question, context)
        #expect(text.contains(#"."\#(column)""#), "\(text)")
    }

    @Test(
        "units are no part of a name",
        arguments: [
            ("What is the average draft of the ferries?", #"AVG("ferry"."max_draft_m")"#),
            ("What is the length of the ferry Aurora?", #""ferry"."length_ft""#),
            ("Show the price per km of every ferry", #""ferry"."cents_per_km""#),
            ("What is the average fare of tickets?", #"AVG("ticket"."fare_eur")"#),
        ])
    func units(question: String, fragment: String) {
        let text = sql(question, Self.ferries)
        #expect(text.contains(fragment), "\(text)")
    }

    @Test(
        "flags are called by what they say yes to, and denied in several ways",
        arguments: [
            ("Which ferries have a bar?", #""ferry"."has_bar" = 1"#),
            ("How many ferries are without a bar?", #""ferry"."has_bar" <> 1"#),
            ("How many crossings were delayed?", #""crossing"."is_delayed" = 1"#),
            ("How many crossings were not delayed?", #""crossing"."is_delayed" <> 1"#),
            ("How many non-delayed crossings are there?", #""crossing"."is_delayed" <> 1"#),
            ("How many loans were renewed?", #""Loan"."Renewed" = 'Y'"#),
            ("How many active members live in Leeds?", #""Member"."ActiveFlag" = 'Y'"#),
        ])
    func flags(question: String, fragment: String) {
        let context = question.contains("loan") || question.contains("member") ? Self.library : Self.ferries
        let text = sql(question, context)
        #expect(text.contains(fragment), "\(text)")
    }

    @Test(
        "what has not happened has no day",
        arguments: [
            ("How many tickets are unpaid?", #""ticket"."paid_date" IS NULL"#),
            ("How many loans are not returned yet?", #""Loan"."ReturnedOn" IS NULL"#),
            ("How many unreturned loans are there?", #""Loan"."ReturnedOn" IS NULL"#),
        ])
    func missingDays(question: String, fragment: String) {
        let text = sql(question, question.contains("loan") ? Self.library : Self.ferries)
        #expect(text.contains(fragment), "\(text)")
    }

    @Test(
        "a noun that only spells out the name beside it is a part of it",
        arguments: [
            (
                "Show the ticket id and the buyer email address of all tickets", Self.ferries,
                #""ticket"."buyer_email""#
            ),
            ("Which ferries have a cocktail bar?", Self.ferries, #""ferry"."has_bar" = 1"#),
            ("Show the floor level of every shelf", Self.library, #""Shelf"."FloorLvl""#),
        ])
    func shells(question: String, context: QuestionContext, fragment: String) {
        let text = sql(question, context)
        #expect(text.contains(fragment), "\(text)")
    }

    @Test(
        "a noun or adjective that narrows stays unknown",
        arguments: [
            "How many premium tickets were sold?", "Show the wooden ferries",
            "What is the satisfaction score of ferries?",
            "How many ferries have a captain?", "Which loans have a guarantor?",
        ])
    func unknown(question: String) {
        let context = question.contains("loan") ? Self.library : Self.ferries
        if case .answer(let reading) = QuestionReader().read(question, in: context) {
            Issue.record("\(reading.sql)")
        }
    }

    @Test(
        "another spelling is the same word, and a slip of the pen is put right",
        arguments: [
            ("How many shelves have the color red?", Self.library, #""Shelf"."Colour" = 'red'"#),
            ("How many crosings are there?", Self.ferries, #"FROM "crossing""#),
            ("Show the avrage fare of tickets", Self.ferries, #"AVG("ticket"."fare_eur")"#),
            ("Show the highst fare of tickets", Self.ferries, #""ticket"."fare_eur""#),
        ])
    func spelling(question: String, context: QuestionContext, fragment: String) {
        let text = sql(question, context)
        #expect(text.contains(fragment), "\(text)")
    }

    /// A clinic with visits in states and an arrival and a leaving of each.
    static let clinic = Fixtures.context(
        "clinic",
        """
        patient: patient_id int pk, full_name text, town text
        visit: visit_id int pk, patient_id int >patient, checked_in_at datetime, discharged_on date, status text, ward text, fee real, fee_limit real
        """,
        values: [
            ("visit", "status", ["cancelled", "completed", "planned"]), ("visit", "ward", ["A1", "B2"]),
            ("patient", "town", ["Leeds", "York"]),
        ])

    @Test(
        "a noun made of a state before \"rate\" asks for the part that is in it, of all that remain",
        arguments: [
            ("What is the cancellation rate of visits in ward A1?", "'cancelled'", "'A1'"),
            ("completion rate by ward", "'completed'", #"GROUP BY "visit"."ward""#),
        ])
    func rates(question: String, state: String, rest: String) throws {
        let text = sql(question, Self.clinic)
        #expect(text.contains(state) && text.contains(rest), "\(text)")
        // The state makes the part, and is no condition on the whole.
        let whole = try #require(text.split(separator: " GROUP BY ").first?.split(separator: " FROM ").last)
        #expect(!whole.contains(state), "\(text)")
    }

    @Test("words that no state is made of make no rate")
    func unknownRates() {
        for question in [
            "What is the infection rate of visits?", "conversion rate by ward", "churn rate of patients",
        ] {
            #expect(reading(question, Self.clinic) == nil, "\(question)")
        }
    }

    @Test(
        "a plural behind a state names the rows that are in it",
        arguments: ["How many completed stays were there?", "How many cancelled meetings were there?"])
    func rowsOfStates(question: String) {
        let text = sql(question, Self.clinic)
        #expect(text.contains(#"FROM "visit" WHERE "visit"."status" = "#), "\(text)")
    }

    @Test("days are counted by their nouns and by verbs with a particle")
    func countedDays() {
        let discharges = sql("How many discharges were there in 2025?", Self.clinic)
        #expect(
            discharges.contains(#"COUNT(*)"#) && discharges.contains(#""discharged_on" >= '2025-01-01'"#),
            "\(discharges)")
        let arrivals = sql("Number of check-ins per month in 2025", Self.clinic)
        #expect(arrivals.contains(#""checked_in_at""#), "\(arrivals)")
    }

    @Test("two columns of a row are compared or declined, never passed over")
    func comparedColumns() {
        for question in [
            "Which visits have a fee above their fee limit?", "visits whose fee exceeds the fee limit",
        ] {
            guard let text = reading(question, Self.clinic)?.sql else { continue }
            #expect(text.contains(#""visit"."fee" > "visit"."fee_limit""#), "\(text)")
        }
    }

    @Test(
        "more general words name tables, agents name what somebody did, and years stand before or behind",
        arguments: [
            ("How many ships are there?", #"FROM "vessel""#),

            ("List the builders of the vessels", #""vessel"."built_by""#),
            ("What is the year of launch of the vessel Aurora?", #""vessel"."launch_year""#),
            ("Show the total passengers carried per vessel", #"SUM("vessel"."passengers")"#),
        ])
    func names(question: String, fragment: String) {
        let text = sql(question, Self.vessels)
        #expect(text.contains(fragment), "\(text)")
    }

    static let vessels = Fixtures.context(
        "vessels",
        "vessel: vessel_id int pk, vessel_name text, built_by text, captained_by text, launch_year int, passengers int",
        values: [("vessel", "vessel_name", ["Aurora"])])

    @Test("a word of English is no misspelling of a name")
    func realWords() {
        let context = Fixtures.context(
            "cargo",
            "carrier: carrier_id int pk, carrier_name text\nload: load_id int pk, carrier_id int >carrier, weight real",
            values: [])
        #expect(!sql("How many loads were carried?", context).contains("carrier_name"))
        #expect(sql("How many carriars are there?", context).contains(#"FROM "carrier""#))
    }

    @Test("irregular plurals")
    func plurals() {
        for (many, one) in [
            ("shelves", "shelf"), ("knives", "knife"), ("mice", "mouse"), ("criteria", "criterion"),
            ("alumni", "alumnus"), ("crises", "crisis"), ("companies", "company"),
        ] {
            #expect(Words.lemma(many) == one)
        }
    }

    @Test("pronouns for whatever there is and adverbs of manner ask for nothing")
    func emptyWords() {
        let plain = sql("Which ferries never crossed?", Self.ferries)
        #expect(sql("Which ferries actually never crossed anything?", Self.ferries) == plain, "\(plain)")
        #expect(plain.contains("NOT IN"), "\(plain)")
    }
}
