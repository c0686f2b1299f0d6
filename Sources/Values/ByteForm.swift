/// Bytes that several values read without a copy: an array, or a file mapped into memory.
public final class SharedBytes: @unchecked Sendable {
    // @unchecked Sendable because the bytes never change and stay in place until the last reference goes.

    /// The bytes; valid as long as this object.
    public let bytes: UnsafeRawBufferPointer
    private let release: @Sendable () -> Void

    /// Takes over bytes that do not change until `release` is called.
    public init(adopting bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
        self.bytes = bytes
        self.release = release
    }

    /// Keeps a copy of `bytes`.
    public convenience init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
        copy.copyBytes(from: bytes)
        let start = UInt(bitPattern: copy.baseAddress)
        self.init(adopting: UnsafeRawBufferPointer(rebasing: copy[..<bytes.count])) {
            UnsafeMutableRawPointer(bitPattern: start)?.deallocate()
        }
    }

    deinit { release() }
}

/// Writes numbers and texts one after the other, little-endian; ``ByteReader`` reads them back.
public struct ByteWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    /// Starts empty.
    public init() {}

    /// Appends a whole number of any width.
    public mutating func write<T: FixedWidthInteger>(_ number: T) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends a text with its length before it.
    public mutating func write(_ text: String) {
        write(UInt32(clamping: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends numbers with their count before them.
    public mutating func write<T: FixedWidthInteger>(_ numbers: [T]) {
        write(UInt32(clamping: numbers.count))
        for number in numbers { write(number) }
    }

    /// Appends bytes as they are.
    public mutating func write(raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

    /// Appends zeros up to the next multiple of eight.
    public mutating func align() { while bytes.count % 8 != 0 { bytes.append(0) } }
}

/// Reads what ``ByteWriter`` wrote, and refuses to read past the end.
public struct ByteReader {
    /// The bytes are not what the reader expects.
    public struct Damaged: Error {
        /// Makes the error.
        public init() {}
    }

    private let bytes: UnsafeRawBufferPointer
    /// Where the next value begins.
    public private(set) var offset = 0

    /// Reads `bytes` from the start.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// How many bytes are left.
    public var rest: Int { bytes.count - offset }

    /// Reads a whole number. Throws ``Damaged`` at the end.
    public mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(Damaged) -> T {
        guard rest >= MemoryLayout<T>.size else { throw Damaged() }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
        offset += MemoryLayout<T>.size
        return T(littleEndian: value)
    }

    /// Reads a count that cannot be larger than what is left can hold.
    public mutating func count(ofAtLeast size: Int = 1) throws(Damaged) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= rest / max(1, size) else { throw Damaged() }
        return count
    }

    /// Reads a text.
    public mutating func text() throws(Damaged) -> String {
        String(decoding: try take(try count()), as: UTF8.self)
    }

    /// Reads numbers.
    public mutating func numbers<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(Damaged) -> [T] {
        let count = try count(ofAtLeast: MemoryLayout<T>.size)
        var numbers: [T] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try number()) }
        return numbers
    }

    /// The next `count` bytes.
    public mutating func take(_ count: Int) throws(Damaged) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= rest else { throw Damaged() }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Passes over the zeros before the next multiple of eight.
    public mutating func align() throws(Damaged) { _ = try take((8 - offset % 8) % 8) }
}
