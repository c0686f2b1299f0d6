import Modeling
import Schemas
import Testing

@testable import Semantics

@Suite("Plain business questions")
struct BusinessQuestionTests {
    /// Verbs as people use them, on dates as schemas name them.
    static let club = Fixtures.catalogue(
        "club",
        """
        members: member_id int pk, full_name text, signup_date date, town text
        coaches: coach_id int pk, coach_name text, hire_date date, left_on date
        parcels: parcel_id int pk, member_id int >members, weight_kg real, created_at datetime, shipped_at datetime
        payments: payment_id int pk, member_id int >members, method text, amount real, paid_at datetime
        """)
    private var club: QuestionContext { QuestionContext(catalogue: Self.club, today: Fixtures.today) }

    @Test(
        "a verb finds the date that holds its stem, its particle or a word of the same meaning",
        arguments: [
            ("How many members signed up each month in 2025?", #"strftime('%Y-%m', "members"."signup_date")"#),
            ("How many members joined in 2025?", #""members"."signup_date" >= '2025-01-01'"#),
            ("How many coaches joined in 2025?", #""coaches"."hire_date" >= '2025-01-01'"#),
            ("How many coaches were hired per year?", #"strftime('%Y', "coaches"."hire_date")"#),
            ("How many parcels were shipped per month?", #"strftime('%Y-%m', "parcels"."shipped_at")"#),
            ("Parcels created in March 2025", #""parcels"."created_at" >= '2025-03-01'"#),
        ])
    func verbs(question: String, part: String) { #expect(sql(question, club).contains(part)) }

    @Test("an average per row of its own table is one number, per parent it is a ratio, else it makes groups")
    func ownGrain() {
        #expect(
            sql("What is the average quantity per order line?", Fixtures.retail)
                == #"SELECT AVG("order_lines"."quantity") AS "average_quantity" FROM "order_lines""#)
        #expect(
            sql("Average order value per order", Fixtures.retail)
                == #"SELECT AVG("orders"."total_amount") AS "average_order_value" FROM "orders""#)
        #expect(
            sql("Average quantity per order", Fixtures.retail).hasPrefix(
                #"SELECT 1.0 * SUM("order_lines"."quantity") / NULLIF(COUNT(DISTINCT "orders"."order_id"), 0)"#))
        #expect(sql("Average list price per category", Fixtures.retail).contains("GROUP BY"))
    }

    @Test("the total of payments is their amount, the number of payments counts them, the total of orders counts")
    func totals() {
        #expect(sql("Total payments by method in 2026", club).contains(#"SUM("payments"."amount")"#))
        #expect(sql("Number of payments by method", club).contains("COUNT(*)"))
        #expect(sql("Total orders by status", Fixtures.retail).contains("COUNT(*)"))
    }

    @Test(
        "what is used most is counted",
        arguments: ["Which method is used most?", "most used method", "most common method"])
    func used(question: String) {
        let text = sql(question, club)
        #expect(text.contains(#"COUNT(*) AS "number_of_payments""#))
        #expect(text.hasSuffix("LIMIT 1"))
    }

    @Test("a popular category is bought often, and is not the one with many products")
    func popular() {
        #expect(sql("most popular category", Fixtures.retail).contains(#"FROM "order_lines""#))
    }

    @Test("the first of each group is numbered within its group, ties by key")
    func topOfEach() {
        let cheapest = sql("What is the cheapest product in each category?", Fixtures.retail)
        #expect(
            cheapest.contains(
                #"ROW_NUMBER() OVER (PARTITION BY "categories"."category_id", "categories"."category_name" "#
                    + #"ORDER BY MIN("products"."list_price")"#))
        #expect(cheapest.hasSuffix(#"WHERE "place" <= 1 ORDER BY "category_name", "place""#))
        #expect(sql("top 3 customers by revenue per country", Fixtures.retail).contains(#"WHERE "place" <= 3"#))
        #expect(
            sql("first order of each customer", Fixtures.retail).contains(#"ORDER BY MIN("orders"."ordered_at")"#))
        #expect(clarification("Who spent the most in each country?", Fixtures.retail) != nil)
        #expect(sql("highest order total per store", Fixtures.retail).contains(#"MAX("orders"."total_amount")"#))
    }

    @Test("weekdays begin on Monday, and hours need a time of day")
    func calendar() {
        let days = sql("Revenue by weekday", Fixtures.retail)
        #expect(days.hasPrefix(#"SELECT CASE strftime('%w', "orders"."ordered_at") WHEN '0' THEN 'Sunday'"#))
        #expect(days.contains(#"ORDER BY (CAST(strftime('%w', "orders"."ordered_at") AS INTEGER) + 6) % 7"#))
        #expect(sql("Orders by hour of the day", Fixtures.retail).contains("strftime('%H'"))
        #expect(clarification("Members by hour of the day", club) != nil)
    }

    @Test("shares are of the whole, or of a part within each group")
    func shares() {
        #expect(
            sql("Share of revenue by segment", Fixtures.retail).contains(
                #"100 * 1.0 * SUM("orders"."total_amount") / NULLIF(SUM(SUM("orders"."total_amount")) OVER (), 0)"#)
        )
        #expect(
            sql("Percentage of cancelled orders per store", Fixtures.retail).contains(
                #"CASE WHEN "orders"."status" = 'cancelled'"#))
        // An order of several categories would stand in the whole several times.
        #expect(clarification("Share of orders by category", Fixtures.retail) != nil)
    }

    @Test("different customers per month are those who did business, new ones those who signed up")
    func different() {
        #expect(
            sql("Unique customers per month", Fixtures.retail).contains(
                #"strftime('%Y-%m', "orders"."ordered_at")"#))
        #expect(sql("New customers per month", Fixtures.retail).contains(#""customers"."signup_date""#))
        #expect(sql("How much was paid in 2025?", club).contains(#"SUM("payments"."amount")"#))
    }

    @Test("a number before the things that rank says how many")
    func numbers() {
        #expect(sql("Which three countries have the most customers?", Fixtures.retail).hasSuffix("LIMIT 3"))
    }

    @Test("a thing is not counted per itself")
    func singletons() {
        #expect(clarification("Number of customers per customer", Fixtures.retail) != nil)
    }

    @Test("words that name a chart ask for nothing else")
    func charts() {
        let plain = sql("Revenue by region and month", Fixtures.retail)
        #expect(sql("Revenue by region and month as a heat map", Fixtures.retail) == plain)
        #expect(sql("Revenue by region and month as a line chart", Fixtures.retail) == plain)
    }

    @Test(
        "every option that is offered is understood when it is asked",
        arguments: [
            "top 3 products per store", "Who is the best customer?", "Revenue by name", "Show the profit",
            "biggest product", "top products",
        ])
    func options(question: String) {
        guard let found = clarification(question, Fixtures.retail) else { return }
        for option in found.options { #expect(reading(option, Fixtures.retail) != nil, "\(option)") }
    }

    /// One letter before every name, and names written as one word.
    static let freight = Fixtures.catalogue(
        "freight",
        """
        cargo: c_cargokey int pk, c_shipdate date, c_receiptdate date, c_shipmode text, c_extendedprice real, c_candidate text
        """)

    @Test("names written as one word are read as two, and a letter before every name is left out")
    func compounds() {
        let freight = QuestionContext(catalogue: Self.freight, today: Fixtures.today)
        #expect(sql("Average extended price by ship mode", freight).contains(#"AVG("cargo"."c_extendedprice")"#))
        #expect(sql("How many cargo were received in 2025?", freight).contains(#""c_receiptdate" >= '2025-01-01'"#))
        #expect(sql("Cargo shipped per month", freight).contains(#"strftime('%Y-%m', "cargo"."c_shipdate")"#))
        #expect(freight.model.column(ColumnRef("cargo", "c_candidate"))?.words == ["candidate"])
    }
}
