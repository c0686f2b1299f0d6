import Foundation
import Testing
import Values

/// What the README promises about an agent of one's own, tried out.
@Suite("The README")
struct ReadmeTests {
    private func example() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let start = try #require(text.range(of: "```yaml\n"))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
    }

    @Test("its example of an agent has no mistake, and answers")
    func agent() async throws {
        let folder = try Shop.folder()
        try folder.write(example(), to: "team/coordinator.md")
        let checked = try await Operon.run("agents", "check", "team", in: folder)
        #expect(checked.status == 0 && checked.output.contains("0 errors, 0 warnings"), "\(checked)")
        let asked = try await Operon.run(
            "ask", "How large is it?", "--db", "shop.sqlite", "--agents", "team", "--json", in: folder)
        #expect(asked.status == 0 && asked.json["answer"] == "shop has 4 tables.", "\(asked)")
    }
}
