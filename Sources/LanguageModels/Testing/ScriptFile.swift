internal import Services
public import Values

extension ScriptedModel {
    /// Reads a script from a file; its form is told by ``read(_:file:)``.
    ///
    /// - Throws: the file's error, or `script_invalid` with all that is wrong in it.
    public convenience init(contentsOf path: String) throws(OperonError) {
        let (script, problems) = ScriptReader.read(try Files.text(path), file: path)
        guard let script, problems.isEmpty else {
            throw OperonError(
                code: "script_invalid",
                "the script cannot be used:\n" + problems.map(\.description).joined(separator: "\n"),
                hint: "", at: problems.first.map { "\($0.place)" } ?? path)
        }
        self.init(script)
    }

    /// Reads a script in YAML.
    ///
    /// ```yaml
    /// order: matching            # or strict
    /// chunk_bytes: 12            # texts come in pieces of at least so many bytes
    /// entries:
    ///   - when: {caller: planner, tool: run_sql, contains: orders}
    ///     reply: {text: Let me see., tool_calls: [{name: run_sql, arguments: {sql: SELECT 1}}]}
    ///   - reply: {text: One., finish: stop, usage: {input: 12, output: 3}}
    ///     times: any             # or a number; 1 when it is left out
    ///   - error: rate_limit      # or {kind, status, message, retry_after_ms, after}
    /// ```
    ///
    /// - Returns: the model, or nil when a mistake leaves nothing to run; and all that is wrong, with line and remedy.
    public static func read(_ yaml: String, file: String) -> (ScriptedModel?, [Diagnostic]) {
        let (script, problems) = ScriptReader.read(yaml, file: file)
        return (script.map { ScriptedModel($0) }, problems)
    }

    private convenience init(_ script: ScriptReader.Script) {
        self.init(
            script.entries, order: script.order,
            delivery: PartDelivery(pieceBytes: script.chunkBytes, batchParts: script.chunkBytes == nil ? nil : 1),
            profile: ModelProfile(provider: "scripted", model: script.model))
    }
}
