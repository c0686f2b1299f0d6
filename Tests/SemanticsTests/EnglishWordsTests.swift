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

    @Test("pronouns for whatever there is and adverbs of manner ask for nothing")
    func emptyWords() {
        let plain = sql("Which ferries never crossed?", Self.ferries)
        #expect(sql("Which ferries actually never crossed anything?", Self.ferries) == plain, "\(plain)")
        #expect(plain.contains("NOT IN"), "\(plain)")
    }
}
