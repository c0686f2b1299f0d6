import Schemas

/// Words of schema names that tell what a column holds. They are lemmas, in lower case.
enum Vocabulary {
    static let keyEndings: Set<String> = ["id", "key", "uuid", "guid", "oid", "rowid"]
    static let codeWords: Set<String> = [
        "code", "zip", "postal", "postcode", "phone", "telephone", "fax", "ssn", "isbn", "sku", "version", "port",
        "room", "floor",
    ]
    static let readingWords: Set<String> = [
        "description", "comment", "note", "remark", "text", "body", "content", "url", "link", "website", "address",
        "street", "email", "mail", "phone", "telephone", "fax", "password", "hash", "token", "path", "summary",
        "bio", "biography", "detail", "json", "xml", "message", "reason",
    ]
    static let moneyWords: Set<String> = [
        "amount", "total", "price", "cost", "revenue", "sale", "sales", "turnover", "spend", "spending", "fee",
        "salary", "wage", "payment", "balance", "budget", "value", "tax", "profit", "subtotal", "income", "expense",
        "charge", "refund", "bonus", "discount", "shipping", "freight", "usd", "eur", "dollar", "euro", "money",
        "earning", "paid", "premium", "loan", "debt", "asset",
    ]
    static let quantityWords: Set<String> = [
        "quantity", "count", "number", "unit", "item", "piece", "stock", "sold", "ordered", "inventory", "volume",
    ]
    /// Words of numbers by which things go, kept as text: "season 4", "week 12", "rank 3".
    static let nameNumbers: Set<String> = [
        "season", "week", "rank", "round", "episode", "series", "position", "place", "pick", "district",
        "route", "channel", "edition", "chapter", "lane", "heat", "seed", "id", "key",
    ]
    static let rateWords: Set<String> = [
        "rate", "percent", "percentage", "ratio", "score", "rating", "average", "mean", "gpa", "age", "latitude",
        "longitude", "temperature", "height", "weight", "width", "depth", "size", "rank", "grade", "level",
        "minimum", "maximum", "share", "probability", "index", "humidity", "pressure", "speed", "density",
        "altitude", "elevation", "stars", "star",
    ]
    /// Participles and nouns under which a bare year is kept.
    static let yearWords: Set<String> = [
        "launched", "launch", "founded", "established", "opened", "built", "born", "debut", "elected", "released",
        "joined", "published", "formed", "season", "since", "introduced", "started", "inaugurated",
    ]
    static let durationWords: Set<String> = [
        "duration", "millisecond", "second", "minute", "hour", "length", "runtime", "lead",
    ]
    static let units: Set<String> = [
        "milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years", "kg", "g", "cm", "m",
        "km",
        "percent", "bytes", "kilometers", "miles", "inches",
    ]
    static let truthPairs: [(yes: SQLValue, no: SQLValue)] = [
        (.integer(1), .integer(0)), (.text("y"), .text("n")), (.text("t"), .text("f")), (.text("yes"), .text("no")),
        (.text("true"), .text("false")),
    ]
    /// Prefixes of table names that tell the table's place in a warehouse and not what it holds.
    static let tablePrefixes: Set<String> = [
        "dim", "fact", "fct", "tbl", "stg", "ref", "lkp", "vw", "src", "raw", "dwh", "tb", "table",
    ]
    /// Names of tables whose rows are days.
    static let calendarWords: Set<String> = ["date", "day", "calendar", "time"]
    /// Names of a row's label, best first.
    static let labelWords: [[String]] = [
        ["name"], ["full", "name"], ["title"], ["label"], ["display", "name"], ["caption"],
    ]
}
