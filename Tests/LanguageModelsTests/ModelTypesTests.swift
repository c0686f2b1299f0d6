import LanguageModels
import Testing

@Suite("The types of models")
struct ModelTypesTests {
    @Test("a finish reason survives its name")
    func finishNames() {
        let reasons: [FinishReason] = [.stop, .length, .toolCalls, .contentFilter, .pause, .other("odd")]
        for reason in reasons { #expect(FinishReason(name: reason.name) == reason) }
        #expect(FinishReason(name: "odd") == .other("odd"))
    }

    @Test("cached tokens are charged at their own price, and parts of a millionth are rounded up")
    func cost() {
        let price = ModelPrice(input: 2_000_000, output: 8_000_000, cachedInput: 500_000)
        #expect(price.cost(of: TokenUsage(input: 1000, output: 100, cachedInput: 400)) == 600 * 2 + 200 + 800)
        #expect(price.cost(of: TokenUsage(input: 1)) == 2)
        #expect(ModelPrice(input: 1, output: 1).cost(of: TokenUsage(input: 1)) == 1)
    }
}
