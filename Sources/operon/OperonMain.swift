import AgentRuntime
import Glibc
import Services
import Synchronization
import Values

/// The entry: signals first, then the command, then its exit status.
@main
enum OperonMain {
    /// Every command, in the order of the help.
    static var commands: [any Command.Type] {
        [
            AskCommand.self, QueryCommand.self, ReplayCommand.self, TraceListCommand.self, TraceShowCommand.self,
            TraceHashCommand.self, TraceDiffCommand.self, TraceForkCommand.self, TraceExportCommand.self,
            TraceImportCommand.self, AgentsListCommand.self, AgentsCheckCommand.self, AgentsGraphCommand.self,
            ToolsListCommand.self, ToolsSchemaCommand.self, ToolsCallCommand.self, ModelListCommand.self,
            ModelCallCommand.self, BenchCommand.self,
            DemoDataCommand.self, DoctorCommand.self, SemanticInitCommand.self, SemanticCheckCommand.self,
            EvalCommand.self,
        ]
    }

    /// Not asynchronous, because an asynchronous entry runs on a thread of the pool: the first thread of the process
    /// would be left with its signals unblocked, and an interrupt that it takes ends the process.
    static func main() {
        Signals.watch([Signals.interrupt, Signals.terminate]) { _ in Interrupts.shared.arrived() }
        var environment: [String: String] = [:]
        for entry in CommandLineEnvironment.entries { environment[entry.0] = entry.1 }
        let terminal = Terminal(environment: environment)
        let words = Array(CommandLine.arguments.dropFirst())
        // Detached: the entry belongs to the main actor, whose thread only waits from here on.
        Task.detached {
            let status = await run(words, environment, terminal)
            exit(status.rawValue)
        }
        while true { pause() }
    }

    private static func run(
        _ words: [String], _ environment: [String: String], _ terminal: Terminal
    ) async -> ExitStatus {
        do {
            let parser = ArgumentParser(commands: commands, environment: environment, terminal: terminal)
            switch try parser.parse(words) {
            case .help(let text):
                terminal.print(text)
                return .completed
            case .run(let command, let invocation):
                return try await command.run(invocation)
            }
        } catch let status as ExitStatus {
            return status
        } catch let error as UsageError {
            report(OperonError(code: "usage", error.message, hint: "See --help."), words, terminal)
            return .usage
        } catch let error as OperonError {
            report(error, words, terminal)
            return .failed
        } catch let divergence as Divergence {
            report(OperonError(code: "diverged", "\(divergence)", at: divergence.path), words, terminal)
            return .diverged
        } catch is CancellationError {
            return .cancelled
        } catch {
            report(OperonError(code: "internal", "unexpected error of type \(type(of: error))"), words, terminal)
            return .failed
        }
    }

    private static func report(_ error: OperonError, _ words: [String], _ terminal: Terminal) {
        if words.contains("--json") || words.contains("--jsonl") {
            terminal.print(JSON.object(["error": error.json]).description)
        }
        let place = error.at.isEmpty ? "" : " [\(error.at)]"
        terminal.note("operon: \(error.message)\(place)")
        if !error.hint.isEmpty { terminal.note("  \(error.hint)") }
    }
}

/// The environment of the process, read once.
enum CommandLineEnvironment {
    static let entries: [(String, String)] = {
        var entries: [(String, String)] = []
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                entries.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
            }
            pointer += 1
        }
        return entries
    }()

    static func value(_ name: String) -> String? { entries.first { $0.0 == name }?.1 }
}

/// Ctrl-C: the first one stops what runs, a second one ends the process.
final class Interrupts: Sendable {
    static let shared = Interrupts()
    private struct State {
        var control: RunControl?
        var count = 0
    }
    private let state = Mutex(State())

    func arrived() {
        let (control, count) = state.withLock { state -> (RunControl?, Int) in
            state.count += 1
            return (state.control, state.count)
        }
        if let control, count == 1 {
            control.interrupt(.cancelled(by: "person"))
        } else {
            _exit(ExitStatus.cancelled.rawValue)
        }
    }

    /// From now on Ctrl-C stops `control`; nil: it ends the process.
    func direct(to control: RunControl?) {
        state.withLock { state in
            state.control = control
            state.count = 0
        }
    }
}
