import AgentRuntime
import Databases
import MessageBus
import Schemas
import Services
import Toolbox
import Values

/// `operon eval`: how many questions of a file are answered rightly.
enum EvalCommand: Command {
    static let specification = CommandSpecification(
        words: "eval", arguments: "CASES",
        summary: "measure answers against a file of questions with right answers",
        details: """
            CASES has a case on each line: {"id","db"?,"question","semantic"?,"sql"} or "rows" instead of "sql"; "alt_sql"
            lists other SQL that is right, too; "unanswerable": true marks what must be declined; "ordered": true says that
            the order of rows matters. "source", "kind" and "difficulty" are reported by. A "db" without a "/" is looked for
            as NAME.sqlite in --db-dir.

            What counts is the result: each answer's SQL is run, and its rows are compared with the right ones. Up to two
            columns more, other spellings of months and two decimal places are taken as right; "strict" is without that.
            EX: right of the answerable; precision: right of the answered; coverage: answered of the answerable;
            declined: declined of the unanswerable.
            """,
        options: [
            CommandSpecification.database,
            .init(name: "db-dir", value: "DIR", help: "where databases that are named only are: DIR/NAME.sqlite"),
            .init(name: "semantic", value: "FILE", help: "the glossary for cases that name none"),
            .init(
                name: "semantic-dir", value: "DIR", help: "glossaries by database: DIR/NAME.json or DIR/NAME.yaml"),
            .init(name: "only", value: "KEY=VALUE", help: "only cases with this member", isRepeated: true),
            .init(name: "failures", value: nil, help: "list the cases that failed"),
            .init(name: "today", value: "DATE", help: "the day that \"today\" means, YYYY-MM-DD"),
            CommandSpecification.hide, CommandSpecification.cache, CommandSpecification.agents,
            CommandSpecification.json,
        ],
        examples: [
            "operon eval questions.jsonl --db shop.sqlite --semantic shop.yaml --failures",
            "operon eval cases.jsonl --db-dir databases --only kind=top-n --json",
        ], argumentCount: 1...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let path = invocation.arguments[0]
        var cases: [EvalCase] = []
        for (at, line) in try Files.text(path).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        {
            if line.allSatisfy(\.isWhitespace) { continue }
            guard try matches(String(line), invocation) else { continue }
            cases.append(try EvalCase(line: String(line), number: at + 1, file: path))
        }
        guard !cases.isEmpty else { throw UsageError("\(path) has no cases that are wanted") }
        let runner = try EvalRunner(invocation)
        let control = RunControl()
        Interrupts.shared.direct(to: control)
        var results: [EvalResult] = []
        for test in cases {
            if invocation.terminal.isErrorTerminal {
                invocation.terminal.status("\(results.count + 1) of \(cases.count): \(test.id)")
            }
            results.append(try await runner.result(of: test, control))
            if control.interruption != nil {
                invocation.terminal.status(nil)
                return .cancelled
            }
        }
        invocation.terminal.status(nil)
        let report = EvalReport(results: results)
        if invocation.has("failures") {
            for result in results where result.isFailure {
                let kind = !result.isAnswered ? "declined" : "wrong"
                invocation.terminal.note("\(kind) \(result.test.id): \(result.test.question)")
                invocation.terminal.note("  " + result.remark)
                if let gold = result.test.goldSQL { invocation.terminal.note("  right: \(gold)") }
                if let sql = result.sql { invocation.terminal.note("  given: \(sql)") }
            }
        }
        if invocation.has("json") {
            invocation.terminal.print(report.json.description)
        } else {
            for line in report.lines() { invocation.terminal.print(line) }
        }
        return .completed
    }

    /// Whether a line has what every `--only` asks for.
    private static func matches(_ line: String, _ invocation: Invocation) throws -> Bool {
        for only in invocation.all("only") {
            let parts = only.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw UsageError("--only takes KEY=VALUE, not \"\(only)\"") }
            let value = (try? JSON(parsing: line))?[parts[0]] ?? .null
            let texts = (value.array ?? [value]).map { $0.string ?? $0.description }
            guard texts.contains(parts[1]) else { return false }
        }
        return true
    }
}

/// Asks the questions of an evaluation and judges the answers.
struct EvalRunner {
    private let invocation: Invocation
    private let composition: Composition
    private let time: any TimeSource

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        composition = try Composition(invocation)
        time = try AskCommand.time(invocation)
    }

    func result(of test: EvalCase, _ control: RunControl) async throws -> EvalResult {
        let (name, source) = try database(test)
        let semantic = try composition.glossary(semanticPath(test))
        let log = SessionLog(session: RandomIDs().next("s"), time: time)
        let session = Session(
            composition.session(on: name, source: source, time: time, semantic: semantic),
            journal: Journal(log: log))
        let clock = time.monotonicNanoseconds()
        try await session.open()
        let turn = try await session.ask(["question": .string(test.question)], control: control)
        try await session.close()
        let milliseconds = Double(time.monotonicNanoseconds() - clock) / 1_000_000
        let sql = turn.answer["sql"]?.string
        let isDeclined = turn.answer["abstain"]?.bool ?? true
        var result = EvalResult(
            test: test, isAnswered: !isDeclined && sql != nil, milliseconds: milliseconds, sql: sql, remark: "")
        guard result.isAnswered, let sql else {
            if case .failed(let error)? = turn.outcome {
                result.remark = error.description
            } else {
                result.remark = turn.answer["clarification"]?["message"]?.string ?? "declined"
            }
            return result
        }
        guard test.isAnswerable else {
            result.remark = "should have been declined"
            return result
        }
        let found = try await rows(sql, on: name)
        guard found.kind == .ok else {
            result.remark = found.error?.description ?? "the SQL failed"
            return result
        }
        var gold = test.goldRows
        if gold == nil, let sql = test.goldSQL {
            let verdict = try await rows(sql, on: name)
            guard verdict.kind == .ok else {
                throw OperonError(
                    code: "case_invalid", "the right SQL of \"\(test.id)\" fails: \(verdict.error?.message ?? "")",
                    hint: "Correct the case.")
            }
            gold = verdict.table.rows
        }
        var others: [[[SQLValue]]] = []
        for sql in test.alternatives { others.append(try await rows(sql, on: name).table.rows) }
        let verdict = test.judge(
            found.table.rows, names: found.table.columns, gold: gold ?? [], others: others)
        result.isRight = verdict.right
        result.isStrictlyRight = verdict.strict
        if !verdict.right {
            result.remark =
                "\(found.table.rows.count) rows of \(found.table.columns.count) columns; right are \(gold?.count ?? 0)"
        }
        return result
    }

    private func rows(_ sql: String, on name: String) async throws -> QueryVerdict {
        try await composition.pool.query(
            name, sql, limits: QueryLimits(timeout: .seconds(15), maxRows: 100_000, maxBytes: 256 << 20))
    }

    private func database(_ test: EvalCase) throws -> (name: String, source: String) {
        if let named = test.database {
            if composition.pool.names.contains(named) { return (named, named) }
            var source = named
            if let folder = invocation.value("db-dir"), !named.contains("/") {
                source = "\(folder)/\(named).sqlite"
            }
            return (try Composition.register(source, in: composition.pool), source)
        }
        guard let given = invocation.all("db").first, let first = composition.pool.names.first else {
            throw UsageError("the case \"\(test.id)\" names no database; give one with --db")
        }
        return (first, given)
    }

    private func semanticPath(_ test: EvalCase) -> String? {
        if let path = test.semantic ?? invocation.value("semantic") { return path }
        guard let folder = invocation.value("semantic-dir"), let named = test.database else { return nil }
        let base = named.split(separator: "/").last.map(String.init) ?? named
        let stem = base.hasSuffix(".sqlite") ? String(base.dropLast(7)) : base
        return ["json", "yaml", "yml"].map { "\(folder)/\(stem).\($0)" }.first { Files.exists($0) }
    }
}
