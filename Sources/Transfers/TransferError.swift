import CCurl

/// Why a transfer did not yield an answer.
///
/// It names the host, the phase and libcurl's code, and never a header, a body, or the path and query of the URL.
package struct TransferError: Error, Hashable, Sendable {
    /// How far the transfer had come.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// The request itself is not one that is sent.
        case prepare
        case resolve
        case connect
        case tls
        /// From the first byte of the request to the first byte of the answer.
        case request
        case answer
    }

    package enum Reason: Hashable, Sendable {
        /// libcurl gave up; https://curl.se/libcurl/c/libcurl-errors.html lists the codes.
        case libcurl
        case timedOut
        /// The certificate, or the name in it, was not accepted.
        case untrusted
        case responseTooLarge(limit: Int)
        case addressRefused([RemoteAddress])
        case invalidRequest
    }

    /// `login.example:443`; empty where the URL could not be read.
    package let host: String
    package let phase: Phase
    package let reason: Reason
    /// The `CURLcode`; 0 where libcurl was not asked.
    package let code: Int
    package let message: String

    package init(host: String, phase: Phase, reason: Reason, code: Int = 0, message: String) {
        self.host = host
        self.phase = phase
        self.reason = reason
        self.code = code
        self.message = message
    }

    /// False when not one byte of the request can have reached the server.
    package var mayHaveBeenSent: Bool { phase == .request || phase == .answer }

    /// What to look at, in a sentence for people.
    package var remedy: String {
        switch (reason, phase) {
        case (.invalidRequest, _): "Correct the address in the configuration."
        case (.untrusted, _):
            "Check that the certificate is valid now, bears this host's name, and that its issuer is in the CA file in use."
        case (.responseTooLarge, _): "Check that this is the right host; no answer of this size is expected from it."
        case (.addressRefused, _): "The host's name leads to an address that may not be connected to; check the DNS."
        case (.timedOut, .request), (.timedOut, .answer):
            "The host took the connection and was too slow to answer; try again later."
        case (_, .resolve): "Check the host's name, and the DNS of this machine."
        case (_, .prepare): "Check that the CA file in use exists, can be read, and holds PEM certificates."
        case (_, .connect): "Check that a firewall or proxy lets this machine reach the host and port."
        case (_, .tls): "Check that nothing between here and the host breaks TLS 1.2."
        case (_, .request), (_, .answer): "The connection broke; try again, and check proxies in between."
        }
    }
}

extension TransferError: CustomStringConvertible {
    package var description: String {
        let origin = host.isEmpty ? "" : " to \(host)"
        let number = code == 0 ? "" : " (libcurl \(code))"
        return "The transfer\(origin) failed in its phase \"\(phase.rawValue)\": \(message)\(number)."
    }
}

extension TransferError {
    /// An error from a call that has no transfer yet.
    init(_ code: CURLcode, host: String = "") {
        self.init(
            host: host,
            phase: .prepare,
            reason: .libcurl,
            code: Int(code.rawValue),
            message: String(cString: curl_easy_strerror(code))
        )
    }
}

/// Turns a libcurl status into a throw; every call into libcurl goes through here.
func check(_ code: CURLcode) throws(TransferError) {
    guard code == CURLE_OK else { throw TransferError(code) }
}
