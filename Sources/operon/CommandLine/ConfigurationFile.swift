import Services
import Values

/// `operon.yaml`: any flag of any command as `name: value`. It is read from the present folder, or from where
/// `OPERON_CONFIG` says. A name that no command has is an error.
enum ConfigurationFile {
    static func values(
        _ path: String?, for specification: CommandSpecification, known: Set<String>
    ) throws -> [String: [String]] {
        let file = path ?? "operon.yaml"
        guard Files.exists(file) else {
            if path == nil { return [:] }
            throw UsageError("OPERON_CONFIG names \(file), which does not exist")
        }
        let text = try Files.text(file)
        let (node, diagnostics) = YAML.parse(text, file: file)
        if let first = diagnostics.first(where: { $0.severity == .error }) { throw UsageError("\(first)") }
        guard let node else { return [:] }
        guard let object = node.json.object else {
            throw UsageError("\(file):1: must be a mapping of flags to values")
        }
        for entry in node.mapping ?? [] where !known.contains(entry.key.replacing("_", with: "-")) {
            let near = Spelling.nearest(entry.key, among: known.sorted()).map { "; did you mean \($0)?" } ?? ""
            throw UsageError("\(entry.place): no command has an option --\(entry.key)\(near)")
        }
        var values: [String: [String]] = [:]
        for option in specification.options {
            switch object[option.name] ?? object[option.name.replacing("-", with: "_")] {
            case nil, .null: continue
            case .array(let elements) where option.isRepeated: values[option.name] = elements.map { plain($0) }
            case .object(let pairs) where option.isRepeated:
                values[option.name] = pairs.members.map { "\($0.key)=\(plain($0.value))" }
            case .some(let value): values[option.name] = [plain(value)]
            }
        }
        return values
    }

    private static func plain(_ value: JSON) -> String { value.string ?? value.description }
}
