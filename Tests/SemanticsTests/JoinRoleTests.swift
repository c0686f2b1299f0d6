import Schemas
import Testing

@testable import Modeling

@Suite("What references are for")
struct JoinRoleTests {
    private static let football = SchemaModel(
        Fixtures.catalogue(
            "football",
            """
            teams: team_id int pk, name text
            matches: match_id int pk, home_team_id int >teams, away_team_id int >teams, goals int, played_on date
            staff: staff_id int pk, name text, team_id int >teams, manager_id int >staff
            referees: referee_id int pk, name text
            match_referees: match_id int pk >matches, referee_id int pk >referees
            """))
    private static let orders = SchemaModel(
        Fixtures.catalogue(
            "orders",
            """
            dates: date_id int pk, day date
            addresses: address_id int pk, city text
            orders: order_id int pk, order_date_id int >dates, ship_date_id int >dates, address_id int >addresses, billing_address_id int >addresses, total real
            """))

    private func edge(_ model: SchemaModel, _ column: String) throws -> JoinEdge {
        try #require(model.joins.edges.first { $0.childColumns == [column] })
    }

    @Test("home and away are told apart by their words, and neither is the default")
    func noDefault() throws {
        let home = try edge(Self.football, "home_team_id")
        let away = try edge(Self.football, "away_team_id")
        #expect(home.cueWords == ["home"] && away.cueWords == ["away"])
        #expect(home.isRolePlaying && !home.isDefault && !away.isDefault)
        #expect(home.weight == away.weight)
        #expect(Self.football.joins.edges(from: "matches", to: "teams").count == 2)
    }

    @Test("a reference without a role, or with the role of the row itself, is the default and cheaper")
    func defaults() throws {
        let orderDate = try edge(Self.orders, "order_date_id")
        let shipDate = try edge(Self.orders, "ship_date_id")
        #expect(orderDate.isDefault && !shipDate.isDefault && orderDate.weight < shipDate.weight)
        #expect(shipDate.cueWords == ["ship"])
        let plain = try edge(Self.orders, "address_id")
        let billing = try edge(Self.orders, "billing_address_id")
        #expect(plain.isDefault && plain.cueWords.isEmpty)
        #expect(!billing.isDefault && billing.cueWords == ["billing"])
        #expect(Self.orders.joins.path(from: "orders", to: "addresses")?.steps.first?.edge == plain)
        #expect(Self.orders.joins.path(from: "orders", to: "addresses")?.isAmbiguous == false)
    }

    @Test("a single reference is the default, whatever it is called")
    func single() throws {
        let team = try #require(Self.football.joins.edges(from: "staff", to: "teams").first)
        #expect(team.isDefault && !team.isRolePlaying && team.cueWords.isEmpty)
    }

    @Test("a reference to the same table is kept, and no path walks it")
    func selfReference() throws {
        let manager = try #require(Self.football.joins.selfReferences(of: "staff").first)
        #expect(manager.isSelfReference && manager.cueWords == ["manager"])
        #expect(!Self.football.joins.steps(from: "staff").contains { $0.edge.isSelfReference })
    }

    @Test("tables are facts, dimensions and bridges by what refers to what")
    func shapes() {
        func shape(_ table: String) -> EntityShape? { Self.football.entity(table)?.shape }
        #expect(shape("teams") == .dimension && shape("staff") == .dimension)
        #expect(shape("matches") == .fact)
        #expect(shape("match_referees") == .bridge)
        #expect(
            Self.football.joins.edges.filter(\.isFromBridge).map(\.child) == ["match_referees", "match_referees"])
    }

    @Test("roles are told again when somebody knows better joins")
    func adjusted() throws {
        let known = JoinEdge(
            child: "orders", childColumns: ["ship_date_id"], parent: "dates", parentColumns: ["date_id"],
            isDeclared: true, weight: 0.9)
        let model = Self.orders.adjusted(joins: [known]) { _ in }
        let ship = try edge(model, "ship_date_id")
        let order = try edge(model, "order_date_id")
        #expect(ship.isDefault && ship.evidence == [.glossary] && !order.isDefault)
        #expect(model.joins.path(from: "orders", to: "dates")?.steps.first?.edge == ship)
        // Adjusting twice adds no second surcharge.
        #expect(model.adjusted(joins: [known]) { _ in }.joins.edges == model.joins.edges)
    }
}
