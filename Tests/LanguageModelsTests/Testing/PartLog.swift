import LanguageModels
import Synchronization
import Values

/// Keeps the batches of parts that a call passes on.
final class PartLog: Sendable {
    private let state = Mutex<[[ModelPart]]>([])
    var batches: [[ModelPart]] { state.withLock { $0 } }
    var parts: [ModelPart] { batches.flatMap { $0 } }
    var call: ModelCall { ModelCall(onParts: { parts in self.state.withLock { $0.append(parts) } }) }
}

extension ModelRequest {
    /// A question with tools of these names.
    static func asking(_ text: String, tools: [String] = []) -> ModelRequest {
        ModelRequest(
            messages: [.user(text)], tools: tools.map { ModelTool(name: $0, summary: "", input: .object([:])) })
    }
}
