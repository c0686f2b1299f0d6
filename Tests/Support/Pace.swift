internal import Glibc

/// How many times slower than usual the tests may run: 1, or what `OPERON_SLOW_FACTOR` says. `scripts/sanitize.sh` sets
/// it, since a sanitizer makes everything several times slower. Bounds on wall time are multiplied by it, and so are
/// deadlines on the real clock that a test expects to be met; nothing else depends on it.
public let slowFactor: Int = {
    guard let text = getenv("OPERON_SLOW_FACTOR"), let factor = Int(String(cString: text)) else { return 1 }
    return max(1, factor)
}()
