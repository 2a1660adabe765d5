import COpenSSL

/// OpenSSL's settings for one profile, shared by all sessions.
///
/// Sendable because an `SSL_CTX` is counted with atomics and not changed after it was made (openssl-threads(7)).
final class TLSContext: @unchecked Sendable {
    fileprivate let raw: OpaquePointer

    /// - Parameter isWithoutTLS13: For the Exchange profile only.
    init(_ profile: ProbeProfile, isWithoutTLS13: Bool = false) throws(ProbingError) {
        let wanted =
            switch profile {
            case .exo: isWithoutTLS13 ? MITRE_TLS_EXO_WITHOUT_13 : MITRE_TLS_EXO
            case .diagnostic: MITRE_TLS_DIAGNOSTIC
            }
        guard let raw = mitre_tls_context_new(wanted) else { throw .tlsUnavailable(profile) }
        self.raw = raw
    }

    deinit { mitre_tls_context_free(raw) }
}

/// One handshake, and what was exchanged inside it.
///
/// Used on one event loop.
final class TLSSession {
    enum Step {
        case waiting
        case done
        case failed(String)
        case closed
    }

    private let raw: OpaquePointer

    /// - Parameter sni: A host name, or `nil` to send none.
    init(_ context: TLSContext, sni: String?) throws(ProbingError) {
        guard let raw = mitre_tls_session_new(context.raw, sni) else { throw .tlsUnavailable(nil) }
        self.raw = raw
    }

    deinit { mitre_tls_session_free(raw) }

    func handshake() -> Step { step(mitre_tls_handshake(raw)) }

    /// Hands over what came from the peer.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
        _ = mitre_tls_feed(raw, start, bytes.count)
    }

    /// What is to be sent to the peer.
    func takeOutput() -> [UInt8] {
        var output: [UInt8] = []
        while true {
            let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                count = mitre_tls_output(raw, buffer.baseAddress, buffer.count)
            }
            if chunk.isEmpty { return output }
            output += chunk
        }
    }

    func write(_ text: String) -> Step {
        let bytes = Array(text.utf8)
        return step(mitre_tls_write(raw, bytes, bytes.count))
    }

    /// Everything that can be decrypted now, and how that ended: `.waiting` when more may come.
    func read() -> (bytes: [UInt8], step: Step) {
        var bytes: [UInt8] = []
        while true {
            var status = MITRE_TLS_WAITING
            let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                status = mitre_tls_read(raw, buffer.baseAddress, buffer.count, &count)
            }
            bytes += chunk
            // A dialogue has no use for more; its reader has given up long before.
            if status != MITRE_TLS_DONE || bytes.count > 2 * ReplyReader.longestReply { return (bytes, step(status)) }
        }
    }

    /// Prepares a close_notify as output.
    func close() { mitre_tls_close(raw) }

    private func step(_ status: mitre_tls_status) -> Step {
        switch status {
        case MITRE_TLS_WAITING: .waiting
        case MITRE_TLS_DONE: .done
        case MITRE_TLS_CLOSED: .closed
        default: .failed(String(cString: mitre_tls_error(raw)))
        }
    }
}

extension TLSSession {
    var version: String? { mitre_tls_version(raw).map { String(cString: $0) } }
    var cipher: String? { mitre_tls_cipher(raw).map { String(cString: $0) } }
    var isClientCertificateRequested: Bool { mitre_tls_client_certificate_requested(raw) != 0 }

    /// Whether the handshake failed because the peer sent more than is read of one message.
    var isChainTooLong: Bool { mitre_tls_chain_too_long(raw) != 0 }

    /// The beginning of the chain as it came, leaf first: at most 16 certificates, none above 64 KiB, 128 KiB in all.
    var presentedChain: [Base64Bytes] {
        (0..<mitre_tls_certificate_count(raw)).map { index in
            var count = 0
            let start = mitre_tls_certificate(raw, index, &count)
            return Base64Bytes(Array(UnsafeBufferPointer(start: start, count: count)))
        }
    }

    /// How many the peer sent, those that were not kept included.
    var certificatesSent: Int { mitre_tls_certificates_presented(raw) }

    var stapledOCSP: Base64Bytes? {
        var count = 0
        guard let start = mitre_tls_stapled_ocsp(raw, &count) else { return nil }
        return Base64Bytes(Array(UnsafeBufferPointer(start: start, count: count)))
    }

    /// The fatal alert that ended the session, the peer's before ours.
    var alert: TLSAlert? {
        let received = mitre_tls_alert_received(raw)
        let code = received >= 0 ? received : mitre_tls_alert_sent(raw)
        guard code >= 0 else { return nil }
        return TLSAlert(code: Int(code), name: Self.alertName(Int(code)), received: received >= 0)
    }

    /// As the RFC writes it: `handshake_failure`.
    private static func alertName(_ code: Int) -> String {
        switch code {
        case 116: "certificate_required"  // OpenSSL 3.0 has no words for the newer ones
        case 120: "no_application_protocol"
        default:
            String(
                decoding: String(cString: mitre_tls_alert_name(Int32(code))).utf8.map { $0 == 0x20 ? 0x5f : $0 },
                as: UTF8.self
            )
        }
    }
}
