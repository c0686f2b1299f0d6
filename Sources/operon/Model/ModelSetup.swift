import AgentRuntime
import Glibc
import HTTPClient
import LanguageModels
import Services
import Values

/// The language models of an invocation: from `--model`, the list of models, and the keys in the environment.
struct ModelSetup: Sendable {
    /// Who fills the phases.
    let reasoner: any Reasoner
    /// Knows the keys that must not come out; nil when there is none.
    let redactor: Redactor?
    /// Answers that were to be used or kept; checked when the run is over.
    private let recording: RecordedModel?
    private let engine: HTTPEngine?

    /// The embedded reasoner, and no model.
    static let embedded = ModelSetup(reasoner: EmbeddedReasoner(), redactor: nil, recording: nil, engine: nil)

    /// What `--model` asks for, or `fallback` when it is not given: the models of a session that is resumed.
    static func make(
        _ invocation: Invocation, prompts: PromptLibrary, fallback: String? = nil
    ) throws -> ModelSetup {
        do { return try build(invocation, prompts, fallback) } catch let error as OperonError
            where ["model_spec", "unknown_provider", "no_base_url", "no_model_key"].contains(error.code)
        {
            throw UsageError("\(error.message); \(error.hint)")
        }
    }

    private static func build(
        _ invocation: Invocation, _ prompts: PromptLibrary, _ fallback: String?
    ) throws -> ModelSetup {
        let text = invocation.value("model") ?? fallback ?? "embedded"
        guard text != "embedded" else { return try withoutModel(invocation) }
        let catalogue = try ModelTarget.catalogue(invocation)
        let specs = try ModelSpec.chain(text, providers: catalogue.providers.map(\.name)).filter { $0 != .embedded }
        if specs.isEmpty { return try withoutModel(invocation) }
        let baseURL = try baseURL(invocation, for: specs)
        let engine = HTTPEngine(HTTPConfiguration(userAgent: "operon/\(Version.current)"))
        let builder = ModelBuilder(
            catalogue: catalogue, engine: engine,
            policy: try LiveCalls(environmentValue: variable(LiveCalls.variable)))
        var models: [any LanguageModel] = []
        var keys: [ModelKey] = []
        var recording: RecordedModel?
        for spec in specs {
            switch spec {
            case .provider(let name, let model):
                let configuration = try builder.configuration(provider: name, model: model, baseURL: baseURL)
                if let key = configuration.key { keys.append(key) }
                models.append(builder.model(configuration))
            case .scripted(let file): models.append(try ScriptedModel(contentsOf: file))
            case .recorded(let file):
                let recorded = try RecordedModel(path: file)
                recording = recorded
                models.append(recorded)
            case .embedded: break
            }
        }
        if !keys.isEmpty { Self.keepOutOfCoreDumps() }
        let redactor = Redactor(keys: keys)
        var model: any LanguageModel =
            models.count == 1 ? models[0] : FallbackModel(models[0], then: Array(models.dropFirst()))
        if let file = invocation.value("record") {
            try checkFolder(of: file)
            let recorder = try RecordedModel(path: file, mode: .once, live: model, redactor: redactor)
            recording = recorder
            model = recorder
        }
        return ModelSetup(
            reasoner: ModelReasoner(models: ModelTeam(model), prompts: prompts, spec: text),
            redactor: redactor.isEmpty ? nil : redactor, recording: recording, engine: engine)
    }

    /// The embedded reasoner; what only a model could make use of is not passed over in silence.
    private static func withoutModel(_ invocation: Invocation) throws -> ModelSetup {
        for name in ["record", "base-url"] where invocation.value(name) != nil {
            throw UsageError("--\(name) needs --model: the embedded reasoner calls no model")
        }
        return embedded
    }

    /// `--base-url`, which can only be meant for one provider.
    private static func baseURL(_ invocation: Invocation, for specs: [ModelSpec]) throws -> String? {
        guard let url = invocation.value("base-url") else { return nil }
        let providers = Set(specs.compactMap { if case .provider(let name, _) = $0 { name } else { nil } })
        guard providers.count == 1 else {
            throw UsageError("--base-url needs a --model of one provider; several have their own variables")
        }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw UsageError("--base-url takes a URL that begins with http:// or https://")
        }
        return url
    }

    /// Ends the connections. Answers of a recording that nobody asked for are told: the recording may be out of date.
    func close(_ terminal: Terminal) async {
        await engine?.stop()
        do throws(OperonError) { try recording?.verifyAllUsed() } catch {
            terminal.note("operon: \(error.message)\(error.hint.isEmpty ? "" : ". \(error.hint)")")
        }
    }

    /// Nobody should pay for answers that then cannot be kept.
    private static func checkFolder(of file: String) throws(OperonError) {
        let parts = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) }
        let folder = parts.map { $0.isEmpty ? "/" : $0 } ?? "."
        guard access(folder, W_OK) == 0 else {
            throw OperonError(
                code: "recording_unwritable", "the recording cannot be written", hint: "Check its folder.", at: file
            )
        }
    }

    /// A process that holds keys leaves no image of its memory behind.
    static func keepOutOfCoreDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    fileprivate static func variable(_ name: String) -> String? { CommandLineEnvironment.value(name) }
}

/// Puts the layers around a provider's model: the guard over live calls, retries, breaker, limits and queue.
struct ModelBuilder {
    let catalogue: ModelCatalogue
    let engine: HTTPEngine
    let policy: LiveCalls
    /// One endpoint for all that share a place and a key.
    let directory = EndpointDirectory()

    func configuration(
        provider: String, model: String, baseURL: String?
    ) throws(OperonError) -> ProviderConfiguration {
        try catalogue.configuration(
            provider: provider, model: model, baseURL: baseURL, environment: ModelSetup.variable)
    }

    /// A model with its layers. It does not wait for its breaker: the next model of the chain, or the playbook, goes on.
    func model(_ configuration: ProviderConfiguration) -> any LanguageModel {
        let endpoint = directory.endpoint(
            provider: configuration.profile.provider, baseURL: configuration.baseURL,
            key: configuration.key?.fingerprint ?? "",
            configuration: EndpointConfiguration(concurrency: configuration.concurrency))
        let resilience = ResilienceConfiguration(retriesRefusals: false)
        let provider = ProviderModel(configuration, sender: engine)
        let guarded = GuardedModel(provider, baseURL: configuration.baseURL, policy: policy)
        return ResilientModel(guarded, endpoint: endpoint, configuration: resilience)
    }
}
