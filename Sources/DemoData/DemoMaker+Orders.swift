import Schemas
import Values

extension DemoMaker {
    /// How often orders come on each day of the week, Monday first.
    private static let week = [0.86, 0.88, 0.93, 1.00, 1.18, 1.34, 0.81]

    /// Orders day by day. A day's number follows from how many customers are active, times trend, season of the year
    /// and of the week, promotion and noise.
    mutating func makeOrders() {
        var random = random.split("orders")
        // An entry for each active customer and unit of weight: a uniform draw is a draw by weight.
        var tickets: [Int] = []
        var waiting = 0
        var trend = 1.0
        // Popularity falls along this list.
        var shelf = Array(products.indices)
        random.shuffle(&shelf)
        var seconds: [Int] = []
        for month in 0..<calendar.monthCount {
            tickets = tickets.filter { customers[$0].lastDay >= calendar.monthStarts[month] }
            let season = scenario.yearlySeason[calendar.date(calendar.monthStarts[month]).month - 1]
            for day in calendar.monthStarts[month]..<calendar.monthStarts[month + 1] {
                while waiting < customers.count, customers[waiting].signupDay <= day {
                    tickets.append(contentsOf: repeatElement(waiting, count: customers[waiting].weight))
                    waiting += 1
                }
                let promotion = promotions.first { $0.days.contains(day) }
                let week = Self.week[calendar.date(day).weekday - 1]
                let noise = max(0.4, 1 + 0.12 * random.bell())
                let expected =
                    Double(tickets.count) * 0.0054 * trend * season * week * noise * (promotion == nil ? 1 : 1.25)
                seconds.removeAll(keepingCapacity: true)
                for _ in 0..<random.rounded(expected) {
                    // Shops are open from nine to nine; most people come in the afternoon.
                    seconds.append(32_400 + (random.below(43_200) + random.below(43_200)) / 2)
                }
                seconds.sort()
                for second in seconds {
                    guard let buyer = draw(from: tickets, on: day, &random) else { break }
                    addOrder(of: customers[buyer], day, second, promotion, shelf, &random)
                }
            }
            trend *= scenario.monthlyTrend
        }
        // Returns are numbered in the order in which goods came back.
        returnTable.rows.sort { Self.moment($0) < Self.moment($1) }
        for index in returnTable.rows.indices { returnTable.rows[index][0] = .integer(index + 1) }
    }

    private static func moment(_ row: [SQLValue]) -> String {
        if case .text(let moment) = row[2] { moment } else { "" }
    }

    /// A customer who still buys on `day`; nil when a few draws found none.
    private func draw(from tickets: [Int], on day: Int, _ random: inout SeededRandom) -> Int? {
        guard !tickets.isEmpty else { return nil }
        for _ in 0..<20 {
            let buyer = tickets[random.below(tickets.count)]
            if customers[buyer].lastDay >= day { return buyer }
        }
        return nil
    }

    /// One order with its lines, payments and returns.
    private mutating func addOrder(
        of customer: Customer, _ day: Int, _ second: Int, _ promotion: Promotion?, _ shelf: [Int],
        _ random: inout SeededRandom
    ) {
        let id = orderTable.rows.count + 1
        let store = random.chance(0.88) ? customer.homeStore : random.below(staff.count)
        let applied = random.chance(0.6) ? promotion : nil
        let cancelled = random.chance(0.03)
        let age = calendar.dayCount - 1 - day
        let status = cancelled ? "cancelled" : age < 2 ? "processing" : age < 7 ? "shipped" : "completed"

        var total = 0
        var bought: [Int] = []
        for _ in 0..<(1 + random.below(3) + random.below(4)) {
            guard let index = choose(on: day, from: shelf, except: bought, &random) else { continue }
            bought.append(index)
            total += addLine(
                of: products[index], order: id, day: day, percent: applied?.percent ?? 0,
                cancelled: cancelled, &random)
        }
        orderTable.rows.append([
            .integer(id), .integer(customer.id), .integer(store + 1), .integer(random.pick(staff[store])),
            applied.map { .integer($0.id) } ?? .null, .text(calendar.text(day, second: second)), .text(status),
            Self.money(total),
        ])
        if !cancelled { addPayments(order: id, cents: total, day: day, second: second, &random) }
    }

    /// A launched product that is not in the basket yet; popular ones and those in season come more often.
    private func choose(
        on day: Int, from shelf: [Int], except bought: [Int], _ random: inout SeededRandom
    ) -> Int? {
        let month = calendar.date(day).month
        for _ in 0..<30 {
            let unit = random.unit()
            let index = shelf[Int(unit * unit * Double(shelf.count))]
            let product = products[index]
            if product.launchDay > day || bought.contains(index) { continue }
            if let peak = product.category.peak, !peak.contains(month), random.chance(0.5) { continue }
            return index
        }
        return nil
    }

    /// Adds a line and perhaps its return; gives the line's total in cents.
    private mutating func addLine(
        of product: Product, order: Int, day: Int, percent: Int, cancelled: Bool, _ random: inout SeededRandom
    ) -> Int {
        let id = lineTable.rows.count + 1
        let quantity = random.chance(0.7) ? 1 : random.integer(2...4)
        // Prices rose by three per cent a year to today's list price; like those they end in 9.
        let yearsAgo = min(10, (calendar.dayCount - 1 - day) / 365)
        let unit = product.listCents * (100 - 3 * yearsAgo) / 1000 * 10 + 9
        let discount = (quantity * unit * percent + 50) / 100
        let total = quantity * unit - discount
        lineTable.rows.append([
            .integer(id), .integer(order), .integer(product.id), .integer(quantity), Self.money(unit),
            Self.money(discount), Self.money(total),
        ])
        if !cancelled, random.below(1000) < product.category.returnsPerThousand {
            let back = day + random.integer(2...30)
            if back < calendar.dayCount {
                let count = random.integer(1...quantity)
                returnTable.rows.append([
                    .integer(0), .integer(id), .text(calendar.text(back, second: random.integer(32_400...75_600))),
                    .integer(count), .text(random.pick(Vocabulary.returnReasons)),
                    Self.money(total * count / quantity),
                ])
            }
        }
        return total
    }

    /// One payment, or a gift card and a second one.
    private mutating func addPayments(
        order: Int, cents: Int, day: Int, second: Int, _ random: inout SeededRandom
    ) {
        let paid = calendar.text(day, second: second + random.integer(20...900))
        var parts = [(random.pick(Vocabulary.paymentMethods), cents)]
        if cents > 4_000, random.chance(0.06) {
            let card = random.pick([1_000, 2_000, 3_000])
            parts = [(Vocabulary.giftCard, card), (parts[0].0, cents - card)]
        }
        for (method, amount) in parts {
            paymentTable.rows.append([
                .integer(paymentTable.rows.count + 1), .integer(order), .text(method), Self.money(amount),
                .text(paid),
            ])
        }
    }
}
