#if canImport(Glibc)
    internal import Glibc
#endif

extension SeededRandom {
    /// One of the two normal draws that two uniform draws give.
    static func boxMuller(_ u: Double, _ v: Double) -> Double { (-2 * log(u)).squareRoot() * cos(2 * .pi * v) }
}
