import HTTPClient
import LanguageModels
import Services
import Testing
import Values

@Suite("The list of models")
struct CatalogueTests {
    private static func shipped() throws -> ModelCatalogue {
        let file = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let text = try Files.text("/\(file)/Models/models.yaml")
        let (catalogue, problems) = ModelCatalogue.load(text, file: "models.yaml")
        #expect(problems == [])
        return catalogue
    }

    @Test("the list that the binary carries has no mistakes, and every price has a day and a source")
    func shippedList() throws {
        let catalogue = try Self.shipped()
        #expect(
            ["openai", "anthropic", "kimi", "azure", "deepseek", "ollama"].allSatisfy {
                catalogue.provider($0) != nil
            })
        #expect(catalogue.currency == "USD")
        let prices = catalogue.models.compactMap(\.price)
        #expect(prices.count > 5)
        for price in prices { #expect(price.asOf.count == 10 && !price.source.isEmpty) }
    }

    @Test("a model has its own entry, else the longest beginning, else defaults without a price")
    func profiles() throws {
        let catalogue = try Self.shipped()
        let own = catalogue.profile(provider: "kimi", model: "kimi-k2.6")
        #expect(own.price == ModelPrice(input: 950_000, output: 4_000_000, cachedInput: 160_000))
        #expect(own.name == "kimi:kimi-k2.6")
        #expect(catalogue.profile(provider: "kimi", model: "kimi-k9").contextWindow == 262_144)
        #expect(catalogue.profile(provider: "kimi", model: "kimi-k9").price == nil)
        let dated = catalogue.profile(provider: "anthropic", model: "claude-opus-4-5-20251101")
        #expect(dated.price?.cacheWrites == 6_250_000)
        let unknown = catalogue.profile(provider: "vllm", model: "qwen")
        #expect(unknown == ModelProfile(provider: "vllm", model: "qwen"))
        #expect(catalogue.profile(provider: "deepseek", model: "deepseek-chat").hasNativeSchemas == false)
    }

    @Test("quirks of a model go over its provider's")
    func quirks() throws {
        let catalogue = try Self.shipped()
        let fixed = catalogue.quirks(provider: "kimi", model: "kimi-k2.6")
        #expect(fixed.hasFixedSampling)
        #expect(fixed.maxTokensField == "max_completion_tokens")
        #expect(!fixed.canRequireTools)
        #expect(!catalogue.quirks(provider: "kimi", model: "moonshot-v1-8k").hasFixedSampling)
        #expect(catalogue.quirks(provider: "vllm", model: "x") == WireQuirks())
    }

    @Test("a configuration takes place and key by hand, else from the environment, else from the list")
    func configuration() throws {
        let catalogue = try Self.shipped()
        func configuration(
            _ provider: String, baseURL: String? = nil, _ environment: [String: String] = [:]
        ) throws -> ProviderConfiguration {
            try catalogue.configuration(
                provider: provider, model: "m", baseURL: baseURL, environment: { environment[$0] })
        }
        let kimi = try configuration("kimi", ["KIMI_API_KEY": "k-1", "MOONSHOT_API_KEY": ""])
        #expect(kimi.baseURL == "https://api.moonshot.ai/v1")
        #expect(kimi.key == ModelKey("k-1"))
        #expect(kimi.concurrency == 1)
        #expect(
            try configuration("openai", ["OPENAI_BASE_URL": "http://127.0.0.1:9"]).baseURL == "http://127.0.0.1:9")
        #expect(
            try configuration("openai", baseURL: "http://x", ["OPENAI_BASE_URL": "http://y"]).baseURL == "http://x")
        #expect(try configuration("ollama").key == nil)
        #expect(try configuration("anthropic", ["ANTHROPIC_API_KEY": "a"]).keyHeader == .xAPIKey)
        let missing = #expect(throws: OperonError.self) { try configuration("kimi") }
        #expect(missing?.code == "no_model_key")
        #expect(missing?.hint == "set MOONSHOT_API_KEY or KIMI_API_KEY")
        #expect(#expect(throws: OperonError.self) { try configuration("azure") }?.code == "no_base_url")
        let unknown = #expect(throws: OperonError.self) { try configuration("opnai") }
        #expect(unknown?.hint == "did you mean 'openai'?")
    }

    @Test("every mistake is told with its line and a remedy, and the rest is read")
    func mistakes() {
        let (catalogue, problems) = ModelCatalogue.load(
            """
            format: operon-models/2
            providers:
              good: {api: chat, base_url: "http://h/v1"}
              embedded: {api: chat, base_url: "http://h"}
              a: {api: chats, base_url: "ftp://h"}
              b: {base_url: "http://h", quirks: {sede: false, stop_limit: -1}}
              c: {api: chat, key_env: {x: 1}, concurrency: 0}
            models:
              - {provider: good, name: "m*", context: 10, max_output: 5}
              - {provider: good, name: "m*", context: 10, max_output: 5}
              - {provider: god, name: m, context: 10}
              - {provider: good, name: n, context: x, max_output: 1, price: {input: 1.2345678, output: 1, as_of: today}}
              - {name: n}
            """, file: "f.yaml")
        #expect(catalogue.providers.map(\.name) == ["good"])
        #expect(catalogue.models.map(\.name) == ["m"])
        let lines = problems.map { "\($0.place.line) \($0.code)" }
        #expect(
            lines == [
                "1 models_format", "4 models_name", "5 unknown_value", "5 models_url", "6 missing_key",
                "6 unknown_key",
                "6 wrong_type", "7 missing_key", "7 wrong_type", "7 wrong_type", "10 models_twice",
                "11 unknown_provider",
                "11 missing_key", "12 wrong_type", "12 missing_key", "12 models_price", "12 models_date",
                "13 missing_key",
            ])
        #expect(problems.allSatisfy { !$0.hint.isEmpty })
        #expect(problems.first { $0.place.line == 6 && $0.code == "unknown_key" }?.hint == "did you mean 'seed'?")
        #expect(ModelCatalogue.load("", file: "f").1.map(\.code) == ["models_empty"])
        #expect(!ModelCatalogue.load("a: [", file: "f").1.isEmpty)
        #expect(ModelCatalogue.load("- 1", file: "f").1.map(\.code) == ["wrong_type"])
    }
}

@Suite("How models are written")
struct ModelSpecTests {
    private let providers = ["openai", "anthropic", "kimi", "ollama"]

    @Test("each form is read and written back")
    func forms() throws {
        for text in [
            "openai:gpt-5", "kimi:kimi-k2.6", "ollama:llama3:8b", "recorded:a/b.jsonl", "scripted:x.yaml",
            "embedded",
        ] {
            #expect(try ModelSpec(text, providers: providers).description == text)
        }
        #expect(try ModelSpec("ollama:llama3:8b", providers: providers) == .provider("ollama", model: "llama3:8b"))
        let chain = try ModelSpec.chain("kimi:a, openai:b ,embedded", providers: providers)
        #expect(chain == [.provider("kimi", model: "a"), .provider("openai", model: "b"), .embedded])
    }

    @Test(
        "what is wrong is told with a remedy",
        arguments: [
            ("", "a model is missing", "write embedded, openai:NAME"),
            ("openai", "names no model", "write openai:NAME"),
            ("recorded", "names no model", "write recorded:FILE"),
            ("opnai:x", "no provider", "did you mean 'openai'?"),
            ("embeded", "is no model", "did you mean 'embedded'?"), ("kimi:", "nothing stands", "write kimi:NAME"),
            ("scripted:", "nothing stands", "write scripted:FILE"),
            ("embedded:x", "takes nothing", "write embedded"),
            ("kimi:a b", "has spaces", "write kimi:NAME"), ("kimi:a,,kimi:b", "a model is missing", "write"),
            ("embedded,kimi:a", "nothing can follow", "at the end"), ("kimi:a,kimi:a", "twice", "remove"),
        ])
    func mistakes(text: String, message: String, hint: String) {
        let error = #expect(throws: OperonError.self) { try ModelSpec.chain(text, providers: providers) }
        #expect(error?.code == "model_spec")
        #expect(error?.message.contains(message) == true)
        #expect(error?.hint.contains(hint) == true)
    }
}
