/// The part of JSON Schema 2020-12 that tools use. It is kept as JSON, so that what is published is what is checked.
public struct JSONSchema: Sendable, Hashable {
    /// The schema itself.
    public var json: JSON

    /// Takes a schema.
    public init(_ json: JSON) { self.json = json }
}
