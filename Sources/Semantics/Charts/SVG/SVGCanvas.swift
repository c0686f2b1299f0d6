/// Collects the elements of an SVG 1.1 drawing. Every text and every number passes through here, so that nothing from
/// data can become markup, and no coordinate is anything but a finite number.
struct SVGCanvas {
    /// Where a text's x stands in it.
    enum Anchor: String { case start, middle, end }
    /// Roles of colours that change between a light and a dark page.
    enum Ink: String {
        case ink = "c-ink"
        case soft = "c-soft"
    }

    private(set) var body = ""

    /// A filled rectangle; `tip` is shown when somebody points at it, and read out.
    mutating func rect(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, tip: String, edged: Bool = false
    ) {
        let edge = edged ? " class=\"c-gap\"" : ""
        body +=
            "<rect\(edge) x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\""
        body +=
            " height=\"\(Self.number(max(0, height)))\" fill=\"\(fill)\"><title>\(Self.escaped(tip))</title></rect>\n"
    }

    /// A straight line of the page: of the grid or of an axis.
    mutating func rule(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, axis: Bool = false) {
        body += "<line class=\"\(axis ? "c-axis" : "c-grid")\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\""
        body += " x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>\n"
    }

    /// A dot.
    mutating func dot(_ x: Double, _ y: Double, radius: Double, fill: String, opacity: Double = 1, tip: String) {
        body +=
            "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" fill=\"\(fill)\""
        if opacity < 1 { body += " fill-opacity=\"\(Self.number(opacity))\"" }
        body += "><title>\(Self.escaped(tip))</title></circle>\n"
    }

    /// A line through points.
    mutating func polyline(_ points: [(x: Double, y: Double)], stroke: String) {
        let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        body += "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"2.5\""
        body += " stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n"
    }

    /// A filled outline.
    mutating func polygon(_ points: [(x: Double, y: Double)], fill: String, opacity: Double, tip: String) {
        let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        body += "<polygon points=\"\(list)\" fill=\"\(fill)\" fill-opacity=\"\(Self.number(opacity))\">"
        body += "<title>\(Self.escaped(tip))</title></polygon>\n"
    }

    /// A path, given as commands and numbers.
    mutating func path(_ commands: [(String, [Double])], fill: String, tip: String) {
        let data = commands.map { $0.0 + $0.1.map(Self.number).joined(separator: " ") }.joined()
        body += "<path class=\"c-gap\" d=\"\(data)\" fill=\"\(fill)\"><title>\(Self.escaped(tip))</title></path>\n"
    }

    /// One line of text.
    mutating func text(
        _ text: String, _ x: Double, _ y: Double, size: Double = 12, anchor: Anchor = .start, ink: Ink = .soft,
        bold: Bool = false, turned: Bool = false
    ) {
        body += "<text class=\"\(ink.rawValue)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
        body += " font-size=\"\(Self.number(size))\""
        if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
        if bold { body += " font-weight=\"600\"" }
        if turned { body += " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" }
        body += ">\(Self.escaped(text))</text>\n"
    }

    /// The whole file: title and description for those who cannot see it, colours for light and dark pages.
    func document(width: Double, height: Double, title: String, description: String) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" height="\(Self.number(height))" \
        viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img" aria-labelledby="chart-title chart-desc" \
        font-family="system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif">
        <title id="chart-title">\(Self.escaped(title))</title>
        <desc id="chart-desc">\(Self.escaped(description))</desc>
        <style>\(Self.style)</style>
        <rect class="c-page" width="100%" height="100%"/>
        \(body)</svg>

        """
    }

    private static let style =
        ".c-page{fill:#ffffff}.c-ink{fill:#1f2328}.c-soft{fill:#57606a}.c-grid{stroke:#e1e5ea}.c-axis{stroke:#8b949e}"
        + ".c-gap{stroke:#ffffff;stroke-width:1}"
        + "@media (prefers-color-scheme:dark){.c-page{fill:#16181d}.c-ink{fill:#e6edf3}.c-soft{fill:#a3adb8}"
        + ".c-grid{stroke:#2d333b}.c-axis{stroke:#6e7681}.c-gap{stroke:#16181d}}"

    /// A coordinate with at most two decimals; zero for what is no number.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let (whole, part) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        if part == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole).\(part < 10 ? "0" : "")\(part % 10 == 0 ? part / 10 : part)"
    }

    /// Text for XML and HTML: markup becomes entities; controls, marks of direction and what XML does not allow are
    /// written out, as in a terminal.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in DisplayWidth.safe(text).unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
