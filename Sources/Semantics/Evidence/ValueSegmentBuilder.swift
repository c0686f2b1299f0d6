import Modeling
import Schemas
import Values

/// Builds the segment of one table from the values that were gathered.
public enum ValueSegmentBuilder {
    /// The bytes of the segment; nil when there is nothing to name.
    public static func bytes(table: String, columns: [(name: String, values: ValueGatherer)]) -> [UInt8]? {
        var builder = Builder()
        for column in columns { builder.add(column.name, column.values) }
        return builder.entries.isEmpty ? nil : builder.bytes(table)
    }

    private struct Builder {
        struct Entry {
            var hash: UInt64
            var text: Range<Int>
            var count: UInt32
        }
        var entries: [Entry] = []
        var texts: [UInt8] = []
        var columns: [(name: String, end: Int, isTruncated: Bool)] = []
        var longestPhrase = 0
        // Words in the order in which they were met.
        var words: [UInt64: Int32] = [:]
        var wordBytes: [UInt8] = []
        var wordEnds: [Int] = []
        var last: [UInt32] = []
        var pairs: [(word: Int32, entry: UInt32)] = []

        mutating func add(_ name: String, _ values: ValueGatherer) {
            values.finish()
            var normalizer = ValueNormalizer()
            values.arena.withUnsafeBytes { arena in
                func text(_ value: Int) -> UnsafeRawBufferPointer {
                    UnsafeRawBufferPointer(rebasing: arena[values.range(value)])
                }
                // Smallest first, as the database would sort them.
                let order = (0..<values.count).sorted { text($0).lexicographicallyPrecedes(text($1)) }
                for value in order {
                    normalizer.normalize(text(value))
                    guard !normalizer.words.isEmpty, normalizer.words.count <= ValueIndex.wordLimit else {
                        continue
                    }
                    add(text(value), values.counts[value], normalizer)
                }
            }
            columns.append((name, entries.count, values.isTruncated))
        }

        private mutating func add(_ text: UnsafeRawBufferPointer, _ count: UInt32, _ normal: ValueNormalizer) {
            let number = UInt32(entries.count)
            longestPhrase = max(longestPhrase, normal.words.count)
            let start = texts.count
            texts.append(contentsOf: text)
            normal.key.withUnsafeBytes { key in
                entries.append(Entry(hash: StableHash.of(key), text: start..<texts.count, count: count))
                for range in normal.words {
                    let word = UnsafeRawBufferPointer(rebasing: key[range])
                    let hash = StableHash.of(word)
                    let at: Int32
                    if let known = words[hash] {
                        at = known
                    } else {
                        at = Int32(wordEnds.count)
                        words[hash] = at
                        wordBytes.append(contentsOf: word)
                        wordEnds.append(wordBytes.count)
                        last.append(.max)
                    }
                    if last[Int(at)] != number {
                        last[Int(at)] = number
                        pairs.append((at, number))
                    }
                }
            }
        }

        func bytes(_ table: String) -> [UInt8] {
            var writer = ByteWriter()
            writer.write(ValueSegment.mark)
            writer.write(table)
            writer.write(UInt32(columns.count))
            for column in columns {
                writer.write(column.name)
                writer.write(UInt32(column.end))
                writer.write(UInt8(column.isTruncated ? 1 : 0))
            }
            for number in [longestPhrase, entries.count, wordEnds.count, texts.count, wordBytes.count, pairs.count]
            {
                writer.write(UInt32(number))
            }
            func part<T: FixedWidthInteger>(_ numbers: some Sequence<T>) {
                writer.align()
                for number in numbers { writer.write(number) }
            }
            let byHash = entries.indices.sorted {
                (entries[$0].hash, $0) < (entries[$1].hash, $1)
            }
            part(byHash.lazy.map { entries[$0].hash })
            part(byHash.lazy.map { UInt32($0) })
            part(entries.lazy.map { UInt32($0.text.upperBound) })
            part(entries.lazy.map(\.count))
            writer.align()
            texts.withUnsafeBytes { writer.write(raw: $0) }
            writeWords(&writer)
            return writer.bytes
        }

        private func writeWords(_ writer: inout ByteWriter) {
            func range(_ word: Int) -> Range<Int> { (word == 0 ? 0 : wordEnds[word - 1])..<wordEnds[word] }
            let (order, reversed) = wordBytes.withUnsafeBytes { bytes -> ([Int], [Int]) in
                func word(_ at: Int) -> UnsafeRawBufferPointer {
                    UnsafeRawBufferPointer(rebasing: bytes[range(at)])
                }
                let order = wordEnds.indices.sorted { word($0).lexicographicallyPrecedes(word($1)) }
                let reversed = order.indices.sorted {
                    word(order[$0]).reversed().lexicographicallyPrecedes(word(order[$1]).reversed())
                }
                return (order, reversed)
            }
            writer.align()
            var end = 0
            for word in order {
                end += range(word).count
                writer.write(UInt32(end))
            }
            writer.align()
            wordBytes.withUnsafeBytes { bytes in
                for word in order { writer.write(raw: UnsafeRawBufferPointer(rebasing: bytes[range(word)])) }
            }
            writer.align()
            for place in reversed { writer.write(UInt32(place)) }
            // Pairs come by ascending entry; counting them by word keeps that order.
            var ends = [Int](repeating: 0, count: wordEnds.count)
            for pair in pairs { ends[Int(pair.word)] += 1 }
            var place = [Int](repeating: 0, count: wordEnds.count)
            var total = 0
            writer.align()
            for word in order {
                place[word] = total
                total += ends[word]
                writer.write(UInt32(total))
            }
            var postings = [UInt32](repeating: 0, count: pairs.count)
            for pair in pairs {
                postings[place[Int(pair.word)]] = pair.entry
                place[Int(pair.word)] += 1
            }
            writer.align()
            for entry in postings { writer.write(entry) }
        }
    }
}
