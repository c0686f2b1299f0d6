public import Values

/// A semantic model as it was read from a text, with the places of its parts for diagnostics.
public struct SemanticModelFile: Sendable, Hashable {
    /// The model.
    public var model: SemanticModel
    /// The file's name as the person gave it.
    public var file: String
    /// Where parts stand, by path: `metrics[2].expression`.
    var places: [String: SourcePlace]

    /// A model that came from no text: every place is the first line of `file`.
    public init(_ model: SemanticModel, file: String) {
        self.model = model
        self.file = file
        places = [:]
    }

    init(_ model: SemanticModel, file: String, places: [String: SourcePlace]) {
        self.model = model
        self.file = file
        self.places = places
    }

    /// Where the part at `path` stands, or the nearest part around it that is known.
    public func place(_ path: String) -> SourcePlace {
        var path = Substring(path)
        while !path.isEmpty {
            if let place = places[String(path)] { return place }
            guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            path = path[..<end]
        }
        return SourcePlace(file: file, line: 1)
    }

    /// Reads a model from YAML, or from the same shape as JSON.
    ///
    /// - Returns: the model with what could be understood of it, or nil when the text is no mapping; and every mistake.
    ///   Unknown members are warnings, so that a glossary of a later version is still of use.
    public static func read(_ text: String, file: String) -> (SemanticModelFile?, [Diagnostic]) {
        var (root, problems) = YAML.parse(text, file: file)
        // JSON may be indented by tabs, which YAML forbids.
        if problems.contains(where: { $0.severity == .error }), let json = try? JSON(parsing: text) {
            root = node(json, place: SourcePlace(file: file, line: 1))
            problems = []
        }
        guard let root else {
            if problems.isEmpty {
                problems.append(
                    Diagnostic(
                        code: "semantic_empty", message: "the glossary is empty",
                        hint: "write a draft with: operon semantic init --db URL",
                        place: SourcePlace(file: file, line: 1)))
            }
            return (nil, problems)
        }
        guard root.mapping != nil else {
            problems.append(
                Diagnostic(
                    code: "semantic_shape", message: "a glossary is a mapping with members such as \"metrics\"",
                    hint: "write a draft with: operon semantic init --db URL", place: root.place))
            return (nil, problems)
        }
        var reader = SemanticModelReader(file: file)
        let model = reader.model(root)
        return (SemanticModelFile(model, file: file, places: reader.places), problems + reader.problems)
    }

    private static func node(_ json: JSON, place: SourcePlace) -> YAMLNode {
        switch json {
        case .array(let elements): YAMLNode(.sequence(elements.map { node($0, place: place) }), place: place)
        case .object(let object):
            YAMLNode(
                .mapping(
                    object.members.map { .init(key: $0.key, place: place, value: node($0.value, place: place)) }),
                place: place)
        case .string(let text): YAMLNode(.scalar(YAMLScalar(text, style: .doubleQuoted)), place: place)
        default: YAMLNode(.scalar(YAMLScalar(json.description)), place: place)
        }
    }
}
