import Foundation
import Testing

@Suite("Simulated runs")
struct SimulationTests {
    /// `OPERON_SEED=k` runs one seed; `OPERON_SEEDS=N` runs seeds 1 … N (1 000 when unset).
    static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["OPERON_SEED"].flatMap(UInt64.init) { return [one] }
        return Array(1...(environment["OPERON_SEEDS"].flatMap(UInt64.init) ?? 1000))
    }

    @Test(
        "end, leave a valid log, replay, and go on after a crash as if nothing had happened", arguments: 0..<4)
    func seeds(part: Int) async {
        var failures = 0
        for seed in Self.seeds where Int(seed % 4) == part {
            do {
                for violation in try await SimulatedRun(seed: seed).violations() {
                    Issue.record(
                        "seed \(seed): \(violation)\nreproduce: OPERON_SEED=\(seed) swift test --filter SimulationTests"
                    )
                    failures += 1
                }
            } catch {
                Issue.record(
                    "seed \(seed): \(error)\nreproduce: OPERON_SEED=\(seed) swift test --filter SimulationTests")
                failures += 1
            }
            if failures >= 5 { return }
        }
    }
}
