internal import CYAML

extension YAMLComposer {
    mutating func next() throws(Stop) -> yaml_event_t {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) != 0 else {
            syntaxError()
            throw Stop()
        }
        return event
    }

    private mutating func syntaxError() {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "not enough memory"
        if state.error == YAML_READER_ERROR {
            let line = bytes.prefix(Int(state.problem_offset)).reduce(firstLine) { $1 == 10 ? $0 + 1 : $0 }
            problems.append(
                Diagnostic(
                    code: "yaml_syntax", message: "the text cannot be read: \(problem)",
                    hint: "save the file as UTF-8 without control characters",
                    place: SourcePlace(file: file, line: line)))
            return
        }
        // An open bracket or quote is noticed late; the place to mend is where it was opened.
        let opens = ["flow sequence", "flow mapping", "quoted scalar"]
        let isOpen =
            state.context.map { context in opens.contains { String(cString: context).contains($0) } } ?? false
        let isLate = isOpen && state.problem_mark.line > state.context_mark.line
        let mark = isLate ? state.context_mark : state.problem_mark
        let from = byteOffset(of: mark.index)
        if from < bytes.count, bytes[from] == 9 {
            report("yaml_tab", "a tab stands where YAML wants spaces", "replace the tab by spaces", mark)
            return
        }
        let context = state.context.map { " " + String(cString: $0) } ?? ""
        let line = isLate ? " (noticed on line \(Int(state.problem_mark.line) + firstLine))" : ""
        report("yaml_syntax", "\(problem)\(context)\(line)", hint(problem, byte: from), mark)
    }

    private func hint(_ problem: String, byte: Int) -> String {
        let isBrace = byte < bytes.count && [123, 125, 91, 93].contains(bytes[byte])
        if isBrace || problem.contains("',' or") {
            return "put texts with ${…}, commas or brackets inside { } and [ ] in quotes, and close every bracket"
        }
        if problem.contains("mapping values are not allowed") {
            return "put a text that contains ': ' in quotes, and check the indentation of this line"
        }
        if problem.contains("unexpected end of stream") { return "close the quote or bracket" }
        return "check the indentation of this line and the quotes and brackets before it"
    }

    mutating func report(_ code: String, _ message: String, _ hint: String, _ mark: yaml_mark_t) {
        problems.append(Diagnostic(code: code, message: message, hint: hint, place: place(mark)))
    }

    func place(_ mark: yaml_mark_t) -> SourcePlace {
        SourcePlace(file: file, line: Int(mark.line) + firstLine, column: Int(mark.column) + 1)
    }

    func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }
}
