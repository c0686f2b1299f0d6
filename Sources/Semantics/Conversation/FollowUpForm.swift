import Modeling

/// What the wording of a line says about its being a follow-up question: "and …", "what about …", "… instead".
struct FollowUpForm: Sendable {
    /// The line without the words that only mark it.
    var tokens: [Token]
    /// Whether the line says by its words that it goes on from the one before.
    var isMarked = false
    /// "instead": what is named takes the place of what was there.
    var replaces = false
    /// "also", "too", "break it down by": what is named comes on top.
    var adds = false
    /// "without", "except": what is named is denied.
    var denies = false
    /// "show", "give me": something is asked for outright.
    var requests = false

    init(_ line: [Token]) {
        tokens = line.filter { !($0.isSign && "?.!…:;".contains($0.text)) }
        cutInstead()
        takeEnds()
        var isOpen = true
        while isOpen { isOpen = takeLead() }
    }

    /// The words in one text.
    var text: String { tokens.map(\.folded).joined(separator: " ") }

    private mutating func cutInstead() {
        guard let at = tokens.firstIndex(where: { ["instead", "rather"].contains($0.folded) && !$0.isQuoted })
        else {
            return
        }
        isMarked = true
        replaces = true
        // "by region instead of month" says twice what changes.
        let next = at + 1
        if tokens.indices.contains(next), ["of", "than"].contains(tokens[next].folded), at > 0 {
            tokens.removeSubrange(at...)
        } else {
            tokens.remove(at: at)
        }
    }

    private mutating func takeEnds() {
        while let last = tokens.last?.folded, tokens.count > 1 {
            if ["too", "also"].contains(last) || last == "well" && tokens[tokens.count - 2].folded == "as" {
                tokens.removeLast(last == "well" ? 2 : 1)
                isMarked = true
                adds = true
            } else if ["please", "again", "then", "now", "though", "thanks"].contains(last) {
                tokens.removeLast()
            } else if ["only", "alone"].contains(last) {
                tokens.removeLast()
                isMarked = true
            } else {
                return
            }
        }
    }

    private mutating func takeLead() -> Bool {
        while tokens.first?.isSign == true { tokens.removeFirst() }
        var length = min(5, tokens.count)
        while length > 0 {
            let words = tokens.prefix(length)
            if !words.contains(where: \.isQuoted), let lead = Self.leads[words.map(\.folded).joined(separator: " ")]
            {
                guard length < tokens.count else { return false }
                switch lead {
                case .courtesy: break
                case .request: requests = true
                case .mark: isMarked = true
                case .instead: (isMarked, replaces) = (true, true)
                case .further: (isMarked, adds) = (true, true)
                case .denial:
                    isMarked = true
                    denies = true
                case .order:
                    // "Rank customers by revenue" is a question of its own.
                    guard ["by", "on"].contains(tokens[length].folded) || Self.isDirection(tokens[length...]) else {
                        return false
                    }
                    isMarked = true
                    tokens.replaceSubrange(0..<length, with: Tokenizer.tokens("sort"))
                    return false
                }
                tokens.removeFirst(length)
                return true
            }
            length -= 1
        }
        return false
    }

    private static func isDirection(_ rest: ArraySlice<Token>) -> Bool {
        CueReader.cues(Array(rest), taken: []).contains { if case .direction = $0.cue { true } else { false } }
    }

    private enum Lead { case courtesy, request, mark, instead, further, denial, order }

    private static let leads: [String: Lead] = {
        var leads: [String: Lead] = [:]
        func add(_ phrases: String, _ lead: Lead) {
            for phrase in phrases.split(separator: "|") { leads[String(phrase)] = lead }
        }
        add(
            "please|ok|okay|so|well|great|thanks|can you|could you|would you", .courtesy)
        add(
            "show me|show|give me|i want|i need|let me see|display|can i see|can you show me|could you show me",
            .request)
        add(
            "and|but|now|then|plus|what if|and now|and then|same for|same with|same but for|same but|the same for|the same but|"
                + "the same|same|do the same for|do the same|same thing for|same thing|only|just|limit to|limit it to|"
                + "limited to|restrict to|restrict it to|restrict that to|narrow to|narrow it to|narrow it down to|"
                + "narrow that down to|filter to|filter for|filter it to|filter on|filter that to|filter them to|keep only|"
                + "only show|just show|only those|just those|only the ones|just the ones|show it|show that|show this|"
                + "show them|give it|i want it|show me that|show me it|show me this|display it|only those who are|only ones",
            .mark)
        add(
            "what about|how about|and what about|and how about|but what about|make it|make that|make them|change it to|"
                + "change that to|change to|switch to|switch it to|turn it into|use", .instead)
        add(
            "also|break it down|break that down|break this down|break them down|break down|split it|split that|"
                + "split this|split them|split|group it|group that|group them|group|broken down|drill down|slice it|slice|"
                + "further", .further)
        add(
            "without|without the|excluding|exclude|except|except for|leave out|leave out the|ignore|ignoring|skip|but not|"
                + "and not|not|minus|other than|but without|but excluding|and without", .denial)
        add(
            "sort|sort it|sort them|sort that|sort the result|sort the results|order it|order them|order that|order|"
                + "rank it|rank them|rank that|rank", .order)
        return leads
    }()
}
