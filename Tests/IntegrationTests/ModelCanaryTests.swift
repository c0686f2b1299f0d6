import Foundation
import Support
import Testing
import Values

/// A provider that repeats the credentials of each request wherever it can. The key must not come out anywhere.
@Suite("A key stays where it is")
struct ModelCanaryTests {
    private static let key = "sk-canary-3f9a0c77e1d24b58"

    /// The key, and its base64 at each alignment, without what it shares with its neighbours.
    private static var traces: [String] {
        let forms = (0..<3).map { alignment in
            let bytes = Data(Array(repeating: UInt8(ascii: "x"), count: alignment) + Array(key.utf8))
            return String(bytes.base64EncodedString().dropFirst(4).prefix(24))
        }
        return [key, String(key.dropFirst(3)), "canary"] + forms
    }

    private static var base64Echo: FaultReply {
        FaultReply { request in
            let pieces = (0..<3).map { alignment in
                let text = String(repeating: "x", count: alignment) + key
                return Data(text.utf8).base64EncodedString() + " "
            }
            return FaultReply.answer(
                FaultAnswer(pieces.flatMap { [String($0.prefix(9)), String($0.dropFirst(9))] })
            )
            .actions(request)
        }
    }

    private static var cutEcho: FaultReply {
        FaultReply { request in
            let good = FaultReply.wire(FaultAnswer(["I got ", "sk-canary-3f9a", "0c77e1d2", "4b58"]), for: request)
            let head = FaultReply.head(200, ["Content-Type: \(good.type)", "Transfer-Encoding: chunked"])
            return [.send(head)] + good.pieces.prefix(6).map { .send(FaultReply.chunk($0)) } + [.reset]
        }
    }

    @Test("no output, error or object holds it, whatever the provider repeats", arguments: FaultAPI.allCases)
    func canary(api: FaultAPI) async throws {
        let server = try FaultServer()
        defer { server.stop() }
        let replies: [FaultReply] = [
            .echo(), .echoInPieces, Self.base64Echo, Self.cutEcho, .echo(status: 400), .echo(status: 401),
            .echo(status: 404), .echo(status: 302),
        ]
        for words in [["--json"], ["--json", "--stream"], [], ["--stream"]] {
            let name = "a\(words.joined())"
            server.script(name, replies)
            let run = try await ModelRun.call(
                server, name, api, words + ["--repeat", "\(replies.count)", "--max-retries", "0"],
                environment: [
                    "OPENAI_API_KEY": Self.key, "ANTHROPIC_API_KEY": Self.key, "MOONSHOT_API_KEY": Self.key,
                ])
            #expect(run.requests.count == replies.count, "\(run)")
            #expect(run.requests.allSatisfy { $0.text.contains(Self.key) }, "the server had the key to repeat")
            for trace in Self.traces {
                #expect(!run.output.contains(trace) && !run.errors.contains(trace), "\(trace) in \(words): \(run)")
            }
            #expect(run.output.contains("[secret:"), "what was repeated is shown as hidden: \(run)")
        }
    }

    @Test("a key in a header of one's own is kept, too")
    func ownHeader() async throws {
        let server = try FaultServer()
        defer { server.stop() }
        server.script("a", [.echo(), .echo(status: 401)])
        let run = try await ModelRun.call(
            server, "a", .openAI,
            ["--json", "--stream", "--repeat", "2", "--header", "X-Auth-Token: \(Self.key)"])
        #expect(run.requests.count == 2 && run.requests.allSatisfy { $0.text.contains(Self.key) }, "\(run)")
        #expect(!(run.output + run.errors).contains("canary"), "\(run)")
    }
}
