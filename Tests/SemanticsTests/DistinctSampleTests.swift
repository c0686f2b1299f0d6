import Schemas
import Testing
import Values

@Suite("Samples of different values")
struct DistinctSampleTests {
    private func sample(_ numbers: some Sequence<Int>, limit: Int) -> DistinctSample {
        let sampler = DistinctSampler(limit: limit)
        for number in numbers { sampler.add(StableHash.of(number)) }
        return sampler.sample
    }

    @Test("few values are all kept, and counted")
    func exact() {
        let sample = sample([1, 2, 2, 3, 3, 3], limit: 100)
        #expect(sample.isExact && sample.distinctCount == 3 && sample.repeatedCount == 2)
        #expect(sample.counts.sorted() == [1, 2, 3])
        #expect(sample.hashes == sample.hashes.sorted())
    }

    @Test("many values are counted to a few percent in bounded memory, and repetition is still seen")
    func large() {
        let unique = sample(0..<200_000, limit: 4096)
        #expect(unique.hashes.count <= 4096 && !unique.isExact)
        #expect(abs(unique.distinctCount - 200_000) < 20_000)
        #expect(unique.repeatedCount == 0)
        let repeating = sample((0..<200_000).map { $0 % 180_000 }, limit: 4096)
        #expect(repeating.repeatedCount > 200)
    }

    @Test("what part of one column stands in another is told from samples of different sizes")
    func inclusion() {
        let parent = sample(0..<100_000, limit: 4096)
        let inside = sample((0..<50_000).map { $0 * 2 }, limit: 1024).inclusion(in: parent)
        #expect(inside.compared > 100 && inside.part == 1)
        let half = sample(50_000..<150_000, limit: 2048).inclusion(in: parent)
        #expect(half.compared > 300 && abs(half.part - 0.5) < 0.1)
        let outside = sample(200_000..<300_000, limit: 2048).inclusion(in: parent)
        #expect(outside.compared > 300 && outside.part == 0)
    }

    @Test("wrong values that each stand in one row weigh little by rows")
    func dirt() {
        let parent = sample(0..<10, limit: 100)
        let dirty = (0..<10_000).map { $0 % 200 == 0 ? -1 - $0 : $0 % 10 }
        let inclusion = sample(dirty, limit: 1000).inclusion(in: parent)
        #expect(inclusion.part < 0.2 && inclusion.partOfRows > 0.99)
    }

    @Test("a thinned sample is the sample of a smaller limit")
    func thinned() {
        let large = sample(0..<10_000, limit: 8192)
        let small = large.thinned(to: 500)
        #expect(small.hashes.count <= 500 && Set(small.hashes).isSubset(of: large.hashes))
        #expect(small.inclusion(in: large).part == 1)
        #expect(abs(small.distinctCount - 10_000) < 2_500)
    }

    @Test("a profile comes back from its bytes, and cut bytes are refused")
    func bytes() {
        let survey = ColumnSurvey(name: "city")
        survey.addNull()
        for text in ["Bern", "Oslo", "Bern"] { Array(text.utf8).withUnsafeBytes { _ = survey.add($0) } }
        let numbers = ColumnSurvey(name: "n")
        for number in [3.0, 1.5] { numbers.add(number) }
        var table = Profile.Table(name: "t", rowCount: 4, columns: [survey.profile(), numbers.profile()])
        table.combinations = [
            Profile.Combination(columns: ["city", "n"], nullCount: 1, sample: sample(0..<5, limit: 10))
        ]
        var writer = ByteWriter()
        table.write(to: &writer)
        writer.bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let back = try? Profile.Table(from: &reader)
            #expect(back == table && reader.rest == 0)
        }
        for count in 0..<writer.bytes.count {
            writer.bytes.prefix(count).withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                #expect((try? Profile.Table(from: &reader)) == nil)
            }
        }
    }
}
