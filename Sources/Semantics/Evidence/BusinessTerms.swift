/// Built-in business vocabulary: phrases for measures, and nouns that mean the same thing.
enum BusinessTerms {
    /// Lemmas of phrases, with the term they stand for.
    static let phrases: [String: BusinessTerm] = {
        var table: [String: BusinessTerm] = [:]
        func add(_ phrases: String, _ term: BusinessTerm) {
            for phrase in phrases.split(separator: "|") { table[String(phrase)] = term }
        }
        add(
            "revenue|sale|turnover|sale amount|sale revenue|purchase amount|purchase value|amount spent|money spent|"
                + "spend|spending|spent|sale value|gross sale|sale volume in dollar|earning|income|sold value|"
                + "total purchase amount|total purchase value|sale total|gross revenue|amount purchased", .revenue)
        add(
            "order value|order amount|order total|order size|invoice value|invoice amount|invoice total|basket value|basket size|"
                + "sale price per order|transaction value|ticket size|purchase order value|aov", .orderValue)
        add(
            "unit sold|quantity sold|item sold|copy sold|piece sold|unit|sale volume|sold quantity|"
                + "number sold|volume sold|quantity ordered|unit ordered|item ordered|item purchased|unit purchased",
            .unitsSold)
        return table
    }()

    /// Nouns that are used for one another, as lemmas. They are tried only when a word itself matches nothing.
    static let synonyms: [[String]] = [
        ["customer", "client", "buyer", "shopper", "consumer", "purchaser", "guest"],
        ["employee", "staff", "worker", "personnel", "agent", "representative", "rep", "salesperson", "colleague"],
        ["product", "item", "article", "good", "merchandise", "sku"],
        ["store", "shop", "branch", "outlet", "location"], ["country", "nation"], ["supplier", "vendor"],
        ["order", "purchase", "sale"], ["invoice", "bill", "receipt"], ["movie", "film"], ["track", "song"],
        ["album", "record", "disc"], ["artist", "band", "musician", "performer"], ["doctor", "physician"],
        ["student", "pupil"], ["teacher", "instructor", "professor", "lecturer", "faculty"], ["city", "town"],
        ["state", "province", "region"], ["salary", "pay", "wage", "income"],
        ["category", "type", "kind", "class", "group"],
        ["telephone", "phone"], ["email", "mail"], ["company", "firm", "business", "manufacturer", "maker"],
        ["location", "place", "site"],
        ["usage", "consumption", "use"], ["return", "refund"], ["promotion", "campaign", "offer"],
        ["gender", "sex"], ["price", "cost", "charge"],
        ["book", "title"], ["author", "writer"], ["borrower", "member", "reader"], ["loan", "lending", "checkout"],
        ["patient", "inpatient"], ["department", "division"], ["rating", "score", "grade"], ["beverage", "drink"],
        ["description", "detail"], ["duration", "length", "runtime"], ["quantity", "unit"], ["value", "amount"],
        ["headquarter", "hq"], ["area", "zone"], ["team", "club"], ["game", "match"],
        ["aircraft", "plane", "airplane"],
        ["id", "identifier", "number"], ["appointment", "visit"], ["hire", "join", "employ"],
        ["stock", "inventory"],
        ["capacity", "occupancy", "accommodate"], ["university", "college", "school", "campus"],
        ["signup", "registration"], ["longitude", "long"], ["car", "vehicle", "automobile"],
        ["job", "position", "occupation", "profession"], ["manager", "supervisor", "boss"],
        ["venue", "stadium", "arena"], ["player", "athlete"], ["singer", "vocalist"], ["lawyer", "attorney"],
        ["airline", "carrier"], ["population", "inhabitant", "resident"], ["winner", "champion"],
        ["nationality", "citizenship"], ["house", "property", "home"], ["opponent", "rival"],
        ["order line", "order item", "line item"], ["postcode", "zip", "postal code", "zip code"],
    ]

    static let synonymsOf: [String: [String]] = {
        var table: [String: [String]] = [:]
        for group in synonyms {
            for word in group { table[word, default: []] += group.filter { $0 != word } }
        }
        return table
    }()

    /// Verbs of doing business: "bought", "sold". They name the nearest table of transactions.
    static let transactionVerbs: Set<String> = [
        "bought", "buy", "purchased", "purchase", "sold", "sell", "sells", "selling", "ordered", "shopped", "spent",
        "transacted",
    ]
}
