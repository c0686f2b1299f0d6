internal import Services

/// A moment by which something must have ended, and why it may have been cancelled.
struct Deadline: Sendable {
    let moment: UInt64
    let length: Duration
    let time: any TimeSource

    init(in length: Duration, time: any TimeSource) {
        let (moment, overflow) = time.monotonicNanoseconds().addingReportingOverflow(length.wholeNanoseconds)
        self.moment = overflow ? .max : moment
        self.length = length
        self.time = time
    }

    /// What is left; never negative.
    var remaining: Duration {
        let now = time.monotonicNanoseconds()
        return now < moment ? .nanoseconds(Int64(clamping: moment - now)) : .zero
    }

    /// Whether it has passed.
    var isOver: Bool { time.monotonicNanoseconds() >= moment }

    /// Runs `body` and cancels it when the moment has come; returns what `body` makes of that, once it has ended.
    func limit<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
        let result = await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                let left = remaining.wholeNanoseconds
                if left > 0 { try? await time.sleep(nanoseconds: left) }
                return nil
            }
            var result: Value?
            for await one in group {
                group.cancelAll()
                if let one { result = one }
            }
            return result
        }
        if let result { return result }
        // The group gives what each child returned, and `body` is one of them.
        preconditionFailure("the body of a limited task returned nothing")
    }
}
