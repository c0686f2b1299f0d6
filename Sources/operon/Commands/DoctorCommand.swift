import AgentRuntime
import Databases
import HTTPClient
import LanguageModels
import Schemas
import Services
import Toolbox
import Traces
import Values

/// `operon doctor`: what is there, and what to do about the rest.
enum DoctorCommand: Command {
    static let specification = CommandSpecification(
        words: "doctor",
        summary: "check what is installed, reachable and configured, and say what to do about the rest",
        options: [
            CommandSpecification.database, CommandSpecification.agents, CommandSpecification.store,
            CommandSpecification.hide, CommandSpecification.models,
            .init(name: "model", value: "MODEL", help: "the model to look at (default: embedded)"),
            CommandSpecification.json,
        ])

    /// One thing that was looked at.
    private struct Finding {
        var what: String
        var isFine: Bool
        var says: String
        var remedy = ""
    }

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        var findings = [
            Finding(what: "operon", isFine: true, says: "\(Version.current)")
        ]
        findings.append(agents(invocation))
        findings.append(await store(invocation))
        for url in invocation.all("db") { findings.append(await database(url, invocation)) }
        findings.append(Finding(what: "libcurl", isFine: true, says: CurlLibrary.version))
        findings += models(invocation)
        let isFine = findings.allSatisfy(\.isFine)
        if invocation.has("json") {
            let rows = findings.map { finding -> JSON in
                [
                    "what": .string(finding.what), "ok": .bool(finding.isFine), "says": .string(finding.says),
                    "remedy": .string(finding.remedy),
                ]
            }
            invocation.terminal.print(JSON.object(["ok": .bool(isFine), "findings": .array(rows)]).description)
        } else {
            for finding in findings {
                let mark =
                    finding.isFine
                    ? invocation.terminal.styled("✓", .green) : invocation.terminal.styled("✗", .red)
                invocation.terminal.print("\(mark) \(finding.what): \(finding.says)")
                if !finding.remedy.isEmpty { invocation.terminal.print("    \(finding.remedy)") }
            }
        }
        return isFine ? .completed : .failed
    }

    /// The list of models, the keys that are seen, and the model that a session would use. Of a key only its variable is
    /// told.
    private static func models(_ invocation: Invocation) -> [Finding] {
        do {
            let catalogue = try ModelTarget.catalogue(invocation)
            let environment = CommandLineEnvironment.value
            var names: [String] = []
            for name in catalogue.providers.flatMap(\.keyVariables) where !names.contains(name) {
                names.append(name)
            }
            let seen = names.map { name in
                "\(name) \(environment(name).flatMap { ModelKey($0) } == nil ? "not set" : "set")"
            }
            let priced = catalogue.models.filter { $0.price != nil }
                .map { "\($0.provider):\($0.name)\($0.isPrefix ? "*" : "")" }
            let unpriced = catalogue.models.count - priced.count
            return [
                Finding(what: "model keys", isFine: true, says: seen.joined(separator: ", ")),
                Finding(
                    what: "models", isFine: true,
                    says: "priced: \(priced.isEmpty ? "none" : priced.joined(separator: ", "))"
                        + (unpriced == 0 ? "" : "; without a price: \(unpriced)")),
                reasoner(invocation, catalogue),
            ]
        } catch {
            return [failed("models", error)]
        }
    }

    private static func reasoner(_ invocation: Invocation, _ catalogue: ModelCatalogue) -> Finding {
        let embedded = "embedded: needs no key, no server and no network"
        guard let text = invocation.value("model"), !text.isEmpty else {
            return Finding(what: "reasoner", isFine: true, says: embedded)
        }
        do {
            let chain = try ModelSpec.chain(text, providers: catalogue.providers.map(\.name))
            let says = try chain.map { spec -> String in
                guard case .provider(let provider, let model) = spec else {
                    return spec == .embedded ? embedded : "\(spec)"
                }
                let reached = try catalogue.configuration(
                    provider: provider, model: model, environment: CommandLineEnvironment.value)
                // Provider, place and digest of the key: the place alone is told, since a base URL can hold credentials.
                let place = reached.endpoint.split(separator: " ").dropFirst().first ?? ""
                let key = reached.key == nil ? "without a key" : "with a key"
                return "\(spec) at \(place), \(key)"
                    + (reached.profile.price == nil ? ", without a price" : "")
            }
            return Finding(what: "reasoner", isFine: true, says: says.joined(separator: ", then "))
        } catch {
            return failed("reasoner", error)
        }
    }

    private static func agents(_ invocation: Invocation) -> Finding {
        do {
            let texts = try Composition.agentTexts(invocation.value("agents"))
            let result = DefinitionLoader.load(texts: texts, tools: StandardTools.registry(DatabasePool()))
            let errors = result.diagnostics.count { $0.severity == .error }
            if errors > 0 {
                return Finding(
                    what: "agents", isFine: false, says: "\(errors) mistakes in \(texts.count) definitions",
                    remedy: "operon agents check shows them.")
            }
            return Finding(
                what: "agents", isFine: true, says: result.definitions.map { $0.name }.joined(separator: ", "))
        } catch {
            return failed("agents", error)
        }
    }

    private static func store(_ invocation: Invocation) async -> Finding {
        do {
            let store = try SessionHost.store(invocation, reading: true)
            let sessions = try await store.sessions()
            let open = sessions.count { $0.state == .open || $0.state == .awaiting }
            await store.close()
            return Finding(
                what: "store", isFine: true,
                says: "\(sessions.count) sessions, \(open) of them open, in \(store.path)")
        } catch let error as OperonError where error.code == "store_missing" {
            return Finding(what: "store", isFine: true, says: "none yet; ask --session NAME makes one")
        } catch {
            return failed("store", error)
        }
    }

    private static func database(_ text: String, _ invocation: Invocation) async -> Finding {
        do {
            let pool = Composition.pool(invocation)
            let name = try Composition.register(text, in: pool)
            let catalogue = try await pool.catalogue(name)
            let rows = catalogue.tables.compactMap(\.rowCount).reduce(0, +)
            return Finding(
                what: "database \(name)", isFine: true,
                says: "\(catalogue.tables.count) tables and views, \(rows) rows")
        } catch {
            return failed("database \(DatabaseURL.withoutPassword(text))", error)
        }
    }

    private static func failed(_ what: String, _ error: any Error) -> Finding {
        let error = error as? OperonError ?? OperonError(code: "internal", "\(type(of: error))")
        return Finding(what: what, isFine: false, says: error.message, remedy: error.hint)
    }
}
