import Schemas
import Values

extension DemoMaker {
    /// Two levels of categories, and for each noun of a leaf four products of different brands.
    mutating func makeProducts() {
        var random = random.split("products")
        var leaves: [(id: Int, category: Vocabulary.Category)] = []
        for (name, children) in Vocabulary.categories {
            let parent = categoryTable.rows.count + 1
            categoryTable.rows.append([.integer(parent), .text(name), .null])
            for category in children {
                let id = categoryTable.rows.count + 1
                categoryTable.rows.append([.integer(id), .text(category.name), .integer(parent)])
                leaves.append((id, category))
            }
        }
        for (categoryID, category) in leaves {
            for noun in category.nouns {
                var brands = Vocabulary.brands
                random.shuffle(&brands)
                for brand in brands.prefix(4) {
                    let id = products.count + 1
                    let span = category.cents.upperBound - category.cents.lowerBound
                    // Cheap products are more frequent than dear ones; prices end in 99 or 49.
                    let drawn = category.cents.lowerBound + Int(Double(span) * random.unit() * random.unit())
                    let list = drawn / 100 * 100 + (random.chance(0.7) ? 99 : 49)
                    let cost = list * random.integer(45...70) / 100
                    let launched =
                        random.chance(0.2) ? random.below(calendar.dayCount) : -random.integer(1...1500)
                    productTable.rows.append([
                        .integer(id), .text("\(brand) \(random.pick(Vocabulary.lines)) \(noun)"),
                        .integer(categoryID),
                        .text(brand), Self.money(cost), Self.money(list), .text(calendar.text(launched)),
                    ])
                    products.append(Product(id: id, listCents: list, launchDay: launched, category: category))
                }
            }
        }
    }

    /// The promotions of each year, as far as they lie wholly within the covered days.
    mutating func makePromotions() {
        let years = calendar.date(0).year...calendar.date(calendar.dayCount - 1).year
        for year in years {
            for plan in Vocabulary.promotions {
                let start = CivilDate(year: year, month: plan.month, day: plan.day).daysSinceEpoch - calendar.first
                let days = start...(start + plan.days - 1)
                guard days.lowerBound >= 0, days.upperBound < calendar.dayCount else { continue }
                let id = promotions.count + 1
                promotions.append(Promotion(id: id, days: days, percent: plan.percent))
                promotionTable.rows.append([
                    .integer(id), .text("\(plan.name) \(year)"), .text(calendar.text(days.lowerBound)),
                    .text(calendar.text(days.upperBound)), .real(Double(plan.percent)),
                ])
            }
        }
    }
}
