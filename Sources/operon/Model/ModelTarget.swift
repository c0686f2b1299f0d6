import CAssets
import HTTPClient
import LanguageModels
import Services
import Values

/// The list of models, and what `operon model` makes of it.
enum ModelTarget {
    /// The list of `--models FILE`, or the one that the binary carries. All mistakes in it are told.
    static func catalogue(_ invocation: Invocation) throws -> ModelCatalogue {
        let (file, text): (String, String)
        if let path = invocation.value("models") {
            (file, text) = (path, try Files.text(path))
        } else {
            (file, text) = Composition.text(of: operon_models())
        }
        let (catalogue, diagnostics) = ModelCatalogue.load(text, file: file)
        let errors = diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty else {
            for diagnostic in errors { invocation.terminal.note("\(diagnostic)") }
            throw UsageError("the list of models has \(errors.count) mistakes; see above")
        }
        return catalogue
    }

    /// How to reach the model that the options name.
    static func configuration(
        _ options: ModelCallOptions, in catalogue: ModelCatalogue, environment: (String) -> String?
    ) throws -> ProviderConfiguration {
        do throws(OperonError) {
            let (provider, model) = try place(options, catalogue)
            return try catalogue.configuration(
                provider: provider, model: model, baseURL: options.baseURL, headers: options.headers,
                limits: options.limits, environment: environment)
        } catch {
            // All of it is about arguments and environment.
            throw UsageError(error.hint.isEmpty ? error.message : "\(error.message): \(error.hint)")
        }
    }

    /// The provider and the model. With `--api` the model's name stands for itself, and the provider is the one that
    /// lives at the base URL, if the list knows one.
    private static func place(
        _ options: ModelCallOptions, _ catalogue: ModelCatalogue
    ) throws(OperonError) -> (provider: String, model: String) {
        guard let api = options.api else {
            switch try ModelSpec(options.model, providers: catalogue.providers.map(\.name)) {
            case .provider(let provider, let model): return (provider, model)
            case let other:
                throw OperonError(
                    code: "model_spec", "\(other) is called over no wire", hint: "name a provider and its model")
            }
        }
        let usual = api == .chat ? "openai" : "anthropic"
        guard let base = options.baseURL else { return (usual, options.model) }
        let host = authority(base)
        let known = catalogue.providers.first { provider in
            provider.api == api && provider.baseURL.map { authority($0) == host } ?? false
        }
        return (known?.name ?? usual, options.model)
    }

    /// `scheme://host:port` in lower case.
    private static func authority(_ url: String) -> String {
        let parts = url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    /// Whether what is sent to this URL can be read on its way.
    static func isExposed(_ url: String) -> Bool {
        url.lowercased().hasPrefix("http://") && !LiveCalls.loopback.allows(url)
    }

    /// Which of a provider's key variables is set; nil when none is. Their values are looked at, never kept.
    static func keyVariable(
        _ provider: ModelCatalogue.Provider, environment: (String) -> String?
    ) -> String? {
        provider.keyVariables.first { environment($0).flatMap { ModelKey($0) } != nil }
    }
}
