internal import Values

/// Gathers the profile of one column while its rows go by.
public final class ColumnSurvey {
    /// How many different values are kept of a column.
    public static let sampleLimit = 16_384
    /// How many first values are kept as they are.
    public static let firstValues = 20
    /// Longer texts are told apart by their beginning and their length.
    private static let hashedBytes = 1024
    /// Longer first values are cut.
    private static let sampleBytes = 400

    private var column: Profile.Column
    private let sampler = DistinctSampler(limit: ColumnSurvey.sampleLimit)
    private var lastNumber = -Double.infinity
    private var lastText: [UInt8] = []

    /// Starts with nothing seen.
    public init(name: String) { column = Profile.Column(name: name) }

    /// What stands for NULL in combinations.
    public static let nullHash: UInt64 = 0

    /// Takes a NULL; returns its hash.
    @discardableResult
    public func addNull() -> UInt64 {
        column.nullCount += 1
        return Self.nullHash
    }

    /// Takes a whole number; returns its hash.
    @discardableResult
    public func add(_ number: Int) -> UInt64 {
        column.integerCount += 1
        add(magnitude: Double(number))
        if column.samples.count < Self.firstValues { column.samples.append(.integer(number)) }
        let hash = StableHash.of(number)
        sampler.add(hash)
        return hash
    }

    /// Takes a number; whole ones have the hash of the whole number.
    @discardableResult
    public func add(_ number: Double) -> UInt64 {
        let whole = Int(exactly: number)
        if whole == nil { column.realCount += 1 } else { column.integerCount += 1 }
        add(magnitude: number)
        if column.samples.count < Self.firstValues { column.samples.append(.real(number)) }
        let hash = whole.map { StableHash.of($0) } ?? StableHash.combined(number.bitPattern, 1)
        sampler.add(hash)
        return hash
    }

    /// Takes a text; returns its hash.
    @discardableResult
    public func add(_ text: UnsafeRawBufferPointer) -> UInt64 {
        column.textCount += 1
        column.textBytes += text.count
        column.shortestText = min(column.shortestText ?? .max, text.count)
        column.longestText = max(column.longestText ?? 0, text.count)
        if column.isIncreasing {
            column.isIncreasing = column.integerCount == 0 && lastText.lexicographicallyPrecedes(text)
            lastText.removeAll(keepingCapacity: true)
            lastText.append(contentsOf: text.prefix(Self.sampleBytes))
        }
        if column.samples.count < Self.firstValues {
            column.samples.append(.text(String(decoding: text.prefix(Self.sampleBytes), as: UTF8.self)))
        }
        var hash = StableHash.of(UnsafeRawBufferPointer(rebasing: text.prefix(Self.hashedBytes)))
        if text.count > Self.hashedBytes { hash = StableHash.combined(hash, UInt64(text.count)) }
        sampler.add(hash)
        return hash
    }

    /// Takes bytes, which nobody compares; returns a hash of their length.
    @discardableResult
    public func addBlob(byteCount: Int) -> UInt64 {
        column.blobCount += 1
        column.isIncreasing = false
        return StableHash.of(byteCount)
    }

    private func add(magnitude: Double) {
        column.minimum = min(column.minimum ?? magnitude, magnitude)
        column.maximum = max(column.maximum ?? magnitude, magnitude)
        if magnitude <= lastNumber || column.textCount > 0 { column.isIncreasing = false }
        lastNumber = magnitude
    }

    /// What was seen. At most `limit` different values stay in the sample.
    public func profile(sampleLimit limit: Int = ColumnSurvey.sampleLimit) -> Profile.Column {
        var column = column
        if column.blobCount == 0 { column.sample = sampler.sample.thinned(to: limit) }
        return column
    }
}
