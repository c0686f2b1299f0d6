public import Values

extension ModelCatalogue {
    /// Reads a list of models. Pure: whoever calls reads the file.
    ///
    /// Every mistake is a diagnostic with its line and a remedy; the entries without mistakes are in the list.
    public static func load(_ text: String, file: String) -> (ModelCatalogue, [Diagnostic]) {
        let (root, problems) = YAML.parse(text, file: file)
        var loader = CatalogueLoader(problems: problems)
        loader.read(root, file: file)
        return (loader.catalogue, loader.problems)
    }
}

/// Reads the nodes of a list of models.
struct CatalogueLoader {
    static let format = "operon-models/1"
    var catalogue = ModelCatalogue()
    var problems: [Diagnostic]

    init(problems: [Diagnostic]) { self.problems = problems }

    mutating func read(_ root: YAMLNode?, file: String) {
        guard let root else {
            if problems.isEmpty {
                report(
                    "models_empty", "the list of models is empty", "write format, currency, providers and models",
                    SourcePlace(file: file, line: 1))
            }
            return
        }
        guard let fields = fields(root, "the list", ["format", "currency", "providers", "models"]) else { return }
        if fields["format"]?.scalar?.text != Self.format {
            report(
                "models_format", "the list's format is not \(Self.format)", "write format: \(Self.format)",
                fields["format"]?.place ?? root.place)
        }
        if let currency = text(fields, "currency", "the list") { catalogue.currency = currency }
        for entry in fields["providers"].flatMap({ mapping($0, "providers") }) ?? [] {
            if let provider = provider(entry) { catalogue.providers.append(provider) }
        }
        guard let models = fields["models"] else { return }
        guard let list = models.sequence else {
            return report(
                "wrong_type", "models must be a list", "begin each model with '- provider: …'", models.place)
        }
        for node in list {
            guard let model = model(node) else { continue }
            let isSame = { (other: ModelCatalogue.Model) in
                other.provider == model.provider && other.name == model.name && other.isPrefix == model.isPrefix
            }
            if catalogue.models.contains(where: isSame) {
                report(
                    "models_twice", "\(model.provider):\(model.name) stands here a second time",
                    "remove one of them",
                    node.place)
            } else {
                catalogue.models.append(model)
            }
        }
    }

    private mutating func provider(_ entry: YAMLNode.Entry) -> ModelCatalogue.Provider? {
        let owner = "provider '\(entry.key)'"
        let known = ["api", "base_url", "base_url_env", "key_env", "key_header", "concurrency", "quirks"]
        let before = problems.count
        if ModelSpec.reserved.contains(entry.key) || entry.key.contains(where: { ":, ".contains($0) }) {
            report("models_name", "a provider cannot be called '\(entry.key)'", "choose another name", entry.place)
        }
        guard let fields = fields(entry.value, owner, known) else { return nil }
        let api = choice(fields, "api", owner, ProviderAPI.self)
        if fields["api"] == nil { missing("api", owner, entry.place, ProviderAPI.allCases.map(\.rawValue)) }
        var provider = ModelCatalogue.Provider(name: entry.key, api: api ?? .chat)
        provider.baseURL = text(fields, "base_url", owner)
        if let url = provider.baseURL, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
            report(
                "models_url", "base_url of \(owner) is no http or https URL", "write https://…",
                fields["base_url"]?.place ?? entry.place)
        }
        provider.baseURLVariable = text(fields, "base_url_env", owner)
        if provider.baseURL == nil, provider.baseURLVariable == nil {
            missing("base_url", owner, entry.place, ["base_url", "base_url_env"])
        }
        if let node = fields["key_env"] {
            let names = node.sequence?.compactMap { $0.json.string } ?? node.json.string.map { [$0] } ?? []
            if names.isEmpty || names.count != node.sequence?.count ?? 1 {
                report(
                    "wrong_type", "key_env of \(owner) must be a list of names",
                    "write [\(entry.key.uppercased())_API_KEY]",
                    node.place)
            }
            provider.keyVariables = names
        }
        provider.keyHeader = choice(fields, "key_header", owner, KeyHeader.self) ?? .bearer
        provider.concurrency = number(fields, "concurrency", owner) ?? provider.concurrency
        provider.quirks = quirks(fields, owner)
        return problems.count == before ? provider : nil
    }

    private mutating func model(_ node: YAMLNode) -> ModelCatalogue.Model? {
        let known = ["provider", "name", "context", "max_output", "price", "quirks"]
        guard let fields = fields(node, "the model", known) else { return nil }
        let before = problems.count
        guard let provider = text(fields, "provider", "the model"), let name = text(fields, "name", "the model")
        else {
            for key in ["provider", "name"] where fields[key] == nil { missing(key, "the model", node.place, []) }
            return nil
        }
        let owner = "model '\(provider):\(name)'"
        if catalogue.provider(provider) == nil {
            let hint = Spelling.hint(
                provider, among: catalogue.providers.map(\.name), otherwise: "add the provider")
            report(
                "unknown_provider", "there is no provider '\(provider)'", hint,
                fields["provider"]?.place ?? node.place)
        }
        for key in ["context", "max_output"] where fields[key] == nil { missing(key, owner, node.place, []) }
        var model = ModelCatalogue.Model(
            provider: provider, name: name, contextWindow: number(fields, "context", owner) ?? 1,
            maxOutputTokens: number(fields, "max_output", owner) ?? 1)
        if name.hasSuffix("*") {
            model.isPrefix = true
            model.name.removeLast()
        }
        if let node = fields["price"] { model.price = price(node, "the price of \(owner)") }
        model.quirks = quirks(fields, owner)
        return problems.count == before ? model : nil
    }

    private mutating func price(_ node: YAMLNode, _ owner: String) -> ModelCatalogue.Price? {
        let known = ["input", "output", "cached_input", "cache_writes", "as_of", "source"]
        guard let fields = fields(node, owner, known) else { return nil }
        for key in ["input", "output", "as_of", "source"] where fields[key] == nil {
            missing(key, owner, node.place, [])
        }
        var amounts: [String: Int] = [:]
        for key in ["input", "output", "cached_input", "cache_writes"] {
            guard let value = fields[key] else { continue }
            amounts[key] = value.scalar.flatMap { Decimal6.parse($0.text) }
            if amounts[key] == nil {
                report(
                    "models_price", "\(key) of \(owner) is no amount", "write units per million tokens: 2.50",
                    value.place)
            }
        }
        let day = text(fields, "as_of", owner) ?? ""
        if fields["as_of"] != nil, !Decimal6.isDay(day) {
            report(
                "models_date", "as_of of \(owner) is no day", "write YYYY-MM-DD",
                fields["as_of"]?.place ?? node.place)
        }
        guard let input = amounts["input"], let output = amounts["output"] else { return nil }
        return ModelCatalogue.Price(
            price: ModelPrice(
                input: input, output: output, cachedInput: amounts["cached_input"],
                cacheWrites: amounts["cache_writes"]),
            asOf: day, source: text(fields, "source", owner) ?? "")
    }
}
