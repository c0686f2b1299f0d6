/// Which value belongs to a method and a path: decided from values alone, so that what serves and what is documented are
/// one table.
public struct RouteTable<Value: Sendable>: Sendable {
    /// One entry.
    public struct Route: Sendable {
        /// The method.
        public let method: String
        /// The path, whose segments are text or `{name}`; the last may be `{name...}` and takes all that follows.
        public let pattern: String
        /// What belongs to them.
        public let value: Value
        fileprivate let segments: [Segment]

        /// Makes an entry.
        public init(_ method: String, _ pattern: String, _ value: Value) {
            self.method = method
            self.pattern = pattern
            self.value = value
            segments = pattern.split(separator: "/").map { part in
                guard part.hasPrefix("{"), part.hasSuffix("}") else { return .text(String(part)) }
                let name = part.dropFirst().dropLast()
                return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .name(String(name))
            }
        }
    }

    fileprivate enum Segment: Sendable, Hashable {
        case text(String)
        case name(String)
        case rest(String)
    }

    /// What a method and a path lead to.
    public enum Match: Sendable {
        /// A route, and what stands for its names.
        case found(Route, [String: String])
        /// The path is known with these methods only: the value of `Allow`, for 405.
        case otherMethods([String])
        /// The path is unknown.
        case unknown
    }

    /// All routes, in the order in which they are tried.
    public let routes: [Route]

    /// Makes a table. Where several routes fit, the first wins.
    public init(_ routes: [Route]) { self.routes = routes }

    /// Looks up a decoded path, as ``HTTPTarget/path`` gives it. HEAD goes where GET does. A slash at the end matters
    /// not.
    public func match(_ method: String, _ path: String) -> Match {
        let parts = path.split(separator: "/")
        let fitting = routes.compactMap { route in Self.fit(route.segments, parts).map { (route, $0) } }
        for wanted in method == "HEAD" ? ["HEAD", "GET"] : [method] {
            if let (route, names) = fitting.first(where: { $0.0.method == wanted }) { return .found(route, names) }
        }
        if fitting.isEmpty { return .unknown }
        var methods = Set(fitting.map(\.0.method))
        if methods.contains("GET") { methods.insert("HEAD") }
        return .otherMethods(methods.sorted())
    }

    private static func fit(_ segments: [Segment], _ parts: [Substring]) -> [String: String]? {
        var names: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            if case .rest(let name) = segment {
                names[name] = parts.dropFirst(index).joined(separator: "/")
                return names
            }
            guard index < parts.count else { return nil }
            switch segment {
            case .text(let text): if text != parts[index] { return nil }
            case .name(let name): names[name] = String(parts[index])
            case .rest: return nil
            }
        }
        return segments.count == parts.count ? names : nil
    }
}
