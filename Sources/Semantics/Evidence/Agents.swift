import Modeling

/// The words by which people speak of a column such as "written by": the verb in its forms, and who does it.
enum Agents {
    /// `written` gives write, writes, wrote, written, writer.
    static func forms(of participle: String) -> [String] {
        let english = EnglishLexicon.english
        guard let verb = english.bases(of: participle).first(where: { $0.part == .verb })?.word else {
            return [participle]
        }
        var forms = [participle, verb, verb + "s"] + english.pastForms(of: verb)
        for related in english.related(to: verb)
        where related.kind == .derived && EvidenceFinder.isAgent(related.word) {
            forms.append(related.word)
        }
        var found: [String] = []
        for form in forms where !found.contains(form) { found.append(form) }
        return found
    }
}
