import Modeling
import Schemas
import Testing

@testable import Semantics

@Suite("Cells that write numbers and days")
struct CellFormTests {
    @Test(
        "the form of cells is told from samples",
        arguments: [
            (["1,234", "76", "12,000"], CellForm.dressed(signs: ",")),
            (["$5.00", "$12.50"], .dressed(signs: "$")),
            (["7%", "12%"], .dressed(signs: "")),
            (["85", "9", "-"], .number),
            (["October 8, 2008", "May 1, 2009"], .monthDayYear(isShort: false)),
            (["Oct 8, 2008", "Jan 11, 2009"], .monthDayYear(isShort: true)),
            (["8 October 2008", "13 March 1985"], .dayMonthYear(separator: " ", isShort: false)),
            (["10/28/2008", "1/2/2009"], .numericMonthFirst(separator: "/")),
            (["28.10.2008", "1.2.2009"], .numericDayFirst(separator: ".")),
            (["2008/10/28", "2009/01/02"], .slashed),
        ])
    func formsAreTold(_ cells: [String], _ form: CellForm) {
        #expect(CellForm.of(cells.map { .text($0) }) == form)
    }

    @Test(
        "cells that are names have no form",
        arguments: [
            ["W 21-7", "L 3-9"], ["8A", "9B"], ["2008-10-08", "2009-01-02"], ["1st", "2nd"], ["12 kg", "3 t"],
            ["1/2/2009", "3/4/2009"], ["Monday", "Friday"], ["1,23", "4,5"], ["-", ""],
        ])
    func namesHaveNoForm(_ cells: [String]) {
        #expect(CellForm.of(cells.map { .text($0) }) == nil)
    }

    private static let concerts = """
        CREATE TABLE concert("No." INTEGER, "Venue" TEXT, "Held on" TEXT, "Attendance" TEXT, "Ticket price" TEXT);
        INSERT INTO concert VALUES
            (1,'Apollo','October 8, 2008','1,234','$25.00'), (2,'Arena','May 1, 2009','12,000','$110.50'),
            (3,'Barn','December 12, 2009','900','$9.00'), (4,'Apollo','January 2, 2010','1,100','$30.00');
        """

    @Test(
        "numbers and days in text are compared, ordered and added up as what they mean",
        arguments: [
            ("What is the total attendance?", "15234"),
            ("How many concerts had an attendance of more than 1000?", "3"),
            ("What is the average ticket price per venue?", "Arena, 110.5; Apollo, 27.5; Barn, 9"),
            ("What is the attendance of the concert held on December 12, 2009?", "900"),
            ("How many concerts were held in 2009?", "2"),
            ("Number of concerts per year", "2008, 1; 2009, 2; 2010, 1"),
            ("Which venue had concerts held before January 1, 2009?", "Apollo"),
        ])
    func cellsAreReadAsWhatTheyMean(_ question: String, _ rows: String) async throws {
        let database = try await RealDatabase(Self.concerts)
        #expect(await database.answer(question) == rows)
        await database.close()
    }

    @Test("days in text are parsed in every dialect")
    func daysAreParsedInEveryDialect() {
        let form = CellForm.monthDayYear(isShort: false)
        #expect(SQLPrinter(dialect: .postgresql).cell("d", form) == "to_date(d, 'Month DD, YYYY')")
        #expect(SQLPrinter(dialect: .duckdb).cell("d", form) == "CAST(strptime(d, '%B %d, %Y') AS DATE)")
    }
}
