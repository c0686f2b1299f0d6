import Services

/// Lines of standard input, read on a thread of their own, since reading blocks.
struct InputLines {
    private let thread = BlockingThread()

    /// The next line without its end; nil at the end of input.
    func next() async throws -> String? { try await thread.run { Terminal.readInputLine() } }

    /// All that is left.
    func rest() async throws -> String {
        var lines: [String] = []
        while let line = try await next() { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}
