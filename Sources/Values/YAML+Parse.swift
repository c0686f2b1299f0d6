internal import CYAML

extension YAML {
    /// Parses the one document of `text`.
    ///
    /// Refused, each with a diagnostic: what is no YAML (`yaml_syntax`; after it nothing more can be read), tabs as
    /// indentation (`yaml_tab`), a repeated key (`yaml_duplicate_key`; the first stays), a key that is no text
    /// (`yaml_key`), a second document (`yaml_documents`), an alias without an anchor before it (`yaml_alias`), a tag
    /// outside the core schema (`yaml_tag`), nesting beyond ``depthLimit`` (`yaml_depth`), more than ``nodeLimit``
    /// nodes, aliases expanded (`yaml_size`).
    ///
    /// - Parameters:
    ///   - file: the name for places.
    ///   - line: the number of the text's first line in that file.
    /// - Returns: the root, or nil when the text is empty or cannot be read; and what is wrong with it.
    public static func parse(_ text: String, file: String, line: Int = 1) -> (YAMLNode?, [Diagnostic]) {
        var text = text
        return text.withUTF8 { bytes in
            let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
            defer { parser.deallocate() }
            guard yaml_parser_initialize(parser) != 0 else {
                let place = SourcePlace(file: file, line: line)
                return (
                    nil, [Diagnostic(code: "yaml_syntax", message: "no memory", hint: "free some", place: place)]
                )
            }
            defer { yaml_parser_delete(parser) }
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
            var composer = YAMLComposer(parser: parser, bytes: bytes, file: file, firstLine: line)
            let root = composer.document()
            return (root, composer.problems)
        }
    }
}
