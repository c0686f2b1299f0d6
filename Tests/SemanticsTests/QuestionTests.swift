import Schemas
import Testing

@testable import Semantics

@Suite("Questions become SQL")
struct QuestionTests {
    @Test(
        "a shop with declared keys",
        arguments: [
            ("How many customers are there?", #"SELECT COUNT(*) AS "number_of_customers" FROM "customers""#),
            (
                "How many customers in Germany?",
                #"SELECT COUNT(*) AS "number_of_customers" FROM "customers" WHERE "customers"."country" = 'Germany'"#
            ),
            (
                "Number of orders by status",
                #"SELECT "orders"."status", COUNT(*) AS "number_of_orders" FROM "orders" GROUP BY "orders"."status" "#
                    + #"ORDER BY COUNT(*) DESC, "orders"."status""#
            ),
            (
                "Which customers have never placed an order?",
                #"SELECT "customers"."first_name" || ' ' || "customers"."last_name" AS "customer" FROM "customers" "#
                    + #"WHERE "customers"."customer_id" NOT IN (SELECT "orders"."customer_id" FROM "orders" "#
                    + #"WHERE "orders"."customer_id" IS NOT NULL)"#
            ),
            (
                "What is the average order value per month for 2024?",
                #"SELECT strftime('%Y-%m', "orders"."ordered_at") AS "month", AVG("orders"."total_amount") AS "#
                    + #""average_order_value" FROM "orders" WHERE "orders"."ordered_at" >= '2024-01-01' AND "#
                    + #""orders"."ordered_at" < '2025-01-01' GROUP BY strftime('%Y-%m', "orders"."ordered_at") "#
                    + #"ORDER BY strftime('%Y-%m', "orders"."ordered_at")"#
            ),
            (
                "List products with a list price above 200",
                #"SELECT "products"."product_name" FROM "products" WHERE "products"."list_price" > 200"#
            ),
            (
                "What is the most expensive product?",
                #"SELECT "products"."product_name", "products"."list_price" FROM "products" "#
                    + #"ORDER BY "products"."list_price" DESC, "products"."product_id" LIMIT 1"#
            ),
            (
                "How many orders between January and March 2025?",
                #"SELECT COUNT(*) AS "number_of_orders" FROM "orders" WHERE "orders"."ordered_at" >= '2025-01-01' "#
                    + #"AND "orders"."ordered_at" < '2025-04-01'"#
            ),
        ])
    func retail(question: String, expected: String) { #expect(sql(question, Fixtures.retail) == expected) }

    @Test("the total of a header serves groups at its grain, lines serve finer ones")
    func grain() {
        #expect(sql("Total revenue by store", Fixtures.retail).contains(#"SUM("orders"."total_amount")"#))
        let byCategory = sql("Revenue by category, top 5", Fixtures.retail)
        #expect(byCategory.contains(#"SUM("order_lines"."unit_price" * "order_lines"."quantity")"#))
        #expect(!byCategory.contains("total_amount"))
        #expect(byCategory.hasSuffix("LIMIT 5"))
    }

    @Test("orders that are reached through their lines are counted once")
    func countsOnce() {
        let text = sql("How many orders were returned last quarter, by product category?", Fixtures.retail)
        #expect(text.contains(#"COUNT(DISTINCT "orders"."order_id")"#))
        #expect(
            text.contains(#""returns"."returned_at" >= '2026-07-01' AND "returns"."returned_at" < '2026-10-01'"#))
        #expect(text.contains(#"GROUP BY "categories"."category_id", "categories"."category_name""#))
    }

    @Test("a sum that joins would repeat is taken over distinct rows")
    func distinctRows() {
        let text = sql("Total amount of orders by brand", Fixtures.retail)
        #expect(
            text
                == #"SELECT "group1" AS "brand", SUM("value3") AS "total_amount" FROM (SELECT DISTINCT "orders"."order_id" AS "#
                + #""key1", "products"."brand" AS "group1", "orders"."total_amount" AS "value3" FROM "orders" JOIN "#
                + #""order_lines" ON "order_lines"."order_id" = "orders"."order_id" JOIN "products" ON "#
                + #""order_lines"."product_id" = "products"."product_id") AS "rows" GROUP BY "group1" "#
                + #"ORDER BY SUM("value3") DESC, "group1""#)
    }

    @Test("figures of different levels are computed apart and put side by side")
    func levels() {
        let text = sql("Total amount of orders and total quantity of order lines by region", Fixtures.retail)
        #expect(text.contains(" UNION ALL "))
        // Neither sum stands in a SELECT with the rows of the other.
        #expect(text.contains(#"SUM("order_lines"."quantity") AS "figure1", NULL AS "figure2" FROM "order_lines""#))
    }

    @Test("a line happens when its order does")
    func lineTime() {
        let text = sql("Which brand generated the most revenue in 2025?", Fixtures.retail)
        #expect(text.contains(#""orders"."ordered_at" >= '2025-01-01'"#))
    }

    @Test("ranking by business words shows what was ranked on, with ties by key")
    func ranking() {
        let found = reading("Show me the top 5 customers by total purchase amount", Fixtures.retail)
        #expect(found?.columns == ["Customer", "Total sales"])
        #expect(found?.shape.map(\.role) == [.dimension, .measure])
        #expect(
            found?.sql.contains(#"ORDER BY SUM("orders"."total_amount") DESC, "customers"."customer_id""#) == true)
        #expect(found?.assumptions.isEmpty == false)
    }

    @Test("thresholds on groups become HAVING, or membership when groups are counted")
    func having() {
        #expect(sql("Customers with more than 20 orders", Fixtures.retail).contains("HAVING COUNT(*) > 20"))
        let counted = sql("How many customers have more than 20 orders?", Fixtures.retail)
        #expect(
            counted.hasPrefix(
                #"SELECT COUNT(*) AS "number_of_customers" FROM "customers" WHERE "customers"."customer_id" IN"#))
    }

    @Test("first and last name together name a person, whatever the accents")
    func persons() {
        let text = sql("How many orders has Jorg Muller placed?", Fixtures.retail)
        #expect(text.contains(#""customers"."first_name" = 'Jörg' AND "customers"."last_name" = 'Müller'"#))
    }

    @Test(
        "singular names with a bridge",
        arguments: [
            (
                "Which genre has the most tracks?",
                #"SELECT "Genre"."Name", COUNT(*) AS "number_of_tracks" FROM "Track" JOIN "Genre" ON "Track"."GenreId" = "#
                    + #""Genre"."GenreId" GROUP BY "Genre"."GenreId", "Genre"."Name" ORDER BY COUNT(*) DESC, "#
                    + #""Genre"."GenreId", "Genre"."Name" LIMIT 1"#
            ),
            (
                "Which Rock tracks are longer than 10 minutes?",
                #"SELECT "Track"."Name" FROM "Track" JOIN "Genre" ON "Track"."GenreId" = "Genre"."GenreId" WHERE "#
                    + #""Genre"."Name" = 'Rock' AND "Track"."Milliseconds" > 600000"#
            ),
            (
                "How many albums does AC/DC have?",
                #"SELECT COUNT(*) AS "number_of_albums" FROM "Album" JOIN "Artist" ON "Album"."ArtistId" = "#
                    + #""Artist"."ArtistId" WHERE "Artist"."Name" = 'AC/DC'"#
            ),
            (
                "How many tracks cost more than 0.99?",
                #"SELECT COUNT(*) AS "number_of_tracks" FROM "Track" WHERE "Track"."UnitPrice" > 0.99"#
            ),
        ])
    func music(question: String, expected: String) { #expect(sql(question, Fixtures.music) == expected) }

    @Test(
        "undeclared keys, abbreviations and dates kept as text",
        arguments: [
            (
                "How many stays per department in 2024?",
                #"JOIN "departments" ON "physicians"."dept_id" = "departments"."dept_id" WHERE "stays"."admission_date" >= '2024-01-01'"#
            ),
            ("What is the average total cost of emergency stays?", #"AVG("stays"."tot_cost")"#),
            ("How many emergency stays were there?", #"WHERE "stays"."is_emergency" = 1"#),
            (
                "How many female patients are older than 60?",
                #"WHERE "patients"."gender" = 'female' AND "patients"."age" > 60"#
            ),
            ("Total cost per month in 2024", #"strftime('%Y-%m', "stays"."admission_date")"#),
            ("Number of stays by discharge date in March 2024", #""stays"."discharge_date""#),
        ])
    func hospital(question: String, part: String) { #expect(sql(question, Fixtures.hospital).contains(part)) }

    @Test("the same question gives the same SQL a hundred times")
    func determinism() {
        let question = "How many orders were returned last quarter, by product category?"
        let first = sql(question, Fixtures.retail)
        for _ in 0..<100 { #expect(sql(question, Fixtures.retail) == first) }
    }

    @Test("quotes in names and values cannot leave their literals")
    func escaping() {
        let printer = SQLPrinter(dialect: .sqlite)
        #expect(printer.literal(.text("O'Reilly'; DROP TABLE x; --")) == "'O''Reilly''; DROP TABLE x; --'")
        #expect(printer.quoted(#"a"b"#) == #""a""b""#)
    }
}

@Suite("Words that could belong to several things")
struct AttachmentTests {
    @Test("a thing's own date does not date what is measured of it")
    func ownDates() {
        let text = sql("Average total amount per store in 2025, highest first", Fixtures.retail)
        #expect(text.contains(#""orders"."ordered_at" >= '2025-01-01'"#))
        #expect(!text.contains("opening_date"))
    }

    @Test("a verb stands for its table before a column that begins with it")
    func verbs() {
        let text = sql("Which products were returned most often?", Fixtures.retail)
        #expect(text.contains(#"COUNT(*) AS "number_of_returns" FROM "returns""#))
        #expect(text.hasSuffix("LIMIT 1"))
    }

    @Test("of nouns side by side the last is the head")
    func compounds() {
        #expect(
            sql("What are the product categories?", Fixtures.retail)
                == #"SELECT "categories"."category_name" FROM "categories""#)
    }

    @Test("the list of groups goes on after a period")
    func groups() {
        let found = reading("Orders by month, store and status", Fixtures.retail)
        #expect(found?.shape.map(\.role) == [.time(.month), .dimension, .dimension, .measure])
    }

    @Test("a denied value of something that a row has many of is an absence")
    func absence() {
        let text = sql("Which customers have no orders in 2026?", Fixtures.retail)
        #expect(text.contains("NOT IN (SELECT") && text.contains("2026-01-01"))
    }

    @Test("what only leads to the missing thing is no condition of its own")
    func leading() {
        let text = sql("How many customers have never returned an order?", Fixtures.retail)
        #expect(
            text.hasPrefix(
                #"SELECT COUNT(*) AS "number_of_customers" FROM "customers" WHERE "customers"."customer_id" NOT IN"#
            ))
    }

    @Test("an amount per transaction is a ratio of sums where only lines are counted")
    func ratios() {
        let text = sql("Average number of items per order", Fixtures.retail)
        #expect(
            text.contains(#"1.0 * SUM("order_lines"."quantity") / NULLIF(COUNT(DISTINCT "orders"."order_id"), 0)"#))
    }

    @Test("a share is the part over the whole, in per cent")
    func shares() {
        let found = reading("What percentage of orders were cancelled?", Fixtures.retail)
        #expect(found?.shape.map(\.format) == [.percent])
        #expect(found?.sql.contains("CASE WHEN \"orders\".\"status\" = 'cancelled' THEN 1 ELSE 0 END") == true)
    }
}
