/// Other forms in which data may hold what a question names: "German" customers of a country "Germany", "New York" beside
/// "NY", "January" beside "Jan".
enum ValueAliases {
    /// The normal forms that a normal form may stand for, best first.
    static let table: [String: [String]] = {
        var table: [String: [String]] = [:]
        func add(_ from: String, _ to: String) {
            let (from, to) = (Tokenizer.normalized(from), Tokenizer.normalized(to))
            if from != to, !(table[from]?.contains(to) ?? false) { table[from, default: []].append(to) }
        }
        for line in countries.split(separator: "\n") {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false).map { names($0) }
            guard parts.count == 3 else { continue }
            let (full, codes, people) = (parts[0], parts[1], parts[2])
            for name in full {
                for other in full where other != name { add(name, other) }
                for code in codes { add(name, code) }
            }
            for word in people { for name in full + codes { add(word, name) } }
            for code in codes where !ordinary.contains(code.lowercased()) {
                for name in full + codes { add(code, name) }
            }
        }
        for line in regions.split(separator: "\n") {
            let parts = line.split(separator: ":").map { names($0) }
            guard parts.count == 2, let name = parts[0].first, let code = parts[1].first else { continue }
            add(name, code)
            if !ordinary.contains(code.lowercased()) { add(code, name) }
        }
        for line in calendar.split(separator: "\n") {
            let forms = names(line)
            // The short form is a word of its own ("mar", "sun"): only the name leads to it.
            for form in forms.dropFirst() { add(forms[0], form) }
        }
        return table
    }()

    private static func names(_ text: Substring) -> [String] {
        text.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
    }

    /// Codes that are words: "in", "or", "me" name nothing by themselves.
    private static let ordinary: Set<String> = [
        "in", "or", "me", "hi", "ok", "oh", "la", "ma", "pa", "id", "de", "co", "al", "as", "is", "it", "at", "be",
        "no", "so", "to", "do", "am", "by", "my", "mo", "ms", "md", "dc", "nt", "on", "mi", "id", "ch", "se",
        "es", "pt", "il", "ae", "pe", "ve", "ar", "cl", "tr", "th", "ph", "sg", "ie", "hu", "ro", "cz", "pl", "fi",
        "dk", "nl", "gr", "ru", "kr", "jp", "cn", "br", "mx", "ca", "fr", "au", "nz", "eg", "za", "ng", "ke", "ua",
        "sa", "vn", "my",
    ]

    /// `names : codes : what its people and things are called`
    private static let countries = """
        United States, United States of America, America: USA, US, U.S., U.S.A.: American
        United Kingdom, Great Britain, Britain: UK, GB, GBR: British
        England: : English
        Scotland: : Scottish
        Germany: DE, DEU: German
        France: FR, FRA: French
        Canada: CA, CAN: Canadian
        Brazil: BR, BRA: Brazilian
        Italy: IT, ITA: Italian
        Spain: ES, ESP: Spanish
        Portugal: PT, PRT: Portuguese
        Netherlands, The Netherlands, Holland: NL, NLD: Dutch
        Belgium: BE, BEL: Belgian
        Sweden: SE, SWE: Swedish
        Norway: NO, NOR: Norwegian
        Denmark: DK, DNK: Danish
        Finland: FI, FIN: Finnish
        Poland: PL, POL: Polish
        Austria: AT, AUT: Austrian
        Switzerland: CH, CHE: Swiss
        Ireland: IE, IRL: Irish
        India: IN, IND: Indian
        Australia: AU, AUS: Australian
        New Zealand: NZ, NZL: New Zealander
        Czech Republic, Czechia: CZ, CZE: Czech
        Hungary: HU, HUN: Hungarian
        Romania: RO, ROU: Romanian
        Ukraine: UA, UKR: Ukrainian
        Russia, Russian Federation: RU, RUS: Russian
        Greece: GR, GRC: Greek
        Turkey, Türkiye: TR, TUR: Turkish
        Israel: IL, ISR: Israeli
        Egypt: EG, EGY: Egyptian
        South Africa: ZA, ZAF: South African
        Nigeria: NG, NGA: Nigerian
        Kenya: KE, KEN: Kenyan
        Saudi Arabia: SA, SAU: Saudi
        United Arab Emirates: UAE, AE, ARE: Emirati
        Argentina: AR, ARG: Argentinian, Argentine
        Chile: CL, CHL: Chilean
        Mexico: MX, MEX: Mexican
        Colombia: CO, COL: Colombian
        Peru: PE, PER: Peruvian
        Venezuela: VE, VEN: Venezuelan
        Japan: JP, JPN: Japanese
        China: CN, CHN: Chinese
        South Korea, Korea: KR, KOR: Korean
        Vietnam: VN, VNM: Vietnamese
        Thailand: TH, THA: Thai
        Philippines: PH, PHL: Filipino
        Indonesia: IDN: Indonesian
        Malaysia: MY, MYS: Malaysian
        Singapore: SG, SGP: Singaporean
        """

    private static let regions = """
        Alabama: AL
        Alaska: AK
        Arizona: AZ
        Arkansas: AR
        California: CA
        Colorado: CO
        Connecticut: CT
        Delaware: DE
        Florida: FL
        Georgia: GA
        Hawaii: HI
        Idaho: ID
        Illinois: IL
        Indiana: IN
        Iowa: IA
        Kansas: KS
        Kentucky: KY
        Louisiana: LA
        Maine: ME
        Maryland: MD
        Massachusetts: MA
        Michigan: MI
        Minnesota: MN
        Mississippi: MS
        Missouri: MO
        Montana: MT
        Nebraska: NE
        Nevada: NV
        New Hampshire: NH
        New Jersey: NJ
        New Mexico: NM
        New York: NY
        North Carolina: NC
        North Dakota: ND
        Ohio: OH
        Oklahoma: OK
        Oregon: OR
        Pennsylvania: PA
        Rhode Island: RI
        South Carolina: SC
        South Dakota: SD
        Tennessee: TN
        Texas: TX
        Utah: UT
        Vermont: VT
        Virginia: VA
        Washington: WA
        West Virginia: WV
        Wisconsin: WI
        Wyoming: WY
        Ontario: ON
        Quebec: QC
        British Columbia: BC
        Alberta: AB
        Manitoba: MB
        Saskatchewan: SK
        Nova Scotia: NS
        New South Wales: NSW
        Queensland: QLD
        """

    private static let calendar = """
        January, Jan
        February, Feb
        March, Mar
        April, Apr
        June, Jun
        July, Jul
        August, Aug
        September, Sep, Sept
        October, Oct
        November, Nov
        December, Dec
        Monday, Mon
        Tuesday, Tue, Tues
        Wednesday, Wed
        Thursday, Thu, Thurs
        Friday, Fri
        Saturday, Sat
        Sunday, Sun
        """
}
