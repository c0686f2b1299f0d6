internal import CYAML

/// Turns libyaml's events into nodes. Lives only inside ``YAML/parse(_:file:line:)``, as long as the bytes do.
struct YAMLComposer {
    let parser: UnsafeMutablePointer<yaml_parser_t>
    let bytes: UnsafeBufferPointer<UInt8>
    let file: String
    let firstLine: Int
    var problems: [Diagnostic] = []
    /// Finished nodes that aliases may name, with the figures that bound an expansion.
    private var anchors: [String: Anchor] = [:]
    private var nodes = 0
    /// The offset of the next byte whose character position is known; libyaml counts characters, slices need bytes.
    private var cursor = (character: 0, byte: 0)

    private struct Anchor {
        var node: YAMLNode
        var size: Int
        var height: Int
    }

    /// A node, how many nodes it holds, and how deep it is.
    private struct Composed {
        var node: YAMLNode
        var size = 1
        var height = 0
    }

    /// Thrown once a diagnostic has been written and nothing more can be read.
    struct Stop: Error {}

    init(
        parser: UnsafeMutablePointer<yaml_parser_t>, bytes: UnsafeBufferPointer<UInt8>, file: String, firstLine: Int
    ) {
        self.parser = parser
        self.bytes = bytes
        self.file = file
        self.firstLine = firstLine
    }

    mutating func document() -> YAMLNode? {
        do throws(Stop) {
            var root: YAMLNode?
            while true {
                var event = try next()
                defer { yaml_event_delete(&event) }
                switch event.type {
                case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT: continue
                case YAML_DOCUMENT_START_EVENT:
                    if root != nil {
                        report(
                            "yaml_documents", "a second document begins here", "keep one document per text",
                            event.start_mark)
                        return root
                    }
                case YAML_STREAM_END_EVENT: return root
                default: root = try compose(event, depth: 0).node
                }
            }
        } catch {
            return nil
        }
    }

    private mutating func compose(_ event: yaml_event_t, depth: Int) throws(Stop) -> Composed {
        guard depth <= YAML.depthLimit else {
            report(
                "yaml_depth", "nested deeper than \(YAML.depthLimit)", "flatten the structure", event.start_mark)
            throw Stop()
        }
        if event.type == YAML_ALIAS_EVENT {
            return try expand(text(event.data.alias.anchor), at: event.start_mark, depth: depth)
        }
        try count(1, at: event.start_mark)
        var composed: Composed
        let anchor: UnsafeMutablePointer<yaml_char_t>?
        switch event.type {
        case YAML_SCALAR_EVENT:
            anchor = event.data.scalar.anchor
            composed = Composed(node: YAMLNode(.scalar(scalar(event)), place: place(event.start_mark)))
        case YAML_SEQUENCE_START_EVENT:
            anchor = event.data.sequence_start.anchor
            composed = try sequence(event, depth: depth)
        default:
            anchor = event.data.mapping_start.anchor
            composed = try mapping(event, depth: depth)
        }
        if let anchor {
            anchors[text(anchor)] = Anchor(node: composed.node, size: composed.size, height: composed.height)
        }
        return composed
    }

    private mutating func sequence(_ start: yaml_event_t, depth: Int) throws(Stop) -> Composed {
        var elements: [YAMLNode] = []
        var whole = Composed(node: YAMLNode(.sequence([]), place: place(start.start_mark)))
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_SEQUENCE_END_EVENT { break }
            let element = try compose(event, depth: depth + 1)
            whole.size += element.size
            whole.height = max(whole.height, element.height + 1)
            elements.append(element.node)
        }
        whole.node.content = .sequence(elements)
        return whole
    }

    private mutating func mapping(_ start: yaml_event_t, depth: Int) throws(Stop) -> Composed {
        var entries: [YAMLNode.Entry] = []
        var seen: [String: Int] = [:]
        var whole = Composed(node: YAMLNode(.mapping([]), place: place(start.start_mark)))
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_MAPPING_END_EVENT { break }
            let key = try compose(event, depth: depth + 1)
            var following = try next()
            defer { yaml_event_delete(&following) }
            let value = try compose(following, depth: depth + 1)
            whole.size += key.size + value.size
            whole.height = max(whole.height, value.height + 1)
            guard let name = key.node.scalar?.text else {
                report(
                    "yaml_key", "a key is a list or a mapping", "use a plain text as the key", event.start_mark)
                continue
            }
            if let line = seen[name] {
                report(
                    "yaml_duplicate_key", "the key '\(name)' stands here a second time",
                    "remove it or the one on line \(line)", event.start_mark)
                continue
            }
            seen[name] = key.node.place.line
            entries.append(YAMLNode.Entry(key: name, place: key.node.place, value: value.node))
        }
        whole.node.content = .mapping(entries)
        return whole
    }

    private mutating func expand(_ name: String, at mark: yaml_mark_t, depth: Int) throws(Stop) -> Composed {
        guard let anchor = anchors[name] else {
            report(
                "yaml_alias", "the alias '*\(name)' has no complete anchor '&\(name)' before it",
                "define the anchor earlier, or put the text in quotes when no alias is meant", mark)
            return Composed(node: YAMLNode(.scalar(YAMLScalar("")), place: place(mark)))
        }
        guard depth + anchor.height <= YAML.depthLimit else {
            report("yaml_depth", "nested deeper than \(YAML.depthLimit)", "flatten the structure", mark)
            throw Stop()
        }
        try count(anchor.size, at: mark)
        return Composed(node: anchor.node, size: anchor.size, height: anchor.height)
    }

    /// Counts nodes before they are made, so that a few lines of aliases cannot fill the memory.
    private mutating func count(_ more: Int, at mark: yaml_mark_t) throws(Stop) {
        nodes += more
        guard nodes <= YAML.nodeLimit else {
            report(
                "yaml_size", "more than \(YAML.nodeLimit) values, aliases expanded",
                "split the text, or use fewer aliases",
                mark)
            throw Stop()
        }
    }

    private mutating func scalar(_ event: yaml_event_t) -> YAMLScalar {
        let data = event.data.scalar
        let style: YAMLScalar.Style
        switch data.style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: style = .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: style = .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: style = .literal
        case YAML_FOLDED_SCALAR_STYLE: style = .folded
        default: style = .plain
        }
        let value = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
        var scalar = YAMLScalar(value, style: style, tag: data.tag.map { text($0) })
        if let tag = scalar.tag, !YAMLScalar.coreTags.contains(tag), tag != "!" {
            report(
                "yaml_tag", "the tag '\(tag)' is not known", "leave it out; texts in quotes are always texts",
                event.start_mark)
        }
        let from = byteOffset(of: event.start_mark.index)
        let to = byteOffset(of: event.end_mark.index)
        let source = String(decoding: bytes[from..<max(from, to)], as: UTF8.self)
        if source != value { scalar.source = source }
        return scalar
    }

    /// Marks come in rising order but for aliases, so one cursor makes this linear over the whole text.
    mutating func byteOffset(of character: Int) -> Int {
        if character < cursor.character { cursor = (0, 0) }
        var (at, byte) = cursor
        // libyaml does not count a byte order mark.
        if byte == 0, bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { byte = 3 }
        while at < character, byte < bytes.count {
            byte += 1
            while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
            at += 1
        }
        cursor = (at, byte)
        return byte
    }
}
