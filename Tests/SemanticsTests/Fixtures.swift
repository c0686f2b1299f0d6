import Modeling
import Schemas
import Values

@testable import Semantics

/// Small fictional databases in different naming styles.
enum Fixtures {
    static let today = CivilDate(year: 2026, month: 11, day: 20)

    /// Plural snake_case names, declared keys, lines below orders.
    static let retail = context(
        "shop",
        """
        categories: category_id int pk, category_name text
        products: product_id int pk, product_name text, category_id int >categories, brand text, list_price real
        stores: store_id int pk, store_name text, city text, region text, opening_date date
        customers: customer_id int pk, first_name text, last_name text, country text, segment text, signup_date date
        orders: order_id int pk, customer_id int >customers, store_id int >stores, ordered_at datetime, status text, total_amount real
        order_lines: order_line_id int pk, order_id int >orders, product_id int >products, quantity int, unit_price real
        returns: return_id int pk, order_line_id int >order_lines, returned_at datetime, reason text, refund_amount real
        """,
        values: [
            ("customers", "country", ["Germany", "France", "Spain"]),
            ("customers", "segment", ["Consumer", "Enterprise"]),
            ("customers", "first_name", ["Anna", "Jörg"]), ("customers", "last_name", ["Schmidt", "Müller"]),
            ("categories", "category_name", ["Beverages", "Toys"]), ("products", "brand", ["Acme", "Zenith"]),
            ("orders", "status", ["completed", "cancelled"]), ("stores", "region", ["North", "South"]),
        ])

    /// Singular PascalCase names, a bridge table, amounts only on lines.
    static let music = context(
        "music",
        """
        Artist: ArtistId int pk, Name text
        Album: AlbumId int pk, Title text, ArtistId int >Artist
        Genre: GenreId int pk, Name text
        Track: TrackId int pk, Name text, AlbumId int >Album, GenreId int >Genre, Milliseconds int, UnitPrice real
        Playlist: PlaylistId int pk, Name text
        PlaylistTrack: PlaylistId int pk >Playlist, TrackId int pk >Track
        """,
        values: [
            ("Artist", "Name", ["AC/DC", "Café Noir"]), ("Genre", "Name", ["Rock", "Jazz"]),
            ("Album", "Title", ["Nothing Else", "AC/DC Live"]),
        ])

    /// No declared keys, abbreviations, dates kept as text, two dates per stay.
    static let hospital = context(
        "hospital",
        """
        departments: dept_id int, dept_name text
        physicians: physician_id int, physician_name text, dept_id int
        patients: patient_id int, patient_name text, gender text, age int
        stays: stay_id int, patient_id int, physician_id int, admission_date text, discharge_date text, tot_cost real, is_emergency int
        """,
        values: [
            ("patients", "gender", ["female", "male"]), ("departments", "dept_name", ["Cardiology", "Surgery"]),
        ],
        profiles: [
            ColumnProfile(
                column: ColumnRef("stays", "admission_date"), samples: [.text("2024-03-01"), .text("2024-04-11")]),
            ColumnProfile(
                column: ColumnRef("stays", "discharge_date"), samples: [.text("2024-03-08"), .text("2024-04-12")]),
        ])

    /// Reads `table: column type [pk] [>parent], …` lines.
    static func catalogue(_ name: String, _ text: String) -> Catalogue {
        var keys: [String: String] = [:]
        var tables: [CatalogueTable] = []
        for line in text.split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            var table = CatalogueTable(name: halves[0].trimmed, columns: [])
            for part in halves[1].split(separator: ",") {
                let words = part.split(separator: " ").map(String.init)
                let kinds: [String: CatalogueColumn.Kind] = [
                    "int": .integer, "real": .real, "text": .text, "date": .date, "datetime": .datetime,
                ]
                table.columns.append(
                    CatalogueColumn(
                        name: words[0], declaredType: words[1].uppercased(), kind: kinds[words[1]] ?? .unknown))
                if words.contains("pk") {
                    table.primaryKey.append(words[0])
                    if keys[table.name] == nil { keys[table.name] = words[0] }
                }
                if let parent = words.last, parent.hasPrefix(">") {
                    let target = String(parent.dropFirst())
                    table.foreignKeys.append(
                        ForeignKey(
                            columns: [words[0]], referencedTable: target,
                            referencedColumns: [keys[target] ?? words[0]]))
                }
            }
            tables.append(table)
        }
        return Catalogue(database: name, tables: tables)
    }

    static func context(
        _ name: String, _ text: String, values: [(String, String, [String])], profiles: [ColumnProfile] = []
    ) -> QuestionContext {
        var index = ValueIndex()
        for (table, column, words) in values {
            index.add(table: table, column: column, values: words.map { .text($0) })
        }
        return QuestionContext(catalogue: catalogue(name, text), values: index, today: today, profiles: profiles)
    }
}

extension Substring {
    fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}

/// The SQL of a question, or `reason: message` when it is declined.
func sql(_ question: String, _ context: QuestionContext) -> String {
    switch QuestionReader().read(question, in: context) {
    case .answer(let reading): reading.sql
    case .clarification(let clarification): "\(clarification.reason): \(clarification.message)"
    }
}

/// The answer's reading, or nil when it is declined.
func reading(_ question: String, _ context: QuestionContext) -> Reading? {
    if case .answer(let reading) = QuestionReader().read(question, in: context) { return reading }
    return nil
}

/// The clarification, or nil when it is answered.
func clarification(_ question: String, _ context: QuestionContext) -> Clarification? {
    if case .clarification(let clarification) = QuestionReader().read(question, in: context) {
        return clarification
    }
    return nil
}
