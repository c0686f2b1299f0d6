/// What people call the parts that rows of one table play for one another: the words of a role, and the words that lead
/// to the row in that role. All are lemmas or folded words in lower case.
enum RoleWords {
    /// One kind of role.
    struct Group: Sendable {
        /// Words of column names that tell the role: `dest` of `dest_airport_id`.
        var names: Set<String>
        /// What the one in the role is called, best first.
        var nouns: [String]
        /// Words before a value that put it into the role: "from Paris", "reports to Nancy".
        var leads: [String] = []
        /// Verbs whose subject is the one in the role: "who *manages* the team".
        var verbs: [String] = []
        /// Verbs that the one in the role does to what refers to it: Amy *sent* two messages.
        var actives: [String] = []
        /// Words that ask for the one in the role when nothing follows: "whom does he *report to*?"
        var trails: [String] = []
        /// What those who refer to it are called from its side: the subordinates of a manager.
        var reverse: [String] = []
        /// Whether only a table that refers to itself has the role.
        var isOfOneTable = false
        /// Whether it is one of two sides that take part in the same way.
        var isSide: Bool { !names.isDisjoint(with: ["home", "away", "winner", "loser"]) }
        /// Whether only people have the role.
        var isOfPeople: Bool { isOfOneTable && !names.contains("parent") }
    }

    private static func words(_ text: String) -> [String] { text.split(separator: "|").map(String.init) }

    static let groups: [Group] = [
        Group(
            names: ["manager", "mgr", "supervisor", "boss", "superior", "chief", "report", "supervise"],
            nouns: ["manager", "supervisor", "boss", "superior", "line manager", "direct manager"],
            leads: words(
                "managed by|supervised by|led by|report to|reports to|reporting to|reported to|report directly to|"
                    + "reports directly to|reporting directly to|works for|work for|working for|worked for|"
                    + "works under|work under|working under|under|overseen by"),
            verbs: words("manages|manage|managing|supervises|supervise|supervising|oversees|oversee|leads"),
            trails: words("report to|reports to|report directly to|reporting to|work for|works for"),
            reverse: words("subordinate|direct report|reportee|underling|team member"), isOfOneTable: true),
        Group(
            names: ["parent"], nouns: ["parent"],
            leads: words("under|below|child of|children of|part of"),
            reverse: words("child|child %|sub %|sub%|subordinate %"), isOfOneTable: true),
        Group(names: ["mother"], nouns: ["mother", "mom"], isOfOneTable: true),
        Group(names: ["father"], nouns: ["father", "dad"], isOfOneTable: true),
        Group(names: ["spouse", "husband", "wife"], nouns: ["spouse", "partner"], isOfOneTable: true),
        Group(
            names: ["referrer", "referred", "referral", "recommended", "recommender", "refer", "recommend"],
            nouns: ["referrer", "recommender"],
            leads: words("referred by|recommended by|introduced by"),
            verbs: words("referred|recommended|introduced"), reverse: words("referral|referred %"),
            isOfOneTable: true),
        Group(
            names: ["lead", "leader", "head"], nouns: ["leader", "lead", "head"],
            leads: words("led by|headed by"), verbs: words("leads|heads")),
        Group(
            names: ["mentor"], nouns: ["mentor"], leads: words("mentored by"), reverse: ["mentee"],
            isOfOneTable: true),
        Group(
            names: [
                "origin", "source", "src", "from", "depart", "departure", "departing", "start", "pickup", "begin",
                "orig",
            ],
            nouns: ["origin", "source", "departure", "starting", "starting point", "point of departure"],
            leads: words(
                "from|departing|departed|departs|depart|leaving|leaves|leave|originating|originates|departure|"
                    + "starting|starts|start|out of|picked up")),
        Group(
            names: [
                "destination", "dest", "dst", "target", "to", "arrival", "arriving", "arrive", "end", "dropoff",
            ],
            nouns: ["destination", "arrival", "target", "ending"],
            leads: words(
                "to|into|arriving|arrived|arrives|arrive|arrival|landing|lands|land|landed|reaching|bound|towards|ending|ends|end|"
                    + "dropped")),
        Group(
            names: ["sender", "payer"], nouns: ["sender", "payer"], leads: words("from|sent by|paid by|by"),
            actives: words("send|sends|sent")),
        Group(
            names: ["receiver", "recipient", "payee", "beneficiary"],
            nouns: ["receiver", "recipient", "payee", "beneficiary"],
            leads: words("to|received by|paid to|sent to"), actives: words("receive|receives|received|get|got")),
        Group(
            names: ["home", "host", "local"], nouns: ["home", "host"],
            leads: words("at home|home|hosted|hosting|host")),
        Group(
            names: ["away", "visitor", "visiting", "guest"], nouns: ["away", "visiting", "guest"],
            leads: words("away|visiting|visitor|guest")),
        Group(
            names: ["winner", "winning", "won"], nouns: ["winner", "winning"], leads: words("won by"),
            actives: words("win|wins|won")),
        Group(
            names: ["loser", "losing", "lost"], nouns: ["loser", "losing"], leads: words("lost by"),
            actives: words("lose|loses|lost")),
        Group(names: ["buyer"], nouns: ["buyer"], leads: words("bought by|purchased by|by")),
        Group(names: ["seller"], nouns: ["seller"], leads: words("sold by|from")),
        Group(
            names: ["order", "ordered", "purchase"], nouns: ["order"],
            leads: words("ordered|placed|purchased|order")),
        Group(
            names: ["ship", "shipped", "shipping", "shipment", "dispatch"],
            nouns: ["ship", "shipping", "shipment"],
            leads: words("shipped|shipping|ship|ships|dispatched")),
        Group(
            names: ["deliver", "delivered", "delivery"], nouns: ["delivery"],
            leads: words("delivered|delivery|delivering|deliver")),
        Group(names: ["due"], nouns: ["due"], leads: words("due")),
        Group(
            names: ["bill", "billing", "invoice"], nouns: ["billing", "invoice"],
            leads: words("billed|invoiced|billing")),
        Group(names: ["creator", "created", "create"], nouns: ["creator"], leads: words("created by|opened by")),
        Group(names: ["owner", "owned"], nouns: ["owner"], leads: words("owned by")),
        Group(names: ["assignee", "assigned", "assign"], nouns: ["assignee"], leads: words("assigned to")),
        Group(names: ["reporter", "reported"], nouns: ["reporter"], leads: words("reported by")),
        Group(names: ["approver", "approved", "approve"], nouns: ["approver"], leads: words("approved by")),
        Group(names: ["reviewer", "reviewed", "review"], nouns: ["reviewer"], leads: words("reviewed by")),
    ]

    /// Words that name a role only beside the noun of the thing: "home team".
    static let adjectives: Set<String> = [
        "home", "away", "visiting", "host", "guest", "local", "starting", "ending", "start", "end", "from", "to",
        "by", "order", "ship", "billing", "shipping", "target", "source", "departure", "arrival", "winning",
        "losing",
    ]

    /// Whether a name is a participle with its preposition: `created_by`.
    static func isParticiple(_ words: [String]) -> Bool {
        words.count > 1 && (words.last == "by" || words.last == "to")
    }

    /// The group that a column's words tell; for a table that refers to itself `isSelf`.
    static func group(of words: [String], isSelf: Bool) -> Group? {
        // "assigned to" is of who is assigned, and no destination.
        let words = isParticiple(words) ? Array(words.dropLast()) : words
        return groups.first { group in
            (isSelf || !group.isOfOneTable) && words.contains(where: group.names.contains)
        } ?? groups.first { group in words.contains(where: group.names.contains) }
    }
}
