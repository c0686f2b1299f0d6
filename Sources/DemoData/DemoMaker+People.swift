import Schemas
import Values

extension DemoMaker {
    /// Stores in the first two cities of each country, with a manager and three to five sellers each.
    mutating func makeStores() {
        var random = random.split("stores")
        for country in Vocabulary.countries {
            for city in country.cities.prefix(2) {
                let id = storeTable.rows.count + 1
                let opened = -random.integer(400...4000)
                storeTable.rows.append([
                    .integer(id), .text("Operon \(city)"), .text(city), .text(country.region), .text(country.name),
                    .text(calendar.text(opened)),
                ])
                staff.append([])
                var manager: Int?
                for _ in 0...random.integer(3...5) {
                    let employee = employeeTable.rows.count + 1
                    employeeTable.rows.append([
                        .integer(employee), .text(random.pick(Vocabulary.firstNames)),
                        .text(random.pick(Vocabulary.lastNames)),
                        .text(manager == nil ? "Store Manager" : "Sales Associate"), .integer(id),
                        manager.map { .integer($0) } ?? .null,
                        .text(calendar.text(-random.integer(1...390))),
                    ])
                    staff[id - 1].append(employee)
                    if manager == nil { manager = employee }
                }
            }
        }
    }

    /// Eight hundred customers who were there before the first day, and a hundred more in each quarter, in the order
    /// of signup. Some leave silently each month; in the churn month many do at once.
    mutating func makeCustomers() {
        var random = random.split("customers")
        let newcomers = 1200 * calendar.monthCount / 36
        var signups = (0..<800).map { _ in -random.integer(1...1100) }
        signups += (0..<newcomers).map { _ in random.below(calendar.dayCount) }
        signups.sort()
        for (index, signup) in signups.enumerated() {
            let id = index + 1
            // The first countries of the list are the bigger markets.
            let country = min(random.below(Vocabulary.countries.count), random.below(Vocabulary.countries.count))
            let place = Vocabulary.countries[country]
            let first = random.pick(Vocabulary.firstNames)
            let last = random.pick(Vocabulary.lastNames)
            let kind = random.below(100)
            let segment = kind < 70 ? 0 : kind < 92 ? 1 : 2
            let address = "\(first).\(last)\(id)@\(random.pick(Vocabulary.mailDomains))".lowercased()
            customerTable.rows.append([
                .integer(id), .text(first), .text(last), .text(address), .text(random.pick(place.cities)),
                .text(place.name), .text(Vocabulary.segments[segment]), .text(calendar.text(signup)),
            ])
            let weight = 1 + min(random.below(6), random.below(6)) + segment
            customers.append(
                Customer(
                    id: id, country: country, homeStore: country * 2 + random.below(2), signupDay: signup,
                    weight: weight, lastDay: lastDay(after: max(0, signup), &random)))
        }
    }

    /// When a customer who bought on `day` stops: with a chance of 1.2 % in each month, and in the churn month with
    /// that scenario's share.
    private func lastDay(after day: Int, _ random: inout SeededRandom) -> Int {
        for month in 0..<calendar.monthCount where calendar.monthStarts[month + 1] > day {
            let begin = max(day, calendar.monthStarts[month])
            if month == churnMonth, calendar.monthStarts[month] >= day, random.chance(scenario.churnShare) {
                return begin + random.below(3)
            }
            if random.chance(0.012) { return begin + random.below(calendar.monthStarts[month + 1] - begin) }
        }
        return Int.max
    }
}
