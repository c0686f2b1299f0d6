import Testing

/// The rules of the house, held against every file of the project.
@Suite("The house keeps its rules")
struct HouseTests {
    let sources = Repository.sources

    @Test("the sources are found")
    func sourcesAreFound() {
        #expect(sources.count > 10)
        #expect(sources.contains { $0.path.hasPrefix("Sources/Values/") })
        #expect(Repository.texts.contains { $0.path == "Package.swift" })
    }

    @Test("imports point downwards, and none is Foundation")
    func importsPointDownwards() {
        expectNone(sources.flatMap(findingsInImports))
    }

    @Test("each C module has one door")
    func oneDoorPerCModule() {
        expectNone(findingsInDoors(sources, modules: Repository.cModules))
    }

    @Test("every public declaration has a documentation comment")
    func publicDeclarationsAreDocumented() {
        expectNone(sources.flatMap(findingsInDocumentation))
    }

    @Test("nothing is left for later")
    func nothingIsLeftForLater() {
        expectNone(Repository.texts.flatMap(findingsInMarkers))
    }

    @Test("nothing ends the process by force")
    func nothingIsForced() {
        expectNone(sources.flatMap(findingsInForces))
    }

    @Test("only the executable prints")
    func onlyTheExecutablePrints() {
        expectNone(sources.flatMap(findingsInPrinting))
    }

    @Test("every task has a parent")
    func everyTaskHasAParent() {
        expectNone(sources.flatMap { findingsInTasks($0) })
        for path in unstructuredTasks.keys.sorted() {
            #expect(
                sources.contains { $0.path == path && !findingsInTasks($0, allowed: [:]).isEmpty },
                "\(path) starts no unstructured task any more: take it out of the list in Constructs.swift")
        }
    }

    @Test("a switched-off check of the compiler says why that is safe")
    func uncheckedStateSaysWhy() {
        expectNone(sources.flatMap(findingsInUncheckedState))
    }

    @Test("files stay short enough to answer one question")
    func filesStayShort() {
        let sizes = sources.map { (path: $0.path, lines: $0.lines.count) }.sorted { $0.lines > $1.lines }
        let total = sizes.reduce(0) { $0 + $1.lines }
        print(
            "\(sizes.count) source files, \(total) lines, median \(sizes.isEmpty ? 0 : sizes[sizes.count / 2].lines)"
        )
        for size in sizes where size.lines > fileLines.report { print("  \(size.lines) lines: \(size.path)") }
        expectNone(sources.flatMap(findingsInSize))
    }

    @Test("no text names a person's machine or a package registry")
    func noMachinePaths() {
        expectNone(Repository.texts.flatMap(findingsInPlaces))
    }

    @Test("every link between the project's pages leads somewhere")
    func linksLeadSomewhere() {
        let pages = Repository.texts.filter { $0.path.hasSuffix(".md") }
        #expect(pages.contains { $0.path == "README.md" })
        expectNone(pages.flatMap { findingsInLinks($0.path, $0.text, exists: Repository.exists) })
    }
}
