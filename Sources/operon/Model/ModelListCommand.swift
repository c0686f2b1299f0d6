import LanguageModels
import Values

/// `operon model list`
enum ModelListCommand: Command {
    static let specification = CommandSpecification(
        words: "model list",
        summary: "list the models that are known, what they cost, and whether a key for them is seen",
        details: """
            The list is data that the binary carries (Models/models.yaml), or a file of yours (--models); a provider can have models that are not on it.
            A name that ends in * stands for all that begin so. Prices are per million tokens; "-" means that nobody knows.
            Whether a key is seen is all that is told of it.
            """,
        options: [CommandSpecification.models, CommandSpecification.json],
        examples: ["operon model list", "operon model list --json"])

    static func run(_ invocation: Invocation) async throws -> ExitStatus {
        let catalogue = try ModelTarget.catalogue(invocation)
        if invocation.has("json") {
            invocation.terminal.print(json(catalogue).description)
            return .completed
        }
        var rows = [["MODEL", "CONTEXT", "OUTPUT", "IN / M", "OUT / M", "AS OF", "KEY"]]
        for model in catalogue.models {
            rows.append([
                name(model), "\(model.contextWindow)", "\(model.maxOutputTokens)", price(model.price?.price.input),
                price(model.price?.price.output), model.price?.asOf ?? "-", key(model, catalogue),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                let gap = String(repeating: " ", count: widths[index] - cell.count)
                // Numbers end below each other.
                return (1...4).contains(index) ? gap + cell : cell + gap
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            invocation.terminal.print(line)
        }
        invocation.terminal.note("Prices in \(catalogue.currency) per million tokens.")
        return .completed
    }

    private static func name(_ model: ModelCatalogue.Model) -> String {
        "\(model.provider):\(model.name)\(model.isPrefix ? "*" : "")"
    }

    /// `set` or `not set`; a provider that needs no key has `not needed`.
    private static func key(_ model: ModelCatalogue.Model, _ catalogue: ModelCatalogue) -> String {
        guard let provider = catalogue.provider(model.provider), !provider.keyVariables.isEmpty else {
            return "not needed"
        }
        return ModelTarget.keyVariable(provider, environment: CommandLineEnvironment.value) == nil
            ? "not set" : "set"
    }

    /// Millionths as a number with at least two decimals.
    private static func price(_ millionths: Int?) -> String {
        guard let millionths else { return "-" }
        var decimals = String(1_000_000 + millionths % 1_000_000).dropFirst()
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(millionths / 1_000_000).\(decimals)"
    }

    private static func json(_ catalogue: ModelCatalogue) -> JSON {
        let models = catalogue.models.map { model -> JSON in
            var object: JSONObject = [
                "model": .string(name(model)), "provider": .string(model.provider),
                "context_tokens": .int(model.contextWindow), "max_output_tokens": .int(model.maxOutputTokens),
                "key": .string(key(model, catalogue)), "price": .null,
            ]
            if let price = model.price {
                object["price"] = [
                    "currency": .string(catalogue.currency), "as_of": .string(price.asOf),
                    "source": .string(price.source),
                    "input_per_million": .double(Double(price.price.input) / 1e6),
                    "output_per_million": .double(Double(price.price.output) / 1e6),
                    "cached_input_per_million": .double(Double(price.price.cachedInput) / 1e6),
                    "cache_writes_per_million": .double(Double(price.price.cacheWrites) / 1e6),
                ]
            }
            return .object(object)
        }
        return ["models": .array(models)]
    }
}
