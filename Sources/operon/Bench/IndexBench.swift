import Databases
import Schemas
import Services
import Toolbox
import Values

/// The index of a database's values: how long it takes to build, what it costs, how fast it is taken up again.
enum IndexBench {
    static func run(_ options: Benchmark.Options) async throws -> Measurement {
        guard let path = options.file else {
            throw UsageError("this benchmark needs --file: the SQLite file whose values are indexed")
        }
        let folder = try TemporaryFolder()
        let url = try DatabaseURL(path)
        let time = SystemTime()
        func pool() -> DatabasePool { DatabasePool(index: IndexSettings(folder: folder.path)) }
        let before = Measurement.residentMiB
        let start = time.monotonicNanoseconds()
        let first = pool()
        let built = try await first.prepare(first.add(url))
        let cold = time.monotonicNanoseconds() - start
        let peak = peakMiB() - before
        if let file = options.model {
            let model = try await first.inferredModel(of: first.add(url), source: options.source)
            try Files.replace(file, with: Array(model.description.utf8))
        }
        var durations: [UInt64] = []
        for _ in 0..<10 {
            let again = pool()
            let start = time.monotonicNanoseconds()
            _ = try await again.prepare(again.add(url))
            durations.append(time.monotonicNanoseconds() - start)
        }
        let kept = try Files.names(in: folder.path).compactMap { try? Files.bytes("\(folder.path)/\($0)").count }
        return Measurement(
            name: "index", durations: durations, total: durations.reduce(0, +),
            extra: [
                "build_s": .double(Double(cold / 1_000_000) / 1000), "peak_mib": .double(peak.rounded()),
                "values": .int(built.values), "tables_read": .int(built.tablesRead),
                "file_mib": .double((Double(kept.reduce(0, +)) / 104_857.6).rounded() / 10),
            ])
    }
}
