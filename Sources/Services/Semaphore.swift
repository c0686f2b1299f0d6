internal import Glibc

/// A POSIX semaphore with a stable address.
final class Semaphore: @unchecked Sendable {
    // @unchecked Sendable because POSIX semaphores are made to be used from any thread, and the pointer never changes.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
