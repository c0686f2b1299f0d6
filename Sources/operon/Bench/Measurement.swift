import Glibc
import Semantics
import Services
import Values

/// What a benchmark measured.
struct Measurement: CustomStringConvertible {
    var name: String
    var perSecond: Double
    /// The median and the 99th percentile of one operation, in microseconds.
    var p50: Double
    var p99: Double
    /// How many operations were measured.
    var count: Int
    /// Further figures.
    var extra: JSONObject = [:]

    /// `{"name","per_second","p50_us","p99_us","rss_mib","n"}` and further figures.
    var json: JSON {
        var object: JSONObject = [
            "name": .string(name), "per_second": .double(perSecond.rounded()), "p50_us": .double(round2(p50)),
            "p99_us": .double(round2(p99)), "rss_mib": .double(round2(Self.residentMiB)), "n": .int(count),
        ]
        for member in extra.members { object[member.key] = member.value }
        return .object(object)
    }

    var description: String {
        let figures = [
            "\(name): \(NumberFormat.grouped(Int(perSecond)))/s", "p50 \(round2(p50)) µs", "p99 \(round2(p99)) µs",
            "\(round2(Self.residentMiB)) MiB", "n \(NumberFormat.grouped(count))",
        ]
        return (figures + extra.members.map { "\($0.key) \($0.value)" }).joined(separator: ", ")
    }

    /// From single durations in nanoseconds and the time that all of them took together.
    init(name: String, durations: [UInt64], operationsEach: Int = 1, total: UInt64, extra: JSONObject = [:]) {
        let sorted = durations.sorted()
        func percentile(_ p: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * p))]) / 1000
                / Double(operationsEach)
        }
        self.name = name
        count = durations.count * operationsEach
        perSecond = Double(count) / (Double(max(1, total)) / 1e9)
        p50 = percentile(0.5)
        p99 = percentile(0.99)
        self.extra = extra
    }

    /// The memory that the process occupies now, in MiB (`/proc/self/statm`).
    static var residentMiB: Double {
        guard let text = try? Files.text("/proc/self/statm") else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
}

private func round2(_ value: Double) -> Double { (value * 100).rounded() / 100 }

/// Nanoseconds of the monotonic clock.
func monotonic() -> UInt64 { SystemTime().monotonicNanoseconds() }
