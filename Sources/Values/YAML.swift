/// One node of a YAML text, with its place. Mappings keep the order in which they were written.
public struct YAMLNode: Sendable, Hashable {
    /// What the node is.
    public enum Content: Sendable, Hashable {
        /// A single value, not yet interpreted; ``YAMLNode/json`` does that.
        case scalar(YAMLScalar)
        /// A list.
        case sequence([YAMLNode])
        /// Pairs with unique text keys.
        case mapping([Entry])
    }

    /// One `key: value` pair of a mapping.
    public struct Entry: Sendable, Hashable {
        /// The key's text.
        public var key: String
        /// Where the key stands.
        public var place: SourcePlace
        /// The value.
        public var value: YAMLNode

        /// Makes a pair.
        public init(key: String, place: SourcePlace, value: YAMLNode) {
            self.key = key
            self.place = place
            self.value = value
        }
    }

    /// What the node is.
    public var content: Content
    /// Where it begins. A node that came through an alias keeps the place of its anchor.
    public var place: SourcePlace

    /// Makes a node.
    public init(_ content: Content, place: SourcePlace) {
        self.content = content
        self.place = place
    }

    /// The scalar, when the node is one.
    public var scalar: YAMLScalar? { if case .scalar(let value) = content { value } else { nil } }
    /// The elements, when the node is a list.
    public var sequence: [YAMLNode]? { if case .sequence(let value) = content { value } else { nil } }
    /// The pairs, when the node is a mapping.
    public var mapping: [Entry]? { if case .mapping(let value) = content { value } else { nil } }

    /// The value under `key`, when the node is a mapping that has it.
    public subscript(key: String) -> YAMLNode? { mapping?.first { $0.key == key }?.value }
}

/// A scalar of a YAML text: its characters after unescaping and folding, and how it was written.
public struct YAMLScalar: Sendable, Hashable {
    /// How a scalar was written.
    public enum Style: String, Sendable, Hashable { case plain, singleQuoted, doubleQuoted, literal, folded }

    /// The characters.
    public var text: String
    /// How it was written. Only plain scalars can be anything but text.
    public var style: Style
    /// The tag that was written, such as `tag:yaml.org,2002:str`; nil when there was none.
    public var tag: String?
    /// The characters as they stand in the file, when they differ from `text`; for places inside the scalar.
    var source: String?

    /// Makes a scalar.
    public init(_ text: String, style: Style = .plain, tag: String? = nil) {
        self.text = text
        self.style = style
        self.tag = tag
    }
}

/// Reading of YAML texts. This is the one door to libyaml.
public enum YAML {
    /// The greatest nesting of lists and mappings that is accepted.
    public static let depthLimit = 64
    /// How many nodes a text may have after its aliases are expanded.
    public static let nodeLimit = 100_000
}
