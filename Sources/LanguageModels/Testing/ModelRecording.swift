internal import Services
internal import Values

/// What is in the file of a ``RecordedModel``: lines of JSON. The first is
/// `{"format":"operon-recording/1","profile":{…}}`, every other `{"digest","request","reply"}` with the canonical
/// request. The digest is the SHA-256 of the canonical form of `{"model","request"}`; a line that was written by hand
/// may do without.
struct ModelRecording: Sendable {
    /// One request and its answer.
    struct Entry: Sendable {
        var digest: String
        var request: JSON
        var reply: ModelReply
        /// The line in the file, from 1; 0 when it was not read from one.
        var line = 0
    }

    static let format = "operon-recording/1"

    var profile: ModelProfile
    var entries: [Entry] = []

    /// What requests to a model are compared by (`resilience`, R3): model, messages, tools and parameters.
    static func digest(of request: JSON, model: String) -> String {
        let all: JSON = ["model": .string(model), "request": request]
        return SHA256Digest.hex(all.canonicalBytes())
    }

    /// Reads a file.
    static func read(_ path: String) throws(OperonError) -> ModelRecording {
        let lines = try Files.bytes(path).split(separator: 10, omittingEmptySubsequences: false)
        var recording: ModelRecording?
        for (index, bytes) in lines.enumerated() where !bytes.isEmpty {
            func invalid(_ message: String, _ hint: String) -> OperonError {
                OperonError(code: "recording_invalid", message, hint: hint, at: "\(path):\(index + 1)")
            }
            let line: JSON
            do {
                line = try JSON(parsing: Array(bytes))
            } catch {
                throw invalid(
                    "a line of the recording is no JSON: \(error.message)", "Mend the line, or record again.")
            }
            guard let model = recording?.profile.name else {
                guard line["format"]?.string == format, let profile = line["profile"].flatMap(ModelProfile.init)
                else {
                    throw invalid("the file does not begin as a recording does", "Check the path, or record again.")
                }
                recording = ModelRecording(profile: profile)
                continue
            }
            guard let request = line["request"], ModelRequest(json: request) != nil,
                let reply = line["reply"].flatMap(ModelReply.init(json:))
            else {
                throw invalid("a line holds no request with its reply", "Take the line out, or record again.")
            }
            let digest = digest(of: request, model: model)
            guard line["digest"] == nil || line["digest"]?.string == digest else {
                throw invalid(
                    "the digest does not fit the request", "Take the digest out of an edited line, or record again."
                )
            }
            recording?.entries.append(Entry(digest: digest, request: request, reply: reply, line: index + 1))
        }
        guard let recording else {
            throw OperonError(
                code: "recording_invalid", "the recording is empty", hint: "Record again.", at: "\(path):1")
        }
        return recording
    }

    /// The file's bytes.
    func bytes() -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 4096)
        writer.value(["format": .string(Self.format), "profile": profile.json])
        writer.byte(10)
        for entry in entries {
            writer.value(
                ["digest": .string(entry.digest), "reply": entry.reply.json, "request": entry.request],
                canonical: true)
            writer.byte(10)
        }
        return writer.bytes
    }
}

extension ModelProfile {
    /// The form in which recordings keep a profile.
    fileprivate var json: JSON {
        var json: JSONObject = [
            "provider": .string(provider), "model": .string(model), "context_window": .int(contextWindow),
            "max_output_tokens": .int(maxOutputTokens), "native_schemas": .bool(hasNativeSchemas),
        ]
        if let price {
            json["price"] = [
                "input": .int(price.input), "output": .int(price.output), "cached_input": .int(price.cachedInput),
                "cache_writes": .int(price.cacheWrites),
            ]
        }
        return .object(json)
    }

    fileprivate init?(_ json: JSON) {
        guard let provider = json["provider"]?.string, let model = json["model"]?.string,
            let window = json["context_window"]?.int, let output = json["max_output_tokens"]?.int,
            let hasNativeSchemas = json["native_schemas"]?.bool
        else { return nil }
        self.init(
            provider: provider, model: model, contextWindow: window, maxOutputTokens: output,
            hasNativeSchemas: hasNativeSchemas)
        if let price = json["price"], let input = price["input"]?.int, let output = price["output"]?.int {
            self.price = ModelPrice(
                input: input, output: output, cachedInput: price["cached_input"]?.int,
                cacheWrites: price["cache_writes"]?.int)
        }
    }
}
