internal import CSQLite
internal import Glibc

/// What is set once per process before SQLite is used.
///
/// SQLite's own heap limit counts the whole process: a greedy question would make the durable log fail. So memory is
/// counted per thread instead, by an allocator under SQLite: a sandboxed database installs its ``StatementGuard`` on
/// its thread, and only allocations of that thread can be refused. SQLite's own statistics are off, which also takes
/// a process-wide lock out of each allocation.
enum SQLiteLibrary {
    /// Whether allocations are counted; false when something else in the process started SQLite first.
    static let isReady: Bool = {
        var methods = sqlite3_mem_methods(
            xMalloc: countedAllocate, xFree: countedFree, xRealloc: countedReallocate, xSize: countedSize,
            xRoundup: countedRoundUp, xInit: countedStart, xShutdown: countedEnd, pAppData: nil)
        guard shim_sqlite3_config_malloc(&methods) == SQLITE_OK else { return false }
        guard shim_sqlite3_config_int(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK else { return false }
        return sqlite3_initialize() == SQLITE_OK
    }()

    fileprivate static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Makes `watch` count the calling thread's allocations; nil ends that. The caller keeps `watch` alive meanwhile.
    static func install(_ watch: StatementGuard?) {
        pthread_setspecific(key, watch.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) })
    }
}

// The allocator: file-scope functions, so that they inherit no isolation.

@inline(__always)
private func currentGuard() -> Unmanaged<StatementGuard>? {
    pthread_getspecific(SQLiteLibrary.key).map { Unmanaged<StatementGuard>.fromOpaque($0) }
}

private func countedAllocate(_ count: Int32) -> UnsafeMutableRawPointer? {
    guard let watch = currentGuard() else { return malloc(Int(count)) }
    return watch._withUnsafeGuaranteedRef { watch in
        guard watch.mayAllocate(Int(count)), let block = malloc(Int(count)) else { return nil }
        watch.count(malloc_usable_size(block))
        return block
    }
}

private func countedFree(_ block: UnsafeMutableRawPointer?) {
    guard let block else { return }
    currentGuard()?._withUnsafeGuaranteedRef { $0.count(-malloc_usable_size(block)) }
    free(block)
}

private func countedReallocate(_ block: UnsafeMutableRawPointer?, _ count: Int32) -> UnsafeMutableRawPointer? {
    guard let watch = currentGuard() else { return realloc(block, Int(count)) }
    return watch._withUnsafeGuaranteedRef { watch in
        let before = malloc_usable_size(block)
        guard watch.mayAllocate(max(0, Int(count) - before)), let moved = realloc(block, Int(count)) else {
            return nil
        }
        watch.count(malloc_usable_size(moved) - before)
        return moved
    }
}

private func countedSize(_ block: UnsafeMutableRawPointer?) -> Int32 { Int32(clamping: malloc_usable_size(block)) }
private func countedRoundUp(_ count: Int32) -> Int32 { (count + 7) & ~7 }
private func countedStart(_ context: UnsafeMutableRawPointer?) -> Int32 { SQLITE_OK }
private func countedEnd(_ context: UnsafeMutableRawPointer?) {}
