import Testing

/// The checks themselves, held against small examples, so that a check that finds nothing cannot pass for a good house.
@Suite("The checks find what they are for")
struct CheckTests {
    private func source(_ text: String, path: String = "Sources/Values/Example.swift") -> SourceText {
        SourceText(path: path, text: text)
    }

    // MARK: Reading Swift

    @Test("comments and the contents of strings are not code, interpolations are")
    func codeIsToldApart() {
        let text = """
            let a = "try! // not a comment" // try!
            let b = "\\(try! make(")")) as!"
            /* outer /* try! */ still */ let c = #"as! \\(x) "quoted" \\#(d as! Int)"#
            """
        let seen = source(text)
        #expect(findingsInForces(seen).map(\.line) == [2, 3])
        #expect(findingsInForces(seen).map(\.message) == ["try! ends the process", "as! ends the process"])
        #expect(seen.comments[0].hasSuffix("// try!"))
        #expect(!seen.code[0].contains("comment"))
    }

    @Test("a string over several lines hides its quotes and its comment signs")
    func multilineStrings() {
        let text = "let a = \"\"\"\n  // \"x\" try!\n  \\\"\"\" as!\n  \"\"\"\nlet b = c as! D\n"
        #expect(findingsInForces(source(text)).map(\.line) == [5])
    }

    // MARK: Imports

    @Test(
        "an import that points sideways or upwards is found, whatever stands before it",
        arguments: [
            "import Services", "public import Databases", "@preconcurrency internal import Traces",
            "@_exported import struct Schemas.Catalogue", "    private import Toolbox  // why",
        ])
    func importUpwards(line: String) {
        #expect(findingsInImports(source("import CYAML\n\(line)\n")).map(\.line) == [2])
    }

    @Test("an import from a floor below, or of the toolchain, is fine")
    func importDownwards() {
        let text = "public import Values\nimport Synchronization\n#if canImport(Glibc)\n    import Glibc\n#endif\n"
        #expect(findingsInImports(source(text, path: "Sources/Services/A.swift")).isEmpty)
    }

    @Test(
        "Foundation and its parts are found",
        arguments: ["Foundation", "FoundationEssentials", "FoundationNetworking"])
    func foundation(module: String) {
        #expect(findingsInImports(source("import \(module)")).count == 1)
    }

    @Test("a target or module without a floor is found")
    func noFloor() {
        #expect(findingsInImports(source("", path: "Sources/Kitchen/Pan.swift")).count == 1)
        #expect(findingsInImports(source("import Kitchen")).count == 1)
    }

    @Test("a word import in a comment, a string or a name is no import")
    func importInWords() {
        #expect(imports(of: source("// import Traces\nlet important = \"import Traces\"\n")).isEmpty)
    }

    @Test("a second door to a C module is found, and so is a module that nobody uses")
    func doors() {
        let sources = [
            source("internal import CYAML", path: "Sources/Values/A.swift"),
            source("internal import CYAML", path: "Sources/Values/B.swift"),
            source("import CYAML", path: "Sources/Traces/C.swift"),
        ]
        let found = findingsInDoors(sources, modules: ["CYAML", "CSQLite"])
        #expect(found.map(\.path) == ["Sources/CSQLite/module.modulemap", "Sources/Traces/C.swift"])
        #expect(findingsInDoors(Array(sources.prefix(2)), modules: ["CYAML"]).isEmpty)
    }

    // MARK: Documentation

    @Test(
        "a public declaration without a documentation comment is found",
        arguments: [
            "public func f() {}", "public static let a = 1", "open class A {}", "@frozen public enum E { case a }",
            "@available(*, deprecated, message: \"(\") public init() {}", "public private(set) var a = 1",
            "public nonisolated(unsafe) static var a = 1", "public struct Box<T>: Sendable {}", "public actor A {}",
            "public subscript(index: Int) -> Int { index }", "public typealias A = Int",
            "public final class func made() {}",
        ])
    func undocumented(line: String) {
        #expect(findingsInDocumentation(source("// A remark.\n\(line)\n")).map(\.line) == [2])
        #expect(findingsInDocumentation(source("/// What it is.\n\(line)\n")).isEmpty)
        #expect(findingsInDocumentation(source("/// What it is.\n@inlinable\n\(line)\n")).isEmpty)
        #expect(findingsInDocumentation(source("/// Of something else.\n\n\(line)\n")).count == 1)
    }

    @Test("what is not public, an import and an extension need no documentation comment")
    func undocumentedIsFine() {
        let text = """
            public import Values
            func f() {}
            package struct A {
                var a = 1
            }
            extension A: Sendable {}
            """
        #expect(findingsInDocumentation(source(text)).isEmpty)
    }

    @Test("the requirements of a public protocol need a documentation comment")
    func requirements() {
        let text = """
            /// A part.
            public protocol Part {
                /// Its name.
                var name: String { get }
                func run() async throws
            }
            struct Other {
                func run() {}
            }
            """
        #expect(findingsInDocumentation(source(text)).map(\.line) == [5])
    }

    // MARK: Words and places

    @Test(
        "a left-over marker is found as a word, in any text",
        arguments: ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
    func leftOver(marker: String) {
        #expect(findingsInMarkers(path: "a.py", text: "a = 1\n# \(marker): later\n").map(\.line) == [2])
        #expect(findingsInMarkers(path: "a.py", text: "A\(marker)S = 1").isEmpty)
    }

    @Test("a machine path and a registry are found, a relative path and an address are not")
    func machinePaths() {
        let bad = [
            "see /wo" + "rk/a.txt", "'/ho" + "me/ada/x'", "open(\"/ro" + "ot/.x\")",
            "https://files.python" + "hosted.org/x",
        ]
        for line in bad {
            #expect(findingsInPlaces(path: "a.md", text: "fine\n\(line)").map(\.line) == [2], "\(line)")
        }
        let good = ["agent/wo" + "rk/item", "./ho" + "me/x", "https://example.org/~ada/wo" + "rking"]
        for line in good { #expect(findingsInPlaces(path: "a.md", text: line).isEmpty, "\(line)") }
    }

    // MARK: Constructs

    @Test("try! and as! are found in code only")
    func forces() {
        #expect(
            findingsInForces(source("let a = try! f()\nlet b = c as! D\nlet d = try? f()\n")).map(\.line) == [1, 2])
        #expect(findingsInForces(source("let retry = !x\nlet alias = !y\n")).isEmpty)
    }

    @Test("a library that prints is found; the executable, a method and a declaration are not")
    func printing() {
        #expect(findingsInPrinting(source("    print(\"a\")")).count == 1)
        #expect(
            findingsInPrinting(source("Swift.print(1)\nterminal.print(1)\nfunc print(_ a: Int) {}\nfingerprint(1)"))
                .isEmpty)
        #expect(findingsInPrinting(source("print(1)", path: "Sources/operon/Main.swift")).isEmpty)
    }

    @Test(
        "an unstructured task is found",
        arguments: [
            "Task { await f() }", "let a = Task<Int, Never> { 1 }", "Task(priority: .low) {", "Task.detached {",
            "return Task{",
            "Task.immediate { }",
        ])
    func tasks(line: String) {
        #expect(findingsInTasks(source(line)).count == 1)
        #expect(findingsInTasks(source(line), allowed: ["Sources/Values/Example.swift": "a reason"]).isEmpty)
    }

    @Test(
        "a task's own members, its type and task groups are not unstructured tasks",
        arguments: [
            "try Task.checkCancellation()", "var task: Task<Void, Never>?", "Task.isCancelled",
            "await withTaskGroup(of: Int.self) { group in", "struct TaskList {",
            "func make() -> Task<Int, Never> {",
        ])
    func notTasks(line: String) {
        #expect(findingsInTasks(source(line)).isEmpty)
    }

    @Test("a switched-off check needs its reason nearby")
    func uncheckedState() {
        let bare = "final class A: @unchecked Sendable {}\n"
        #expect(findingsInUncheckedState(source(bare)).count == 1)
        #expect(findingsInUncheckedState(source("// Safe because one thread writes.\n" + bare)).isEmpty)
        #expect(
            findingsInUncheckedState(source("// Safe because one thread writes.\n\n\n// A.\n" + bare)).count == 1)
        #expect(findingsInUncheckedState(source("/// Because: long.\n///\n///\n///\n///\n" + bare)).isEmpty)
        #expect(findingsInUncheckedState(source("nonisolated(unsafe) let a = b  // because c owns it")).isEmpty)
        #expect(
            findingsInUncheckedState(source("class A: @unchecked Sendable {\n    // because of a lock\n")).isEmpty)
        #expect(findingsInUncheckedState(source("let because = 1\nnonisolated(unsafe) var a = b")).count == 1)
    }

    @Test("a file over the limit is found")
    func sizes() {
        let full = String(repeating: "\n", count: fileLines.limit)
        #expect(findingsInSize(source(full)).isEmpty)
        #expect(findingsInSize(source(full + "let a = 1\n")).count == 1)
    }

    @Test("a finding names the file, the line and the better alternative")
    func wording() {
        let found = Finding(path: "a.swift", line: 3, message: "bad", better: "good")
        #expect("\(found)" == "a.swift:3: bad. Better: good")
    }

    // MARK: Links

    @Test("a link that leads nowhere is found; the web, headings and code are left alone")
    func links() {
        let text = """
            [a](Sources/A.swift), [b](./B.md#part), [c](#here), [d](https://swift.org/x), [`e`](gone.md)
            `[f](gone.md)` and [g](../README.md)
            ```
            [h](gone.md)
            ```
            [i](Sources/Gone.swift)
            """
        let there: Set = ["docs/Sources/A.swift", "docs/B.md", "README.md"]
        let found = findingsInLinks("docs/page.md", text, exists: there.contains)
        #expect(found.map(\.line) == [1, 6])
    }
}
