import Testing

@testable import Semantics

/// Questions on one table with the headers and cells that spreadsheets and pages have.
@Suite("Questions on one table")
struct TableQuestionTests {
    private static let concerts = """
        CREATE TABLE table_9("Night" REAL, "Date" TEXT, "Opponent" TEXT, "Result" TEXT, "Attendance" TEXT,
            "Game site" TEXT);
        INSERT INTO table_9 VALUES
            (1,'March 7, 1981','Otters','W 21-7','52,153','North Park'), (2,'March 14, 1981','Herons','L 7-29','53,099','Old Ground'),
            (3,'March 21, 1981','Foxes','L 21-51','63,850','Bay Arena'), (4,'March 28, 1981','Badgers','T 14-14','54,776','Old Ground'),
            (5,'April 4, 1981','Otters','W 16-3','9,006','Hill Field');
        """

    @Test(
        "numbers and values go to the column that the words beside them name",
        arguments: [
            ("Who was the opponent in night 3?", "Foxes"),
            ("What is the attendance for the game on March 14, 1981?", "53,099"),
            ("What date was the game with a result of W 21-7?", "March 7, 1981"),
            ("What is the highest attendance when the opponent was the Otters?", "52153"),
            ("What is the lowest Night, when Attendance is 54,776?", "4"),
            ("Where was the game played in night 5?", "Hill Field"),
            ("How many games were played at Old Ground?", "2"),
            ("date, opponent and result of the games after night 4", "April 4, 1981, Otters, W 16-3"),
            ("Which opponents were played more than once?", "Otters, 2"),
            ("On which date was the attendance the highest?", "March 21, 1981, 63850"),
        ])
    func numbersBesideColumns(_ question: String, _ rows: String) async throws {
        try await expect(question, rows, in: Self.concerts)
    }

    private static let parts = """
        CREATE TABLE episode("No. in series" INTEGER, "No. in season" INTEGER, "Season" INTEGER, "Title" TEXT,
            "Directed by" TEXT, "Written by" TEXT, "Original air date" TEXT, "Production code" TEXT,
            "Viewers (millions)" TEXT);
        INSERT INTO episode VALUES
            (1,1,1,'Pilot Light','Ana Roe','Kim Dale','October 8, 2008','1AB01','9.50'),
            (2,2,1,'Cold Feet','Bo Lind','Kim Dale','October 15, 2008','1AB03','8.25'),
            (3,1,2,'Night Out','Ana Roe','Lou Marsh','September 9, 2009','2AB01','10.40'),
            (4,2,2,'Last Call','Ana Roe','Kim Dale','September 16, 2009','2AB02','7.05');
        """

    @Test(
        "headers such as \"No. in season\", \"Written by\" and \"Viewers (millions)\" are called as people call them",
        arguments: [
            ("What is the title of episode number 4 of the series?", "Last Call"),
            ("Who wrote the second episode of season 1?", "Kim Dale"),
            ("Which episode has the production code 1AB03?", "Cold Feet"),
            ("Which writers wrote at least 3 episodes?", "Kim Dale, 3"),
            ("titles of episodes seen by fewer than 8 million people", "Last Call"),
            ("How many episodes were directed by Ana Roe?", "3"),
            ("When did Night Out first air?", "September 9, 2009"),
            ("Number of episodes per year", "2008, 2; 2009, 2"),
            ("average number of viewers per season", "1, 8.88; 2, 8.73"),
            ("titles of season 1 episodes with viewers above the average of season 1", "Pilot Light"),
        ])
    func oddHeaders(_ question: String, _ rows: String) async throws {
        try await expect(question, rows, in: Self.parts)
    }

    private static let medals = """
        CREATE TABLE table_4("Rank" TEXT, "Nation" TEXT, "Gold" REAL, "Silver" REAL, "Total" REAL);
        INSERT INTO table_4 VALUES ('1','Norland',13,6,19), ('2','Estia',9,9,18), ('3','Ovria',6,7,13), ('4','Tarn',4,3,7);
        """

    @Test(
        "two columns of one row are compared, and what names the rows groups nothing",
        arguments: [
            ("nations with more silver than gold medals", "Ovria"),
            ("Which nation has a total of 18 medals?", "Estia"),
            ("Which nation is ranked 3?", "Ovria"),
            ("What rank has 9 gold medals and 9 silver medals?", "2"),
            ("What is the sum of silver medals for nations with more than 5 gold medals?", "22"),
            ("Which nations have a total above the average?", "Norland; Estia"),
        ])
    func pairs(_ question: String, _ rows: String) async throws {
        try await expect(question, rows, in: Self.medals)
    }

    private static let stations = """
        CREATE TABLE station(station_id INTEGER PRIMARY KEY, "Name" TEXT, "City" TEXT, "Power (kW)" REAL, "Format" TEXT,
            "Opened" TEXT, "Closed" TEXT, "Planned closure" TEXT);
        INSERT INTO station VALUES
            (1,'KAAB','Dunmore',50,'Country','1961-02-01','2001-05-01','2000-01-01'),
            (2,'KBSU','Dunmore',20,'Classical','1977-03-01','2010-01-01','2012-01-01'),
            (3,'KQFC','Elmira',45,'Country','1968-04-01',NULL,'2020-01-01'), (4,'KTIK','Elmira',40,'Sports','1988-05-01',NULL,NULL),
            (5,'KBSX','Fenton',10,'Classical','2001-06-01',NULL,NULL);
        """

    @Test(
        "conditions are joined and denied as they are said",
        arguments: [
            ("stations in Dunmore or Elmira with the format Country", "KAAB; KQFC"),
            ("stations that are neither Country nor Sports", "KBSU; KBSX"),
            ("Which stations have a power between 30 and 46 kW?", "KQFC; KTIK"),
            ("Which stations have more power than the average of their format?", "KAAB; KBSU"),
            ("How many stations closed after their planned closure?", "1"),
            ("How many stations opened after 1980?", "2"),
            ("How many stations opened in the 1970s?", "1"),
        ])
    func conditions(_ question: String, _ rows: String) async throws {
        try await expect(question, rows, in: Self.stations)
    }

    private static let matches = """
        CREATE TABLE fixture(fixture_id INTEGER PRIMARY KEY, "Home team" TEXT, "Home team score" INTEGER, "Away team" TEXT,
            "Away team score" INTEGER);
        INSERT INTO fixture VALUES (1,'Otters',88,'Foxes',71), (2,'Herons',60,'Badgers',75), (3,'Foxes',90,'Otters',90);
        """

    @Test(
        "a team that scored more has the higher of the two scores",
        arguments: [
            ("How many fixtures are there in which the home team scored more than the away team?", "1"),
            ("How many fixtures are there where the home team score equals the away team score?", "1"),
        ])
    func scores(_ question: String, _ rows: String) async throws {
        try await expect(question, rows, in: Self.matches)
    }

    @Test(
        "what was given is not given back",
        arguments: ["the fixture of Otters at home and Foxes away 1", "What do you know of the episode Night Out?"])
    func givenIsNoAnswer(_ question: String) async throws {
        let database = try await RealDatabase(Self.parts)
        #expect(await database.answer(question) != "Night Out")
        await database.close()
    }

    private func expect(_ question: String, _ rows: String, in statements: String) async throws {
        let database = try await RealDatabase(statements)
        #expect(await database.answer(question) == rows)
        await database.close()
    }
}
