/// The phrases that cues are recognised by; folded words with one space between.
enum CuePhrases {
    static let longest = 5

    static let table: [String: Cue] = {
        var table: [String: Cue] = [:]
        func add(_ phrases: String, _ cue: Cue) {
            for phrase in phrases.split(separator: "|") { table[String(phrase)] = cue }
        }
        add(
            "how many|number of|the number of|count|count of|count the number of|total number of|total count of|"
                + "the total number of|counts of|counts|how many times|how often|quantity count", .count)
        add("how much|how much money", .howMuch)
        add("different|distinct|unique|number of different types", .distinct)
        add(
            "total|sum|sum of|overall|combined|the sum of|total of|sum up|cumulated",
            .aggregate(.sum))
        add("average|mean|avg|on average|average of|the average of", .aggregate(.average))
        add("median|median of|the median of|median value of|middle value of", .aggregate(.median))
        add("minimum|min", .aggregate(.minimum))
        add("maximum|max", .aggregate(.maximum))
        func most(_ phrases: String, _ isDescending: Bool, _ hint: Cue.Hint? = nil) {
            add(phrases, .superlative(isDescending: isDescending, hint, rank: 1))
        }
        most(
            "most|highest|largest|biggest|greatest|most number of|largest number of|highest number of|"
                + "greatest number of|the most number of|most amount of", true)
        most(
            "least|fewest|lowest|smallest|least number of|lowest number of|fewest number of|smallest number of",
            false)
        most("best|top rated|best rated|highest rated", true, .rating)
        most("worst|worst rated|lowest rated", false, .rating)
        most("best paid|highest paid|top paid|best earning|highest earning|most highly paid|best-paid", true, .pay)
        most("worst paid|lowest paid|least paid", false, .pay)
        most("longest", true, .duration)
        most("shortest", false, .duration)
        most("most expensive|priciest|dearest|costliest|most costly", true, .price)
        most("cheapest|least expensive", false, .price)
        most("latest|most recent|newest|most recently|last", true, .time)
        most("earliest", false, .time)
        most("oldest", true, .age)
        most("youngest", false, .age)
        most(
            "most popular|most common|most frequent|most frequently|most often|most commonly|commonest|most used|"
                + "used most|used the most|most frequently used|most commonly used|most widely used|used most often|"
                + "used most frequently|most chosen|most preferred", true,
            .count)
        most(
            "least popular|least common|least frequent|rarest|least frequently|least used|used least|"
                + "used the least|least often", false, .count)
        most(
            "best selling|top selling|most sold|bestselling|most purchased|most bought|best sold|"
                + "sells best|sell best|sold best|sells the best|sell the best", true, .sold)
        most("worst selling|least sold", false, .sold)
        most("heaviest", true, .weight)
        most("lightest", false, .weight)
        most("tallest", true, .height)
        add(
            "per|each|every|for each|for every|in each|in every|of each|of every|from each|to each|at each|by each|"
                + "for each of|each of|across|across all|for different|for the different|broken down by|broken out by|"
                + "grouped by|group by|split by|within each|on each|with each|under each|for all the different|"
                + "corresponding to each|separated by|segmented by", .each)
        add("by|in terms of|based on|according to", .by)
        add(
            "sorted by|ordered by|order by|sort by|ranked by|rank by|in order of|in the order of|sorted in order of|"
                + "sorted on|order them by|sort them by|sort the results by|order the results by|sorted according to|"
                + "sorted in|ordered in|sorted|ordered in order of", .order)
        add(
            "from least to most|from fewest to most|from smallest to largest|from shortest to longest|from oldest to newest|from a to z|a to z|lowest to highest|smallest to largest|ascending|in ascending order|ascending order|from lowest to highest|lowest first|smallest first|"
                + "low to high|increasing|alphabetically|in alphabetical order|alphabetical order|in ascending order of|"
                + "in ascending order by|in alphabetical order of|in ascending alphabetical order of|oldest first|"
                + "cheapest first|in lexicographical order|earliest first|fewest first",
            .direction(isDescending: false))
        add(
            "from most to least|from most to fewest|from largest to smallest|from biggest to smallest|from longest to shortest|from newest to oldest|from best to worst|highest to lowest|largest to smallest|most to least|largest amount first|descending|starting from the best|starting with the best|starting from the highest|starting with the highest|"
                + "starting with the largest|starting from the largest|starting from the top|in descending order|descending order|highest first|largest first|from highest to lowest|"
                + "high to low|decreasing|in descending order of|in descending order by|biggest first|most first|"
                + "newest first|latest first|most expensive first|best first|top first|most recent first|"
                + "in decreasing order of|in decreasing order", .direction(isDescending: true))
        add("above average|above the average|above the mean|above-average", .againstAverage(.greater))
        add("below average|below the average|under the average", .againstAverage(.less))
        add(
            "without|without any|with no|have no|has no|had no|having no|no|lacking|missing|does not have|"
                + "do not have|did not have|has not|have not|dont have|doesnt have|have not had|does not have any|"
                + "do not have any|did not have any|have no any", .negation(.without))
        add(
            "never|not yet|never been|has never|have never|have never been|has never been|never had",
            .negation(.never))
        add(
            "not|neither|non|dont|doesnt|didnt|isnt|arent|excluding|except|except for|other than|wasnt|werent|havent|hasnt|"
                + "do not|does not|did not|are not|is not|were not|was not|not in|outside|apart from|have not been|"
                + "has not been", .negation(.not))
        add(
            "percentage of|percent of|share of|proportion of|fraction of|what percentage of|percentage|percent|share|"
                + "what share of|what proportion of|the percentage of", .share)
        add(
            "without the letter|without the word|not containing|do not contain|does not contain|not contain|containing|contains|contain|that contain|including the word|contains the word|containing the word|"
                + "contain the word|includes the word|has the letter|have the letter|with the letter|has a letter|have a letter|with a letter|has the letters|"
                + "has the substring|have the substring|with the substring|has the word|have the word|that contains the word|that contain the word",
            .matches(anchored: false))
        add(
            "starting with|starts with the letter|starting with the letter|start with the letter|begins with the letter|starts with|start with|begins with|beginning with|begin with|that start with|"
                + "that starts with", .matches(anchored: true))
        add("ratio of|the ratio of", .ratio)
        add("both", .both)
        add("the same|same", .same)
        add("when", .when)
        add("who|whom", .who)
        add("which|what|which of", .which)
        add("show|list|give|find|return|display|tell|get|name all|select|fetch", .list)
        add("and|,|;|as well as|along with|together with|plus|&", .and)
        add("or|either|nor", .or)
        for word in [
            "of", "in", "for", "from", "with", "to", "at", "on", "under", "within", "whose", "that", "than",
            "where", "as", "via", "through", "against", "versus", "named", "called", "in the past", "in part",
            "in it", "to the lowest",
            "to the worst",
            "to the smallest", "from the top",
        ] {
            table[word] = .preposition(word)
        }
        return table
    }()

    static let comparatives: [String: (Comparison, Cue.Hint?)] = {
        var table: [String: (Comparison, Cue.Hint?)] = [:]
        func add(_ phrases: String, _ comparison: Comparison, _ hint: Cue.Hint? = nil) {
            for phrase in phrases.split(separator: "|") { table[String(phrase)] = (comparison, hint) }
        }
        add(
            "more than|greater than|over|above|higher than|exceeding|exceeds|exceed|in excess of|larger than|bigger than|"
                + "better than|more|> |>|beyond|is greater than|are greater than|that exceed|is above|is over",
            .greater)
        add("less than|fewer than|under|below|lower than|smaller than|<|worse than|is below|is under", .less)
        add(
            "at least|no less than|not less than|no fewer than|minimum of|a minimum of|on and above|> =|of at least",
            .greaterOrEqual)
        add("at most|no more than|not more than|up to|maximum of|a maximum of|< =|of at most", .lessOrEqual)
        add("exactly|equal to|equals|=|precisely|is exactly|are exactly", .equal)
        add("longer than", .greater, .duration)
        add("shorter than", .less, .duration)
        add("older than", .greater, .age)
        add("younger than", .less, .age)
        add("more expensive than|pricier than|costing more than|cost more than|costs more than", .greater, .price)
        add("cheaper than|less expensive than|cost less than|costs less than|costing less than", .less, .price)
        add("cost at least|costs at least", .greaterOrEqual, .price)
        add("cost at most|costs at most", .lessOrEqual, .price)
        add("heavier than", .greater, .weight)
        add("lighter than", .less, .weight)
        add("taller than", .greater, .height)
        return table
    }()

    /// Units that are read together with their number.
    static let units: Set<String> = [
        "dollars", "dollar", "usd", "euros", "euro", "eur", "pounds", "bucks", "minutes", "minute", "seconds",
        "second",
        "hours", "hour", "milliseconds", "percent", "kg", "kilograms", "cm", "miles", "mile", "km", "meters",
        "times",
    ]

    /// Words that carry no content of their own: a question may hold them without their being matched to anything.
    static let fillers: Set<String> = {
        let words =
            "a an the all any some is are was were be been being am do does did done have has had having me us our we i you "
            + "my your their his her its they them it he she this that these those there here please can could would "
            + "should will shall may might must just also only then so if about out up down off into onto upon via "
            + "such own other showing listed another much many more very please kindly want need like know see look looking "
            + "let lets made make makes making place placed places put puts generate generated generates generating "
            + "bring brought brings come comes came get gets got receive received receives issue issued occur occurred "
            + "occurs happen happened belong belongs belonging contain contains contained containing include includes "
            + "included including involve involved associated related corresponding correspond available exist exists "
            + "existing currently current live lives living located based reside residing stay stayed total "
            + "overall record records recorded register registered entry data database value values result results information "
            + "info details detail together respectively using used use uses "
            + "given who whom whose which what when where how why while during "
            + "take taken takes took hold holds held own owns keep kept serve served "
            + "versus vs compare compared comparison trend trends over time break breakdown broken chart graph plot "
            + "diagram table bar line pie report overview summary summarize summarise display draw visualize "
            + "number numbers amount amounts ever yet still already now ok hi hello hey thanks thank "
            + "work works worked working help helps exactly actually really basically simply per each every "
            + "serving once doing done corresponding respective "
            + "not no never without than as to of in on at by for from with within across among "
            + "across under above below after before since until through throughout "
            + "and or nor but both either neither order_ first last next set least most top bottom highest lowest "
            + "look looks after provide provided provides offer offered offers way ways s t re ve ll d m "
            + "having called named name_ titled full ones one two type_ kind_ sort sorted sorting rank ranked ranking "
            + "list show give find return tell display get fetch select identify determine calculate compute count "
            + "present produce output answer question query row rows column columns"
        return Set(words.split(separator: " ").map(String.init))
    }()
}
