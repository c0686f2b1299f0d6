/// The probability that a reading is right.
enum Calibration {
    static func probability(_ signals: Signals) -> Double {
        var confidence =
            0.97 - min(0.12, 0.03 * Double(signals.ties)) - 0.05 * Double(signals.shortened)
            - 0.04 * Double(signals.corrections) - 0.03 * Double(signals.absorbed) - signals.guesses - 0.5
            * (1 - signals.weakest)
            - 0.06 * Double(signals.inferredJoins)
        if signals.hasAmbiguousJoin { confidence -= 0.15 }
        return min(max(confidence, 0), 0.99)
    }
}
