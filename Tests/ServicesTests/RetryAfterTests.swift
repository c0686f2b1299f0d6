import Services
import Testing
import Values

@Suite("Retry-After")
struct RetryAfterTests {
    /// 1994-11-06T08:49:00Z, 37 seconds before the example of RFC 9110.
    static let now = Timestamp(iso8601: "1994-11-06T08:49:00Z") ?? Timestamp(microseconds: 0)

    static func wait(_ value: String?, ms: String? = nil, now: Timestamp = now) -> Duration? {
        RetryAfter.wait(now: now) { ["retry-after": value, "retry-after-ms": ms][$0] ?? nil }
    }

    @Test(
        "numbers",
        arguments: [
            ("0", Duration.zero), ("1", .seconds(1)), (" 7 ", .seconds(7)), ("1.5", .milliseconds(1500)),
            (".5", .milliseconds(500)), ("2.", .seconds(2)), ("1e2", .seconds(100)), ("86400", .seconds(86400)),
            ("+3", .seconds(3)), ("0.0000000001", .nanoseconds(1)),
        ])
    func numbers(text: String, expected: Duration) { #expect(Self.wait(text) == expected, "\(text)") }

    @Test(
        "what is too great for a deadline is the longest wait",
        arguments: ["1e400", "99999999999999999999999999", "9223372036854775807", "315360000", "1e308"])
    func absurd(text: String) { #expect(Self.wait(text) == RetryAfter.longest, "\(text)") }

    @Test(
        "what is no wait is none",
        arguments: [
            "", " ", "-1", "-0", "-1e400", "nan", "inf", "-inf", "infinity", "NaN", "0x10", "soon", "1 2", "1,5",
            "e", ".", "--1", "1e", "120s", "٣", "Sun, 31 Feb 2026 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z", "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        ])
    func nothing(text: String) { #expect(Self.wait(text) == nil, "\(text)") }

    @Test(
        "the three forms of dates",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "  Sun, 06 Nov 1994 08:49:37 GMT",
        ])
    func dates(text: String) { #expect(Self.wait(text) == .seconds(37), "\(text)") }

    @Test("a date that has passed is a wait of zero, a distant one the longest wait")
    func farDates() {
        #expect(Self.wait("Sun, 06 Nov 1994 08:48:00 GMT") == .zero)
        #expect(Self.wait("Thu, 01 Jan 1970 00:00:00 GMT") == .zero)
        #expect(Self.wait("Fri, 31 Dec 9999 23:59:59 GMT") == RetryAfter.longest)
        #expect(Self.wait("Sat, 31 Dec 2016 23:59:60 GMT") != nil)
    }

    @Test("a year of two digits is never more than fifty years ahead")
    func centuries() {
        let now = Timestamp(iso8601: "2026-01-01") ?? Self.now
        #expect(Self.wait("Thursday, 01-Jan-26 00:00:09 GMT", now: now) == .seconds(9))
        #expect(Self.wait("Sunday, 06-Nov-94 08:49:37 GMT", now: now) == .zero)
        #expect(Self.wait("Wednesday, 01-Jan-76 00:00:00 GMT", now: now) == RetryAfter.longest)
        #expect(Self.wait("Saturday, 01-Jan-77 00:00:00 GMT", now: now) == .zero)
    }

    @Test("thousandths go first, unless they cannot be read")
    func order() {
        #expect(Self.wait("9", ms: "250") == .milliseconds(250))
        #expect(Self.wait("9", ms: "1.5") == .microseconds(1500))
        #expect(Self.wait("9", ms: "later") == .seconds(9))
        #expect(Self.wait("9", ms: "-1") == .seconds(9))
        #expect(Self.wait(nil, ms: "1e400") == RetryAfter.longest)
        #expect(Self.wait(nil) == nil)
    }

    @Test("whether to try again at all")
    func shouldRetry() {
        func read(_ value: String?) -> Bool? { RetryAfter.shouldRetry { _ in value } }
        #expect(read("true") == true && read(" False ") == false)
        #expect(read(nil) == nil && read("1") == nil && read("") == nil)
    }

    @Test("whatever stands there, the wait is none or within bounds", arguments: 0..<20)
    func anyText(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("0123456789.+-eE ,:GMTSunNov-é\u{0}nanif\t")
        for _ in 0..<500 {
            let text = String((0..<random.below(32)).map { _ in alphabet[random.below(alphabet.count)] })
            if let wait = Self.wait(text, ms: random.chance(0.2) ? text : nil) {
                #expect(wait >= .zero && wait <= RetryAfter.longest, "\(text)")
            }
        }
    }

    @Test("every second of many years is read in every form", arguments: 0..<8)
    func everyDate(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        for _ in 0..<200 {
            // Within nine years, which is less than the longest wait, and of one century for the short form.
            let moment = Timestamp(microseconds: (1_767_225_600 + Int64(random.below(283_000_000))) * 1_000_000)
            let ahead = random.below(1_000_000)
            let now = Timestamp(microseconds: moment.microseconds - Int64(ahead) * 1_000_000)
            let date = moment.date
            let seconds = Int(moment.microseconds / 1_000_000 % 86_400)
            let time = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
            let (name, month) = (days[date.weekday - 1], months[date.month - 1])
            let forms = [
                "\(name.prefix(3)), \(two(date.day)) \(month) \(date.year) \(time) GMT",
                "\(name), \(two(date.day))-\(month)-\(two(date.year % 100)) \(time) GMT",
                "\(name.prefix(3)) \(month) \(date.day < 10 ? " " : "")\(date.day) \(time) \(date.year)",
            ]
            for form in forms { #expect(Self.wait(form, now: now) == .seconds(ahead), "\(form)") }
        }
    }
}
