internal import CCurl

extension HTTPFailure {
    /// What a result code of libcurl means.
    /// - Parameters:
    ///   - isRequested: whether the request had begun to go out.
    ///   - hasSystemError: whether the system reported an error on the socket.
    ///   - isSecure: whether TLS was spoken; its errors do not tell whether the socket broke.
    static func curl(
        _ code: CURLcode, isRequested: Bool, hasSystemError: Bool = true, isSecure: Bool = false
    ) -> HTTPFailure {
        // libcurl's names for its codes are constant texts: they hold nothing of the request.
        let text = String(cString: curl_easy_strerror(code))
        func failure(_ kind: Kind, _ lead: String) -> HTTPFailure {
            HTTPFailure(kind, "\(lead) (libcurl \(code.rawValue): \(text))", isUnsent: !isRequested)
        }
        switch code {
        case CURLE_URL_MALFORMAT: return failure(.badRequest, "the URL is not one that can be asked")
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
            return failure(.tls, "no trusted TLS connection; check the certificate authority's file")
        case CURLE_OPERATION_TIMEDOUT where !isRequested: return .timeout(.connectTimeout, isRequested: false)
        case CURLE_OUT_OF_MEMORY, CURLE_FILESIZE_EXCEEDED:
            return failure(.tooLarge, "the response is larger than the library takes")
        case _ where !isRequested: return failure(.connect, "no connection")
        case CURLE_RECV_ERROR where !hasSystemError && !isSecure:
            // The socket is well: what came over it broke the rules, such as a chunk without its length.
            return failure(.protocol, "the answer breaks the rules of HTTP")
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM,
            CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK, CURLE_COULDNT_CONNECT:
            return failure(.reset, "the connection broke before the response was complete")
        default: return failure(.protocol, "the answer breaks the rules of HTTP")
        }
    }

    /// A limit of time that was reached.
    static func timeout(_ kind: Kind, isRequested: Bool) -> HTTPFailure {
        let text =
            switch kind {
            case .connectTimeout: "no connection within the time for connecting"
            case .idleTimeout: "nothing came for longer than allowed"
            default: "the whole took longer than allowed"
            }
        return HTTPFailure(kind, text, isUnsent: !isRequested)
    }

    /// The caller gave the request up.
    static func cancelled(isRequested: Bool) -> HTTPFailure {
        HTTPFailure(.cancelled, "the request was given up", isUnsent: !isRequested)
    }

    /// The engine is no more.
    static func stopped(isRequested: Bool) -> HTTPFailure {
        HTTPFailure(.stopped, "the engine for HTTP has been stopped", isUnsent: !isRequested)
    }
}
