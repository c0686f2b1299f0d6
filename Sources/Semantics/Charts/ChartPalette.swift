/// The colours of series.
///
/// Okabe and Ito's hues, which people with colour-blindness tell apart as well, with the light ones darkened until each
/// has a contrast of at least 3 : 1 both to white and to a dark page (WCAG 2.2, 1.4.11). A grey takes the place of black,
/// which a dark page would swallow.
enum ChartPalette {
    /// Colours of series, in the order in which they are given out.
    static let series = [
        "#0072B2", "#C27D00", "#009E73", "#C2659A", "#3B93C9", "#D55E00", "#8A7B00", "#767676",
    ]
    /// From the least to the most, in one hue; each step is darker than the one before.
    static let sequence = ["#DCEAF6", "#A9CCE6", "#6FAAD3", "#3585BB", "#0A609A", "#053F6B"]
    /// What values below zero are drawn in, against the first of ``series``.
    static let loss = "#D55E00"

    /// The colour of the series at `index`; they repeat after the last.
    static func colour(_ index: Int) -> String { series[index % series.count] }
}
