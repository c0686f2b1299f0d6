internal import CLinux
internal import Glibc
internal import Values

/// The socket that connections come in by.
///
/// @unchecked Sendable because it is made before its loop starts, and then touched by the loop's thread alone.
final class Listener: Pollable, @unchecked Sendable {
    private let fd: Int32
    let port: Int
    private var homes: [ServerLoop] = []
    private var next = 0
    private var token: UInt64?
    /// Kept open, so that there is a descriptor to give up when there are no others.
    private var reserve: Int32 = -1

    /// Listens. The error says which address is not to be had.
    init(host: String, port: Int) throws(OperonError) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let name = host == "localhost" ? "127.0.0.1" : host
        guard (0...65535).contains(port), getaddrinfo(name, "\(port)", &hints, &found) == 0, let address = found
        else {
            throw OperonError(
                code: "listen_address", "The server cannot listen on \(host), port \(port)",
                hint: "Name a numeric address of this machine, such as 127.0.0.1 or ::1, and a port from 0 to 65535"
            )
        }
        defer { freeaddrinfo(found) }
        let made = socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | operon_socket_flags, 0)
        _ = operon_reuse_address(made)
        guard made >= 0, bind(made, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0,
            listen(made, 4096) == 0
        else {
            let reason = String(cString: strerror(errno))
            if made >= 0 { close(made) }
            throw OperonError(
                code: "listen_failed", "The server cannot listen on \(host), port \(port): \(reason)",
                hint: "Choose another port, or 0 for a free one; see which process has this one with 'ss -ltnp'")
        }
        fd = made
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(made, $0, &size) }
        }
        // The port stands at the same place for IPv4 and IPv6.
        self.port = withUnsafeBytes(of: &storage) { Int($0[2]) << 8 | Int($0[3]) }
        reserve = open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    deinit {
        close(fd)
        if reserve >= 0 { close(reserve) }
    }

    /// Begins to accept, for all `homes` in turn. On the thread of the first one.
    func start(_ homes: [ServerLoop]) {
        self.homes = homes
        token = homes[0].loop.watch(fd, operon_epoll_in, self)
    }

    /// Accepts nothing more.
    func stop() {
        guard let token else { return }
        homes[0].loop.forget(token)
        self.token = nil
        // Those who come now are refused by the kernel.
        shutdown(fd, Int32(SHUT_RDWR))
        homes[0].loop.unwatch(fd)
        homes = []
    }

    func ready(_ events: UInt32) {
        for _ in 0..<64 {
            guard token != nil else { return }
            var storage = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let accepted = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept4(fd, $0, &size, operon_socket_flags) }
            }
            if accepted >= 0 {
                let home = homes[next % homes.count]
                next &+= 1
                let peer = numericHost(&storage, size)
                if home.loop.isCurrent {
                    home.adopt(accepted, peer: peer)
                } else {
                    if !home.loop.post({ home.adopt(accepted, peer: peer) }) { close(accepted) }
                }
            } else if errno == EMFILE || errno == ENFILE {
                turnAwayOne()
                return
            } else if errno != EINTR && errno != ECONNABORTED {
                return
            }
        }
    }

    /// There is no descriptor left: one that waits is let in through the reserve and closed, for otherwise it would be
    /// announced for ever.
    private func turnAwayOne() {
        if reserve >= 0 { close(reserve) }
        let accepted = accept4(fd, nil, nil, operon_socket_flags)
        if accepted >= 0 { close(accepted) }
        reserve = open("/dev/null", O_RDONLY | O_CLOEXEC)
        homes[0].counts.turnedAway += 1
    }

    func timeHasCome(_ time: UInt64) {}
    func turnEnds() {}
}

/// The address in `storage` as text.
private func numericHost(_ storage: inout sockaddr_storage, _ size: socklen_t) -> String {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let code = withUnsafePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            getnameinfo($0, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        }
    }
    return code == 0 ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
}
