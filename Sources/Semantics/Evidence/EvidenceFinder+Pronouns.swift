import Modeling

/// "One" where it counts nothing but stands for what was named before.
extension EvidenceFinder {
    /// "one" of "each one", which counts nothing.
    func isPronoun(_ index: Int) -> Bool {
        index > 0 && ["each", "every", "this", "that", "which"].contains(tokens[index - 1].folded)
    }

    /// "one" behind a value stands for the thing named before: "from a Danish port to a Norwegian one".
    func stands(for index: Int, _ parts: [Evidence.Part]) -> Bool {
        parts.contains { part in
            part.range.upperBound == index
                && part.candidates.contains { if case .value = $0.element { true } else { false } }
        }
    }
}
