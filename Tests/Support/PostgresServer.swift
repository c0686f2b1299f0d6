public import Databases
import Foundation
import Glibc
import Services
import Synchronization

/// A PostgreSQL server of the tests' own: on a free port of 127.0.0.1, with its data in a temporary directory. It is
/// started by the first test that needs it, serves all tests of the process, and ends with the process.
///
/// Use it so, and give the suite `.enabled(if: PostgresServer.isInstalled, PostgresServer.remedy)`:
/// ```swift
/// let url = try await PostgresServer.shared().makeDatabase("CREATE TABLE t(id int PRIMARY KEY); …")
/// ```
public final class PostgresServer: Sendable {
    /// The port that it listens on.
    public let port: UInt16
    private let folder: String
    private let process: pid_t

    /// Whether the server's programs are on this machine.
    public static var isInstalled: Bool { programs != nil }
    /// What to do when they are not.
    public static let remedy = "there is no PostgreSQL server here: scripts/setup.sh test installs it"

    private static let one = Mutex<Result<PostgresServer, any Error>?>(nil)
    private static let starter = BlockingThread()
    private static let databaseCount = Atomic(0)

    /// The server of this process.
    public static func shared() async throws -> PostgresServer {
        // Started on a thread that stays: the kernel ends the server when the thread that made it is gone.
        try await starter.run {
            try one.withLock { known in
                if let known { return try known.get() }
                let result = Result { try PostgresServer() }
                known = result
                return try result.get()
            }
        }
    }

    /// Makes a database of its own and runs `sql` in it; returns its URL. The user `operon` owns it and needs no
    /// password.
    public func makeDatabase(_ sql: String = "") async throws -> DatabaseURL {
        let name = "test\(Self.databaseCount.add(1, ordering: .relaxed).newValue)"
        let admin = try DatabaseURL("postgres://operon@127.0.0.1:\(port)/postgres")
        let url = try DatabaseURL("postgres://operon@127.0.0.1:\(port)/\(name)")
        try await Self.starter.run {
            try PostgreSQLConnection(admin).execute("CREATE DATABASE \(name) TEMPLATE template0")
            if !sql.isEmpty { try PostgreSQLConnection(url).execute(sql) }
        }
        return url
    }

    /// Runs statements that may change things, as the owner.
    public func execute(_ sql: String, on url: DatabaseURL) async throws {
        try await Self.starter.run { try PostgreSQLConnection(url).execute(sql) }
    }

    /// Runs `body` with a connection of its own that may change things, on a thread where it may block.
    package func withConnection<T: Sendable>(
        to url: DatabaseURL, _ body: @escaping @Sendable (PostgreSQLConnection) throws -> T
    ) async throws -> T {
        try await Self.starter.run { try body(PostgreSQLConnection(url)) }
    }

    // MARK: Starting

    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
        let folders = versions.sorted(by: >).map { "\(root)/\($0)/bin" } + ["/usr/local/pgsql/bin", "/usr/bin"]
        return folders.first { access($0 + "/initdb", X_OK) == 0 && access($0 + "/postgres", X_OK) == 0 }
    }()

    private init() throws {
        guard let programs = Self.programs else { throw Failure("\(Self.remedy)") }
        Self.removeLeftovers()
        folder = NSTemporaryDirectory() + "/operon-postgres-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The server refuses to run as root: then the user that its package made runs it.
        var prefix: [String] = []
        if geteuid() == 0 {
            guard let user = getpwnam("postgres") else {
                throw Failure("there is no user postgres to run the server")
            }
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
            chmod(folder, 0o755)
            prefix = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        }
        if access("/usr/bin/setpriv", X_OK) == 0 {
            // Whatever becomes of the tests, the server does not outlive them.
            prefix = (prefix.isEmpty ? ["/usr/bin/setpriv"] : prefix) + ["--pdeathsig", "QUIT"]
        }
        // The directory of the tests may be closed to that user.
        prefix = ["/usr/bin/env", "-C", "/"] + prefix
        let log = folder + "/log"
        let initdb = try Self.spawn(
            prefix + [
                programs + "/initdb", "-D", folder + "/data", "-U", "operon", "-A", "trust", "-E", "UTF8",
                "--locale=C.UTF-8", "--no-sync", "--no-instructions",
            ], log)
        guard Self.wait(initdb) == 0 else { throw Failure("initdb failed:\n" + Self.text(log)) }
        // One user needs its password; all others are let in.
        let rules = folder + "/data/pg_hba.conf"
        let all = "host all locked 127.0.0.1/32 scram-sha-256\n" + Self.text(rules)
        try Data(all.utf8).write(to: URL(fileURLWithPath: rules), options: [])
        port = try Self.freePort()
        process = try Self.spawn(
            prefix + [
                programs + "/postgres", "-D", folder + "/data", "-p", "\(port)", "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "synchronous_commit=off",
                "-c", "full_page_writes=off", "-c", "shared_buffers=32MB", "-c", "max_connections=60",
                "-c", "autovacuum=off", "-c", "timezone=UTC",
            ], log)
        try waitUntilReady(log)
        ending.withLock { $0.append((process, folder)) }
        atexit { endServers() }
    }

    /// Connects until the server lets somebody in, or has ended.
    private func waitUntilReady(_ log: String) throws {
        let url = try DatabaseURL("postgres://operon@127.0.0.1:\(port)/postgres")
        for _ in 0..<600 {
            if (try? PostgreSQLConnection(url)) != nil { return }
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process { break }
            // The server tells nobody when it is ready; its port is all there is to ask.
            usleep(50_000)
        }
        throw Failure("the server did not start:\n" + Self.text(log))
    }

    /// Directories whose tests were killed.
    private static func removeLeftovers() {
        let root = NSTemporaryDirectory()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] {
            guard name.hasPrefix("operon-postgres-"), let pid = Int32(name.dropFirst(16)), kill(pid, 0) != 0 else {
                continue
            }
            try? FileManager.default.removeItem(atPath: root + "/" + name)
        }
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure("no port is free") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func spawn(_ words: [String], _ log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The thread that starts it takes no signals; the server must, or nothing would stop it.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let code = posix_spawn(&process, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw Failure("\(words[0]) does not start: \(code)") }
        return process
    }

    private static func wait(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// Why there is no server.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

/// What has to be ended with the process.
private let ending = Mutex<[(process: pid_t, folder: String)]>([])

/// Ends the servers at once (SIGQUIT: nobody needs their data) and removes what they wrote.
private func endServers() {
    for (process, folder) in ending.withLock({ $0 }) {
        kill(process, SIGQUIT)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        try? FileManager.default.removeItem(atPath: folder)
    }
}
