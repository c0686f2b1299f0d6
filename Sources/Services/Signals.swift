internal import Glibc

/// Signals as events on a thread of their own.
public enum Signals {
    /// An interrupt from the terminal (Ctrl-C).
    public static let interrupt: Int32 = SIGINT
    /// A request to end.
    public static let terminate: Int32 = SIGTERM

    /// Blocks `signals` in the calling thread and in all threads that it starts from now on, and calls `handler` for
    /// each that arrives, on one thread of its own. Called once, first thing in the process. Broken pipes no longer end
    /// the process; writes report them.
    public static func watch(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let watcher = Unmanaged.passRetained(Watcher(set: set, handler: handler))
        var thread = pthread_t()
        pthread_create(&thread, nil, runSignalThread, watcher.toOpaque())
        pthread_detach(thread)
    }
}

private final class Watcher: Sendable {
    let set: sigset_t
    let handler: @Sendable (Int32) -> Void

    init(set: sigset_t, handler: @escaping @Sendable (Int32) -> Void) {
        self.set = set
        self.handler = handler
    }
}

/// The body of the signal thread; a file-scope function, so that it inherits no isolation.
private func runSignalThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let watcher = Unmanaged<Watcher>.fromOpaque(context).takeRetainedValue()
    var set = watcher.set
    while true {
        var number: Int32 = 0
        if sigwait(&set, &number) == 0 { watcher.handler(number) }
    }
}
