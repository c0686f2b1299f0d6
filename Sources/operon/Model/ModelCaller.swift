import AgentRuntime
import HTTPClient
import LanguageModels
import Services
import Synchronization
import Values

/// Makes the calls of `operon model call`: one endpoint for all of them, so that a breaker or a pause that one call
/// brought about holds for the next.
struct ModelCaller {
    private let options: ModelCallOptions
    private let terminal: Terminal
    private let request: ModelRequest
    private let engine: HTTPEngine
    private let model: any LanguageModel
    private let redactor: Redactor
    /// The calls of one process share this beginning of their identifiers, which go out as idempotency keys.
    private let run = String(UInt64.random(in: .min ... .max), radix: 16)

    init(_ options: ModelCallOptions, prompt: String, in catalogue: ModelCatalogue, terminal: Terminal) throws {
        let environment = CommandLineEnvironment.value
        let configuration = try ModelTarget.configuration(options, in: catalogue, environment: environment)
        if configuration.key != nil, ModelTarget.isExposed(configuration.baseURL) {
            terminal.note("operon: the key travels unencrypted: the base URL is no https URL")
        }
        if configuration.key != nil { ModelSetup.keepOutOfCoreDumps() }
        engine = HTTPEngine(HTTPConfiguration(userAgent: "operon/\(Version.current)"))
        let keys = [configuration.key].compactMap { $0 }
        let endpoint = EndpointDirectory().endpoint(
            provider: configuration.profile.provider, baseURL: configuration.baseURL,
            key: configuration.key?.fingerprint ?? "",
            configuration: EndpointConfiguration(concurrency: configuration.concurrency))
        let live = ResilientModel(
            ProviderModel(configuration, sender: engine), endpoint: endpoint, configuration: options.resilience)
        model = GuardedModel(
            live, baseURL: configuration.baseURL,
            policy: try LiveCalls(environmentValue: environment(LiveCalls.variable)))
        redactor = Redactor(keys: keys)
        request = ModelRequest(
            system: options.system, messages: [.user(prompt)], maxOutputTokens: options.maxOutputTokens,
            streams: options.isStreaming)
        self.options = options
        self.terminal = terminal
    }

    /// Makes call number `number` (from 1). Ctrl-C stops it.
    func call(_ number: Int) async -> ModelCallReport {
        let shown = ShownText()
        let control = RunControl()
        Interrupts.shared.direct(to: control)
        defer { Interrupts.shared.direct(to: nil) }
        let outcome = await withTaskGroup(of: Result<ModelReply, ModelError>?.self) { group in
            group.addTask { await answer(number, shown) }
            group.addTask {
                _ = await control.watch()
                return nil
            }
            var outcome: Result<ModelReply, ModelError>?
            for await result in group {
                outcome = outcome ?? result
                group.cancelAll()
                // The watcher waits for an interruption; this one only lets it go.
                if outcome != nil { control.interrupt(.cancelled(by: "end")) }
            }
            return outcome ?? .failure(ModelError(.cancelled, "the call was cancelled", attempts: 0))
        }
        let report = ModelCallReport(outcome: outcome, model: options.modelName, redactor: redactor)
        if !shown.isEmpty, !shown.endsLine { write("\n") }
        if !options.isJSON { report.show(on: terminal, hasShownText: !shown.isEmpty) }
        return report
    }

    /// Closes the connections.
    func close() async { await engine.stop() }

    private func answer(_ number: Int, _ shown: ShownText) async -> Result<ModelReply, ModelError> {
        var call = ModelCall(id: "\(run)-\(number)", caller: "model call", timeout: options.limits.total)
        if options.isStreaming {
            call.onParts = { parts in
                let text = parts.map { part in if case .text(let text) = part { text } else { "" } }.joined()
                guard !text.isEmpty else { return }
                shown.add(text)
                write(TerminalText.safe(text, on: terminal))
            }
        }
        if !options.isJSON { call.onEvent = { event in note(event) } }
        do throws(ModelError) {
            guard let schema = options.schema else {
                return .success(try await model.respond(to: request, in: call))
            }
            let reply = try await model.structured(
                OutputFormat(name: "answer", schema: schema), from: request, in: call)
            return .success(
                ModelReply(
                    message: AssistantMessage(text: reply.value.description), finish: .stop, usage: reply.usage,
                    attempts: reply.attempts))
        } catch {
            return .failure(error)
        }
    }

    private func write(_ text: String) {
        if options.isJSON { terminal.noteRaw(text) } else { terminal.print(Array(text.utf8)) }
    }

    private func note(_ event: ModelEvent) {
        switch event {
        case .attemptFailed(_, let attempt, let kind, let status, .some(let wait)):
            let status = status.map { " (status \($0))" } ?? ""
            terminal.note(
                "operon: attempt \(attempt) failed: \(kind.rawValue)\(status); the next one in \(wait.milliseconds) ms"
            )
        case .paused(let endpoint, let wait):
            terminal.note("operon: \(endpoint) asked for a pause of \(wait.milliseconds) ms")
        case .breakerChanged(let endpoint, _, let state, let reason):
            terminal.note("operon: the breaker of \(endpoint) is \(state): \(reason)")
        default: break
        }
    }
}

/// What has been shown of an answer while it came.
private final class ShownText: Sendable {
    private let last = Mutex(Unicode.Scalar?.none)
    var isEmpty: Bool { last.withLock { $0 == nil } }
    var endsLine: Bool { last.withLock { $0 == "\n" } }
    func add(_ text: String) { last.withLock { $0 = text.unicodeScalars.last ?? $0 } }
}
