import Modeling
import Testing

@Suite("The English lexicon")
struct EnglishLexiconTests {
    let english = EnglishLexicon.english

    @Test("every line is found, the first and the last too, and nothing else")
    func bisection() {
        for word in ["ab", "departure", "zone", "zoo", "zoom", "paid"] {
            #expect(english.entry(word) != nil, "\(word)")
        }
        for word in ["", "qqq", "departur", "departures", "aaaaa", "zzzzz", "two words", "\n", "departure n10"] {
            #expect(english.entry(word) == nil, "\(word)")
        }
    }

    @Test("parts of speech come with how often they are used")
    func parts() {
        #expect(english.entry("departure")?.isMostly(.noun) == true)
        #expect(english.entry("quickly")?.isMostly(.adverb) == true)
        #expect(english.entry("buy")?.isMostly(.verb) == true)
        #expect(english.can("shipped", be: .verb))
        #expect(!english.can("quickly", be: .noun))
    }

    @Test("forms go back to their bases, regular and irregular ones")
    func bases() {
        func bases(_ form: String) -> Set<String> { Set(english.bases(of: form).map(\.word)) }
        #expect(bases("paid").contains("pay"))
        #expect(bases("departed").contains("depart"))
        #expect(bases("shelves").contains("shelf"))
        #expect(bases("left").contains("leave"))
        #expect(!bases("departed").contains("departe"))
        #expect(english.pastForms(of: "pay") == ["paid"])
        #expect(english.pastForms(of: "depart").contains("departed"))
        #expect(english.pastForms(of: "banana").isEmpty)
    }

    @Test("derivations weigh more than synonyms, and both less than the word itself")
    func related() {
        func weight(_ a: String, _ b: String) -> Double {
            english.related(to: a).first { $0.word == b }?.weight ?? 0
        }
        #expect(weight("departure", "depart") == 0.8)
        #expect(weight("departed", "departure") == 0.8)
        #expect(weight("customer", "client") == 0.6)
        #expect(weight("client", "customer") == 0.5)
        #expect(weight("customer", "banana") == 0)
        for word in ["departure", "customer", "paid"] {
            #expect(english.related(to: word).allSatisfy { $0.weight < 0.9 && $0.word != word })
        }
    }

    @Test("prefixes of denial are told from words that only begin so")
    func denial() {
        #expect(english.denied(by: "unpaid") == "paid")
        #expect(english.denied(by: "unreturned") == "returned")
        #expect(english.denied(by: "nonsmoking") == "smoking")
        for word in ["union", "incident", "unit", "invoice", "island", "university", "district"] {
            #expect(english.denied(by: word) == nil, "\(word)")
        }
    }

    @Test("spellings and distances of words")
    func spelling() {
        #expect(Words.plainSpelling("colour") == "color")
        #expect(Words.plainSpelling("centre") == "center")
        #expect(Words.plainSpelling("hour") == "hour")
        #expect(Words.skeleton("level") == "lvl")
        #expect(Words.distance("custommers", "customers", atMost: 2) == 1)
        #expect(Words.distance("recieved", "received", atMost: 2) == 1)
        #expect(Words.distance("kitten", "sitting", atMost: 2) > 2)
    }
}
