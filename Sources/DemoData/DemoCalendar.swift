import Values

/// The days that a demo business covers, numbered from zero, with their texts made once.
struct DemoCalendar {
    /// Days from 1970-01-01 to day zero.
    let first: Int
    /// How many days there are.
    let dayCount: Int
    /// How many months there are.
    let monthCount: Int
    /// The number of each month's first day, and of the day after the last.
    let monthStarts: [Int]
    /// `YYYY-MM-DD` of each day.
    let texts: [String]

    /// The `months` months that end with the month of `until`.
    init(months: Int, until: CivilDate) {
        let end = CivilDate(year: until.year, month: until.month + 1, day: 1)
        let begin = end.adding(months: -months)
        first = begin.daysSinceEpoch
        dayCount = end.daysSinceEpoch - first
        monthCount = months
        monthStarts = (0...months).map { begin.adding(months: $0).daysSinceEpoch - begin.daysSinceEpoch }
        let epoch = first
        texts = (0..<dayCount).map { CivilDate(daysSinceEpoch: epoch + $0).description }
    }

    /// The date of a day, which may lie outside the covered days.
    func date(_ day: Int) -> CivilDate { CivilDate(daysSinceEpoch: first + day) }

    /// The text of a day, which may lie outside the covered days.
    func text(_ day: Int) -> String { texts.indices.contains(day) ? texts[day] : date(day).description }

    /// `YYYY-MM-DD HH:MM:SS`
    func text(_ day: Int, second: Int) -> String {
        text(day) + " " + Self.twoDigits[second / 3600] + ":" + Self.twoDigits[second / 60 % 60] + ":"
            + Self.twoDigits[second % 60]
    }

    private static let twoDigits = (0..<60).map { $0 < 10 ? "0\($0)" : "\($0)" }
}

extension SeededRandom {
    /// A draw with mean 0 and standard deviation 1, roughly normal: the sum of four uniform draws. It needs only
    /// additions and products, which give the same bits on every machine; logarithms and cosines do not promise that.
    mutating func bell() -> Double { (unit() + unit() + unit() + unit() - 2) * 1.732_050_807_568_877_2 }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// An integer of the range.
    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// A whole number whose mean is `expected`.
    mutating func rounded(_ expected: Double) -> Int { max(0, Int((expected + unit()).rounded(.down))) }

    /// Puts the elements in a random order.
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for index in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(index, below(index + 1)) }
    }
}
