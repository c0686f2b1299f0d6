internal import CLexicon

/// English words with their parts of speech, forms and relations, from WordNet 3.0.
///
/// The text is carried in the binary, sorted, and searched by bisection where it lies: nothing is loaded at start, a look-up
/// costs a few microseconds. Words come in and go out in lower case, words of two parts with a space between.
public struct EnglishLexicon: Sendable {
    /// What a word can be in a sentence.
    public enum PartOfSpeech: Character, Sendable, Hashable, CaseIterable {
        case noun = "n"
        case verb = "v"
        case adjective = "a"
        case adverb = "r"
    }

    /// How one word is related to another.
    public enum Kind: Character, Sendable, Hashable {
        /// They mean the same in one sense: client, customer.
        case synonym = "&"
        /// The other is more general: tariff, duty.
        case hypernym = "@"
        /// One is made from the other: depart, departure.
        case derived = "+"
        /// They are opposites: paid, unpaid.
        case antonym = "!"
        /// The other is the base of this irregular form: paid, pay.
        case base = "="
        /// The other is an irregular form of this verb: pay, paid.
        case form = "*"
    }

    /// One relation of a word.
    public struct Relation: Sendable, Hashable {
        /// What kind it is.
        public var kind: Kind
        /// The part of speech of the word that was looked up.
        public var part: PartOfSpeech
        /// The number of the sense, 1 being the most frequent; 1 for derivations and bases.
        public var sense: Int
        /// The other word.
        public var word: String
    }

    /// What is known of one word.
    public struct Entry: Sendable, Hashable {
        /// How often the word was seen as each part of speech in tagged text; 0 where it can be one but was not seen.
        public var counts: [PartOfSpeech: Int] = [:]
        /// Its relations, the more frequent senses first.
        public var relations: [Relation] = []

        /// Whether the word is mostly this part of speech.
        public func isMostly(_ part: PartOfSpeech) -> Bool {
            guard let count = counts[part] else { return false }
            return counts.allSatisfy { $0.key == part || $0.value <= count }
        }
    }

    /// The lexicon of this binary.
    public static let english = EnglishLexicon()

    // This is safe because the bytes are constant data of the binary: they are never written and never freed.
    private nonisolated(unsafe) let bytes: UnsafeBufferPointer<UInt8>

    private init() { bytes = UnsafeBufferPointer(start: operon_lexicon(), count: operon_lexicon_count()) }

    /// What is known of the word as it stands; nil when it is in no dictionary of common words.
    public func entry(_ word: String) -> Entry? {
        guard let line = line(of: word) else { return nil }
        var entry = Entry()
        for field in line.split(separator: " ").dropFirst() {
            let letters = Array(field.prefix(3))
            if let part = PartOfSpeech(rawValue: letters[0]) {
                entry.counts[part] = Int(field.dropFirst()) ?? 0
            } else if let kind = Kind(rawValue: letters[0]), letters.count > 2,
                let part = PartOfSpeech(rawValue: letters[1])
            {
                // "=vpay" and "*vpaid" have no sense; "+vndeparture" names the other's part of speech in its place.
                let sense = letters[2].wholeNumberValue ?? 1
                for other in field.dropFirst(kind == .base || kind == .form ? 2 : 3).split(separator: ",") {
                    let word = String(other.map { $0 == "_" ? " " : $0 })
                    entry.relations.append(Relation(kind: kind, part: part, sense: sense, word: word))
                }
            }
        }
        return entry
    }

    /// The words that a form may come from, each with its part of speech: `paid` is an adjective and a form of `pay`,
    /// `readings` comes from `reading` and not from `reade`. Regular endings count only where the lexicon has the base.
    public func bases(of form: String) -> [(word: String, part: PartOfSpeech)] {
        var found: [(word: String, part: PartOfSpeech)] = []
        func add(_ word: String, _ part: PartOfSpeech) {
            if !found.contains(where: { $0.word == word && $0.part == part }) { found.append((word, part)) }
        }
        if let entry = entry(form) {
            let own = entry.counts.sorted {
                $0.value != $1.value ? $0.value > $1.value : $0.key.order < $1.key.order
            }
            for part in own { add(form, part.key) }
            for relation in entry.relations where relation.kind == .base { add(relation.word, relation.part) }
        }
        let lemma = Words.lemma(form)
        if lemma != form, let entry = entry(lemma) {
            if entry.counts[.noun] != nil { add(lemma, .noun) }
            if entry.counts[.verb] != nil { add(lemma, .verb) }
        }
        for stem in Words.verbStems(form) where entry(stem)?.counts[.verb] != nil { add(stem, .verb) }
        if form.hasSuffix("es"), let entry = entry(String(form.dropLast())), entry.counts[.verb] != nil {
            add(String(form.dropLast()), .verb)
        }
        return found
    }

    /// Whether the form can be this part of speech.
    public func can(_ form: String, be part: PartOfSpeech) -> Bool {
        bases(of: form).contains { $0.part == part }
    }

    /// The past forms of a verb, regular and irregular: `depart` gives `departed`, `ship` gives `shipped` and `shiped`,
    /// `pay` gives `paid`. Empty where the word is no verb.
    public func pastForms(of verb: String) -> [String] {
        guard let entry = entry(verb), entry.counts[.verb] != nil else { return [] }
        let irregular = entry.relations.filter { $0.kind == .form }.map(\.word)
        // British doubled letters are listed like irregular forms, beside which the plain one is right too.
        if let first = irregular.first { return first.hasSuffix("ed") ? irregular + [verb + "ed"] : irregular }
        if verb.hasSuffix("e") { return [verb + "d"] }
        if verb.hasSuffix("y") { return [String(verb.dropLast()) + "ied", verb + "ed"] }
        guard let last = verb.last else { return [] }
        return [verb + "ed", verb + String(last) + "ed"]
    }

    // MARK: Lines

    /// The line that begins with the word and a space.
    private func line(of word: String) -> String? {
        let key = Array(word.utf8)
        guard !key.isEmpty, key.count < 40, !key.contains(10), !key.contains(32) else { return nil }
        var low = 0
        var high = bytes.count
        while low < high {
            // The line that holds the middle.
            var start = (low + high) / 2
            while start > low, bytes[start - 1] != 10 { start -= 1 }
            var end = start
            while end < bytes.count, bytes[end] != 10 { end += 1 }
            switch order(key, start, end) {
            case 0: return String(decoding: bytes[start..<end], as: UTF8.self)
            case ..<0: high = start
            default: low = end + 1
            }
        }
        return nil
    }

    /// Below, at or above 0 as the key stands before, at or after the word of the line.
    private func order(_ key: [UInt8], _ start: Int, _ end: Int) -> Int {
        for (at, byte) in key.enumerated() {
            let place = start + at
            if place >= end || bytes[place] == 32 { return 1 }
            if byte != bytes[place] { return byte < bytes[place] ? -1 : 1 }
        }
        return start + key.count < end && bytes[start + key.count] != 32 ? -1 : 0
    }
}

extension EnglishLexicon.PartOfSpeech {
    /// A fixed order for breaking ties.
    fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
