import Services

/// Runs `body` on a thread of its own. For tests that watch the clock or must act in time: the threads of the shared
/// pool may be busy with other tests for long.
public func onThreadOfItsOwn(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let thread = ThreadPoolExecutor(threads: 1)
    defer { thread.stop() }
    try await Task(executorPreference: thread, operation: body).value
}
