import Foundation
import Testing
import Values

@Suite("operon ask --chart and /chart")
struct ChartCommandTests {
    let folder: Folder

    init() throws { folder = try Shop.folder() }

    private func ask(_ question: String, _ more: String...) async throws -> Ending {
        try await Operon.run(["ask", question, "--db", "shop.sqlite", "--today", Shop.today] + more, in: folder)
    }

    @Test("an answer's chart is written as a drawing or as a page, and standard output stays the same")
    func files() async throws {
        let plain = try await ask(Shop.top)
        let drawn = try await ask(Shop.top, "--chart", "top.svg")
        #expect(
            drawn.status == 0 && drawn.output == plain.output && drawn.errors.contains("a bar chart is in top.svg"),
            "\(drawn)")
        let svg = try String(contentsOfFile: folder.file("top.svg"), encoding: .utf8)
        #expect(svg.hasPrefix("<svg") && svg.contains(Shop.top) && svg.contains("Ada Lovelace"))
        let page = try await ask(Shop.top, "--chart", "top.html", "--json")
        #expect(page.status == 0 && page.lines.count == 1, "\(page)")
        let html = try String(contentsOfFile: folder.file("top.html"), encoding: .utf8)
        #expect(html.hasPrefix("<!doctype html>") && html.contains("<svg") && html.contains("<table>"))
        #expect(!html.contains("<script"))
    }

    @Test("other endings are refused before anything is asked, and a question without an answer leaves no file")
    func refused() async throws {
        let ending = try await ask(Shop.top, "--chart", "top.png")
        #expect(ending.status == 2 && ending.errors.contains("FILE.svg"), "\(ending)")
        let declined = try await ask(Shop.unanswerable, "--chart", "none.svg")
        #expect(declined.status == 3 && declined.errors.contains("no chart"), "\(declined)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("none.svg")))
        let lost = try await ask(Shop.top, "--chart", "no/such/folder/x.svg")
        #expect(lost.status == 1 && !lost.errors.isEmpty, "\(lost)")
    }

    @Test("a chart that cannot be drawn is refused in words, with the nearest one in its place")
    func words() async throws {
        let ending = try await ask("Number of orders per month in 2026 as a radar chart")
        #expect(ending.status == 0, "\(ending)")
        #expect(
            ending.output.contains("asks for a radar chart, which is none of the charts that can be drawn"),
            "\(ending)")
    }
}
