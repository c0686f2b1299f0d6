internal import Values

extension SemanticModelReader {
    /// The members of one mapping, taken one by one; what is left over is not known.
    struct Fields {
        let entries: [YAMLNode.Entry]
        let path: String
        let start: SourcePlace
        private var taken: Set<String> = []

        init(_ node: YAMLNode, _ path: String, _ reader: inout SemanticModelReader) {
            entries = node.mapping ?? []
            self.path = path
            start = node.place
            if !path.isEmpty { reader.places[path] = node.place }
            for entry in entries { reader.places[member(entry.key)] = entry.value.place }
            if node.mapping == nil {
                reader.report(
                    "semantic_shape", "\(path) is a mapping with members such as \"name\"",
                    "write it as name: …, one member on a line", node.place)
            }
        }

        private func member(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

        func place(_ key: String) -> SourcePlace {
            entries.first { $0.key == key }?.value.place ?? start
        }

        mutating func pass(_ key: String) { taken.insert(key) }

        mutating func node(_ key: String) -> YAMLNode? {
            taken.insert(key)
            guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
            if let scalar = value.scalar, scalar.json.isNull { return nil }
            return value
        }

        /// The scalar under `key` as text; nil when it is missing or empty.
        mutating func text(_ key: String) -> String? {
            guard let text = node(key)?.scalar?.text, !text.isEmpty else { return nil }
            return text
        }

        mutating func required(_ key: String, _ reader: inout SemanticModelReader) -> String? {
            if let text = text(key) { return text }
            // A mapping that is none was told of already.
            if !entries.isEmpty {
                reader.report(
                    "semantic_missing", "\(path) has no \"\(key)\"", "add the member \"\(key)\" with a text", start)
            }
            return nil
        }

        /// A text or a list of texts.
        mutating func texts(_ key: String, _ reader: inout SemanticModelReader) -> [String]? {
            guard let node = node(key) else { return nil }
            guard let texts = reader.texts(node) else {
                reader.report(
                    "semantic_value", "\"\(key)\" is a list of texts", "write [one, other]", node.place)
                return nil
            }
            return texts
        }

        mutating func column(_ key: String, _ reader: inout SemanticModelReader) -> SemanticColumn? {
            guard let text = text(key) else { return nil }
            if let column = SemanticColumn(text) { return column }
            reader.report(
                "semantic_value", "\"\(text)\" is no column", "write TABLE.COLUMN", place(key))
            return nil
        }

        mutating func columns(_ key: String, _ reader: inout SemanticModelReader) -> [SemanticColumn]? {
            guard let texts = texts(key, &reader) else { return nil }
            let columns = texts.compactMap { SemanticColumn($0) }
            if columns.count == texts.count, !columns.isEmpty { return columns }
            reader.report("semantic_value", "\"\(key)\" holds no columns", "write TABLE.COLUMN", place(key))
            return nil
        }

        mutating func choice<Choice: RawRepresentable & CaseIterable>(
            _ key: String, _ reader: inout SemanticModelReader
        ) -> Choice? where Choice.RawValue == String {
            guard let text = text(key) else { return nil }
            if let choice = Choice(rawValue: text.lowercased()) { return choice }
            let known = Choice.allCases.map(\.rawValue)
            reader.report(
                "semantic_value", "\"\(text)\" is no \(key)",
                Spelling.hint(text, among: known, otherwise: "known: \(known.joined(separator: ", "))"), place(key))
            return nil
        }

        /// The elements under `key`; those that cannot be read are left out.
        mutating func list<Element>(
            _ key: String, _ reader: inout SemanticModelReader,
            _ read: (inout SemanticModelReader, YAMLNode, String) -> Element?
        ) -> [Element] {
            guard let node = node(key) else { return [] }
            guard let elements = node.sequence else {
                reader.report(
                    "semantic_shape", "\"\(key)\" is a list", "begin each element with \"- \"", node.place)
                return []
            }
            var found: [Element] = []
            for element in elements {
                // Counted by what was understood, so that paths name the elements of the model.
                if let element = read(&reader, element, "\(key)[\(found.count)]") { found.append(element) }
            }
            return found
        }

        /// Reports members that nobody asked for.
        func finish(_ reader: inout SemanticModelReader) {
            for entry in entries where !taken.contains(entry.key) {
                reader.report(
                    .warning, "semantic_unknown_member",
                    "\"\(entry.key)\" is not known" + (path.isEmpty ? "" : " in \(path)"),
                    Spelling.hint(entry.key, among: taken.sorted(), otherwise: "it is passed over"), entry.place)
            }
        }
    }
}
