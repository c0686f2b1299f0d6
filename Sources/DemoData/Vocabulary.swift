/// The words that the demo business is made of. All people, brands and shops are invented; e-mail addresses use the
/// domains that RFC 2606 reserves for examples.
enum Vocabulary {
    /// A country with its region and the cities where customers live; a store stands in each of the first two.
    struct Country {
        let name: String
        let region: String
        let cities: [String]
    }

    static let countries: [Country] = [
        Country(name: "Germany", region: "Central Europe", cities: ["Berlin", "Hamburg", "Munich", "Leipzig"]),
        Country(name: "France", region: "Western Europe", cities: ["Paris", "Lyon", "Nantes", "Toulouse"]),
        Country(
            name: "United Kingdom", region: "Western Europe", cities: ["London", "Leeds", "Bristol", "Glasgow"]),
        Country(name: "Spain", region: "Southern Europe", cities: ["Madrid", "Valencia", "Málaga", "Bilbao"]),
        Country(name: "Italy", region: "Southern Europe", cities: ["Milan", "Bologna", "Turin", "Naples"]),
        Country(name: "Netherlands", region: "Western Europe", cities: ["Amsterdam", "Utrecht", "Eindhoven"]),
        Country(name: "Poland", region: "Central Europe", cities: ["Warsaw", "Gdańsk", "Poznań"]),
        Country(name: "Sweden", region: "Northern Europe", cities: ["Stockholm", "Malmö", "Uppsala"]),
    ]

    static let firstNames = [
        "Anna", "Ben", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Leo",
        "Marta",
        "Nils", "Olivia", "Paul", "Rosa", "Simon", "Tara", "Victor", "Wanda", "Adam", "Beatrice", "Carlos", "Diana",
        "Erik", "Fiona", "Gabriel", "Hanna", "Ivan", "Julia", "Kurt", "Laura", "Marco", "Nora", "Oscar", "Petra",
        "Rafael", "Sofia", "Thomas", "Ulla", "Vera", "William", "Yara", "Zoe", "Martin", "Lucia", "Emil",
    ]

    static let lastNames = [
        "Abbot", "Berg", "Castillo", "Dahl", "Eriksson", "Fischer", "Garcia", "Hansen", "Ivanov", "Jansen",
        "Keller",
        "Lindqvist", "Moreau", "Nowak", "Olsen", "Petit", "Quint", "Rossi", "Schmidt", "Torres", "Ullman", "Visser",
        "Weber", "Young", "Zieba", "Almeida", "Bianchi", "Clarke", "Dubois", "Evans", "Fontana", "Gruber", "Hughes",
        "Iglesias", "Jones", "Kowalska", "Lambert", "Marino", "Novak", "Ortega", "Peters", "Ramos", "Sanders",
        "Thomsen", "Urban", "Vargas", "Wagner", "Winter",
    ]

    static let mailDomains = ["example.com", "example.org", "example.net"]

    static let brands = ["Alder", "Brightwell", "Cormorant", "Dunmore", "Eastlake", "Fernway", "Halden", "Kestrel"]

    /// A leaf category: what is in it, what it costs and when it sells.
    struct Category {
        let name: String
        let nouns: [String]
        /// The lowest and the highest list price in cents.
        let cents: ClosedRange<Int>
        /// The months in which it sells twice as well; empty when all are alike.
        let peak: ClosedRange<Int>?
        /// Of a thousand sold lines, how many come back.
        let returnsPerThousand: Int
    }

    /// The top categories with their leaves.
    static let categories: [(name: String, leaves: [Category])] = [
        (
            "Home",
            [
                Category(
                    name: "Kitchen", nouns: ["Kettle", "Saucepan", "Toaster", "Knife Set", "Coffee Grinder"],
                    cents: 1_499...12_999, peak: nil, returnsPerThousand: 35),
                Category(
                    name: "Furniture", nouns: ["Bookcase", "Desk", "Armchair", "Side Table", "Wardrobe"],
                    cents: 5_999...59_999, peak: nil, returnsPerThousand: 50),
                Category(
                    name: "Lighting", nouns: ["Desk Lamp", "Floor Lamp", "Lantern", "Wall Light"],
                    cents: 1_299...14_999, peak: 10...12, returnsPerThousand: 30),
            ]
        ),
        (
            "Electronics",
            [
                Category(
                    name: "Audio", nouns: ["Headphones", "Speaker", "Radio", "Microphone"],
                    cents: 2_499...34_999, peak: 11...12, returnsPerThousand: 60),
                Category(
                    name: "Computing", nouns: ["Keyboard", "Monitor", "Tablet", "Laptop Stand", "Webcam"],
                    cents: 1_999...79_999, peak: nil, returnsPerThousand: 55),
            ]
        ),
        (
            "Clothing",
            [
                Category(
                    name: "Outerwear", nouns: ["Raincoat", "Parka", "Fleece", "Scarf"],
                    cents: 1_999...19_999, peak: 9...12, returnsPerThousand: 110),
                Category(
                    name: "Footwear", nouns: ["Boots", "Sandals", "Trainers", "Slippers"],
                    cents: 2_499...15_999, peak: nil, returnsPerThousand: 130),
            ]
        ),
        (
            "Outdoors",
            [
                Category(
                    name: "Garden", nouns: ["Trowel", "Hose", "Planter", "Bench", "Pruning Shears"],
                    cents: 899...24_999, peak: 3...6, returnsPerThousand: 20),
                Category(
                    name: "Camping", nouns: ["Tent", "Sleeping Bag", "Camp Stove", "Rucksack"],
                    cents: 1_499...29_999, peak: 5...8, returnsPerThousand: 45),
            ]
        ),
        (
            "Leisure",
            [
                Category(
                    name: "Toys", nouns: ["Wooden Train", "Puzzle", "Building Blocks", "Kite"],
                    cents: 699...8_999, peak: 11...12, returnsPerThousand: 25),
                Category(
                    name: "Books", nouns: ["Cookbook", "Atlas", "Field Guide", "Notebook"],
                    cents: 599...4_999, peak: nil, returnsPerThousand: 12),
            ]
        ),
    ]

    /// Tells products of one brand and kind apart.
    static let lines = ["Classic", "Compact", "Deluxe", "Everyday", "Studio", "Original"]

    static let segments = ["Consumer", "Small Business", "Enterprise"]
    static let paymentMethods = ["Credit Card", "Debit Card", "Bank Transfer", "Cash", "Mobile Wallet"]
    static let giftCard = "Gift Card"
    static let returnReasons = [
        "Damaged", "Wrong Size", "Not as Described", "Changed Mind", "Arrived Late", "Defective",
    ]
    static let treatments = ["Dental", "Eye Care", "Physiotherapy", "Vaccination", "Hospital Stay", "Medication"]
    static let healthPlans: [(name: String, premiumCents: Int)] = [
        ("Health Basic", 3_900), ("Health Plus", 6_900), ("Health Complete", 11_900), ("Health Family", 15_900),
    ]
    /// Promotions of a year: name, first month, first day, length in days, discount in per cent.
    static let promotions: [(name: String, month: Int, day: Int, days: Int, percent: Int)] = [
        ("Winter Sale", 1, 8, 14, 20), ("Spring Days", 4, 3, 10, 10), ("Summer Clearance", 7, 14, 18, 25),
        ("Autumn Offers", 9, 20, 10, 15), ("November Week", 11, 20, 9, 20),
    ]
}
