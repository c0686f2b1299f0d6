import LanguageModels
import Services
import Values

/// `operon model call`: one call of a language model, with everything around it that agents have: retries, the
/// breaker, limits and deadlines.
enum ModelCallCommand: Command {
    static let specification = CommandSpecification(
        words: "model call", arguments: "[PROMPT]", summary: "call a language model once",
        details: """
            Without a PROMPT, reads it from standard input. The answer goes to standard output, with --stream as it
            comes. With --json the last line is an object instead:
              {"ok":true,"text","finish":"stop|length|content_filter|tool_calls|pause|other:X",
               "tool_calls":[{"name","arguments","raw"}],"model","output_tokens","input_tokens","attempts"}
              {"ok":false,"kind":"rate_limit|quota|auth|…","status","retryable","partial_text","attempts","message",
               "retry_after_ms"?}
            and with --stream the text goes to standard error as it comes. Numbers that the provider does not tell are
            null; the arguments of a call that are no JSON object are null, and "raw" is what the model wrote.

            With --schema the answer is an object that fits the schema: it is checked, mended once if need be, and given as
            the text; what still does not fit is an error of the kind invalid_output.

            A call is tried again while nothing of the answer has been shown and the failure may go away; it never lasts
            longer than --total-timeout-ms. Redirects are not followed.

            The key comes from OPENAI_API_KEY, ANTHROPIC_API_KEY or MOONSHOT_API_KEY; a server on this machine needs
            none. It is never shown, not even when the provider repeats it. The base URL comes from --base-url,
            OPENAI_BASE_URL or ANTHROPIC_BASE_URL, or from the list of models. OPERON_LIVE_MODELS=never refuses the call
            before anything is sent.

            Exit status: 0 answered, 1 failed, 2 usage, 4 refused by a budget, 130 cancelled (Ctrl-C).
            """,
        options: ModelCallOptions.all,
        examples: [
            "operon model call --model anthropic:claude-sonnet-4-5 \"Say hello\"",
            "operon model call --api openai --base-url http://127.0.0.1:11434/v1 --model llama3.2 --stream < prompt.txt",
            "operon model call --model openai:gpt-5-mini --json --total-timeout-ms 30000 --max-retries 4 \"Say hello\"",
        ], argumentCount: 0...1)

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let options = try ModelCallOptions(invocation)
        let prompt: String
        if let given = invocation.arguments.first {
            prompt = given
        } else {
            if invocation.terminal.isInputTerminal { throw UsageError("model call needs a PROMPT") }
            prompt = try await InputLines().rest()
        }
        guard !prompt.allSatisfy(\.isWhitespace) else {
            throw UsageError("model call needs a PROMPT that says something")
        }
        let caller = try ModelCaller(
            options, prompt: prompt, in: try ModelTarget.catalogue(invocation), terminal: invocation.terminal)
        var status = ExitStatus.completed
        for number in 1...options.repeats {
            let report = await caller.call(number)
            if options.isJSON { invocation.terminal.print(report.json.description) }
            if status == .completed { status = report.status }
            if report.status == .cancelled {
                status = .cancelled
                break
            }
        }
        await caller.close()
        return status
    }
}
