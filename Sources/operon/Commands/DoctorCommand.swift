import AgentRuntime
import Databases
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
            CommandSpecification.hide, CommandSpecification.json,
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
        findings.append(
            Finding(what: "reasoner", isFine: true, says: "embedded: needs no key, no server and no network"))
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
            let pool = DatabasePool(hiddenTables: Composition.hidden(invocation))
            let name = try Composition.register(text, in: pool)
            let catalogue = try await pool.catalogue(name)
            let rows = catalogue.tables.compactMap(\.rowCount).reduce(0, +)
            return Finding(
                what: "database \(name)", isFine: true,
                says: "\(catalogue.tables.count) tables and views, \(rows) rows")
        } catch {
            return failed("database \(text)", error)
        }
    }

    private static func failed(_ what: String, _ error: any Error) -> Finding {
        let error = error as? OperonError ?? OperonError(code: "internal", "\(type(of: error))")
        return Finding(what: what, isFine: false, says: error.message, remedy: error.hint)
    }
}
