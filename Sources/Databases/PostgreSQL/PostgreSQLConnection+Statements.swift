internal import CPQ
internal import Glibc
import Schemas

extension PostgreSQLConnection {
    /// One row, valid until the next.
    struct Row {
        let result: OpaquePointer
        let at: Int32

        var width: Int { Int(PQnfields(result)) }
        func isNull(_ column: Int) -> Bool { PQgetisnull(result, at, Int32(column)) != 0 }
        func length(_ column: Int) -> Int { Int(PQgetlength(result, at, Int32(column))) }
        func type(_ column: Int) -> UInt32 { PQftype(result, Int32(column)) }
        func text(_ column: Int) -> String? {
            if isNull(column) { return nil }
            return PQgetvalue(result, at, Int32(column)).map { String(cString: $0) }
        }
        func bytes(_ column: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: PQgetvalue(result, at, Int32(column)), count: length(column))
        }
    }

    /// How long the server may take to say that it has stopped.
    private static let graceNanoseconds: UInt64 = 150_000_000

    /// Sends one statement with its parameters: the extended protocol takes no second one. `isStreamed` has its rows
    /// arrive one by one, so that the memory for them is bounded.
    func send(_ sql: String, _ parameters: [SQLValue], isStreamed: Bool, _ watch: ConnectionWatch) throws {
        let code = withCStrings(parameters.map(PostgreSQLValues.text)) { values in
            PQsendQueryParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, 0)
        }
        if code == 1, isStreamed { PQsetSingleRowMode(handle) }
        try send(code, watch)
    }

    /// Sees to it that what a `PQsend…` function has queued is on its way.
    func send(_ code: Int32, _ watch: ConnectionWatch) throws {
        guard code == 1 else { throw lost() }
        try flush(watch)
    }

    func flush(_ watch: ConnectionWatch) throws {
        while true {
            let code = PQflush(handle)
            if code == 0 { return }
            guard code > 0 else { throw lost() }
            // A server that is busy sending reads nothing: its answer has to be taken meanwhile.
            if watch.wait(for: PQsocket(handle), Int16(POLLIN | POLLOUT)) != nil {
                throw PostgreSQLError(.lost, "the server did not take the statement in time")
            }
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    /// Passes each row to `body` until it returns false, and takes everything else that comes. The columns' names go
    /// to `head`. Throws what the server refused, once it has nothing more to say. After a stop that the server does
    /// not confirm in time the connection is closed.
    func receive(
        _ watch: ConnectionWatch, maxValueBytes: Int = .max, head: ([String]) -> Void = { _ in },
        _ body: (Row) throws -> Bool
    ) throws {
        var failure: (any Error)?
        var isWanted = true
        var isHeadKnown = false
        while let result = try next(watch, maxValueBytes: maxValueBytes) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
                if !isHeadKnown {
                    isHeadKnown = true
                    head((0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" })
                }
                guard isWanted else { continue }
                do {
                    for at in 0..<PQntuples(result) where isWanted {
                        isWanted = try body(Row(result: result, at: at))
                    }
                } catch {
                    isWanted = false
                    failure = error
                }
                // What is left of the rows is of no use; the server may stop at once.
                if !isWanted { cancel(watch) }
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: continue
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw PostgreSQLError(.lost, "the server began to copy data")
            default:
                // The answer to a cancellation that was only to save time is no failure.
                if failure == nil, isWanted { failure = error(of: result) }
            }
        }
        if let failure { throw failure }
    }

    /// The next result; nil after the last. When the watch stops, the server is told once and its last words are
    /// awaited.
    func next(_ watch: ConnectionWatch, maxValueBytes: Int = .max) throws -> OpaquePointer? {
        var taken = 0
        while PQisBusy(handle) != 0 {
            if watch.wait(for: PQsocket(handle), Int16(POLLIN)) != nil {
                if watch.isStopping { throw PostgreSQLError(.lost, "the server did not stop in time") }
                cancel(watch)
                continue
            }
            // A row is only known when it is complete; one that is larger than any value may be is not waited for.
            taken += Int(operon_pq_waiting_bytes(PQsocket(handle)))
            if taken / 2 > maxValueBytes {
                throw PostgreSQLError(.lost, state: "54000", "a row is larger than it may be")
            }
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
        return PQgetResult(handle)
    }

    /// Asks the server to stop, and gives it a moment to say so.
    private func cancel(_ watch: ConnectionWatch) {
        watch.extend(nanoseconds: Self.graceNanoseconds)
        guard let request = PQgetCancel(handle) else { return }
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(request, &message, Int32(message.count))
        PQfreeCancel(request)
    }

    func lost() -> PostgreSQLError {
        PostgreSQLError(.lost, Self.firstLine(String(cString: PQerrorMessage(handle)), without: []))
    }

    func error(of result: OpaquePointer) -> PostgreSQLError {
        func field(_ code: UnicodeScalar) -> String {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) } ?? ""
        }
        // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY.
        let (state, message) = (field("C"), field("M"))
        if state.isEmpty { return lost() }
        return PostgreSQLError(.refused, state: state, message)
    }
}
