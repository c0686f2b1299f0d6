/// Names that are written as one word: `orderpriority`, `extendedprice`.
extension Abbreviations {
    /// The two words of a compound whose halves are both common in the names of columns; nil for anything else, so that
    /// words such as "candidate" stay whole.
    static func compound(_ word: String) -> [String]? {
        guard word.utf8.count >= 6, expansions[word] == nil else { return nil }
        for tail in tails where word.hasSuffix(tail) {
            let head = String(word.dropLast(tail.count))
            if heads.contains(head) { return [head, tail] }
        }
        return nil
    }

    private static let heads: Set<String> = [
        "order", "ship", "extended", "total", "line", "return", "commit", "receipt", "retail", "supply", "acct",
        "account", "mkt", "market", "part", "supp", "cust", "customer", "nation", "region", "avail", "unit", "list",
        "sale", "sales", "start", "due", "invoice", "product", "company", "category", "net", "gross", "store",
        "user",
        "payment", "pay", "item", "stock", "employee", "item",
    ]
    /// The longer ones first, so that the split is the same each time.
    private static let tails: [String] = [
        "quantity", "priority", "segment", "balance", "number", "amount", "status", "price", "total", "value",
        "count",
        "date", "name", "mode", "flag", "cost", "item", "code", "type", "supp", "qty", "bal", "key", "no", "id",
    ]
}
