internal import COpenSSL
internal import Values

/// The server's side of TLS: 1.2 and 1.3, one certificate chain and its key.
///
/// @unchecked Sendable because OpenSSL counts references to a context atomically, and it is only read after it was made.
final class TLSContext: @unchecked Sendable {
    fileprivate let context: OpaquePointer

    /// Reads PEM files. The error names the file that cannot be used, and never what stands in it.
    init(_ files: TLSFiles) throws(OperonError) {
        guard let made = SSL_CTX_new(TLS_server_method()) else {
            throw OperonError(code: "tls_unavailable", "OpenSSL gives no context for TLS")
        }
        _ = operon_ssl_minimum_tls12(made)
        _ = operon_ssl_mode(made)
        _ = operon_ssl_options(made)
        func unusable(_ what: String, _ path: String, _ hint: String) -> OperonError {
            SSL_CTX_free(made)
            ERR_clear_error()
            return OperonError(code: "tls_unusable", "The \(what) cannot be used", hint: hint, at: path)
        }
        guard SSL_CTX_use_certificate_chain_file(made, files.certificate) == 1 else {
            throw unusable(
                "TLS certificate", files.certificate, "Name a readable PEM file: the certificate, then its issuers")
        }
        guard SSL_CTX_use_PrivateKey_file(made, files.key, SSL_FILETYPE_PEM) == 1 else {
            throw unusable(
                "TLS key", files.key,
                "Name a readable PEM file with the key of the certificate, without a passphrase")
        }
        context = made
    }

    deinit { SSL_CTX_free(context) }

    /// TLS for one accepted descriptor; nil when there is no memory.
    func session(_ fd: Int32) -> TLSSession? {
        guard let ssl = SSL_new(context) else { return nil }
        SSL_set_fd(ssl, fd)
        SSL_set_accept_state(ssl)
        return TLSSession(ssl)
    }
}

/// How far a call got.
enum IOProgress {
    /// So many bytes.
    case moved(Int)
    /// Nothing for now.
    case wantsRead
    /// Nothing for now, and not before something can be written.
    case wantsWrite
    /// The other side has ended.
    case ended
    /// The connection is broken.
    case failed
}

/// TLS on one descriptor that does not block. Used on the loop's thread.
final class TLSSession {
    private let ssl: OpaquePointer

    fileprivate init(_ ssl: OpaquePointer) { self.ssl = ssl }

    deinit { SSL_free(ssl) }

    /// Goes on with the handshake; `.moved` when it is complete.
    func handshake() -> IOProgress {
        ERR_clear_error()
        let code = SSL_do_handshake(ssl)
        return code == 1 ? .moved(0) : progress(code)
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> IOProgress {
        ERR_clear_error()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        return count > 0 ? .moved(Int(count)) : progress(count)
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> IOProgress {
        ERR_clear_error()
        let count = SSL_write(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        return count > 0 ? .moved(Int(count)) : progress(count)
    }

    /// Says that nothing more will be written.
    func shutdown() {
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    private func progress(_ code: Int32) -> IOProgress {
        switch SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ: .wantsRead
        case SSL_ERROR_WANT_WRITE: .wantsWrite
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed
        }
    }
}
