/// The version of this Operon.
enum Version {
    /// Semantic version.
    static let current = "0.1.0"
}
