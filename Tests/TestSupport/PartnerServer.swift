import Foundation

/// A partner's mail server on every loopback address: with STARTTLS by stunnel, or, once that is gone, without.
package final class PartnerServer {
    package static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/stunnel4")

    package let port: Int
    private let backend: ScriptedPeer
    private var stunnel: ServerProcess?
    private var plain: ScriptedPeer?

    private init(port: Int, backend: ScriptedPeer, stunnel: ServerProcess) {
        self.port = port
        self.backend = backend
        self.stunnel = stunnel
    }

    /// Calls `body` while the server takes mail over TLS.
    package static func with(_ body: (PartnerServer) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await run(
                "/usr/bin/openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    "key.pem",
                    "-out", "certificate.pem", "-days", "30", "-subj", "/CN=relay1.fabrikam.example",
                ],
                in: folder
            )
            let backend = try ScriptedPeer(.inside)
            defer { backend.stop() }
            let port = try FreePort.next()
            let file = folder.appending(path: "stunnel.conf")
            let text = """
                foreground = yes
                pid =
                syslog = no
                [smtp]
                accept = 0.0.0.0:\(port)
                connect = 127.0.0.1:\(backend.port)
                protocol = smtp
                cert = \(folder.appending(path: "certificate.pem").path)
                key = \(folder.appending(path: "key.pem").path)

                """
            try Data(text.utf8).write(to: file)
            let stunnel = try ServerProcess("/usr/bin/stunnel4", [file.path], in: folder)
            let server = PartnerServer(port: port, backend: backend, stunnel: stunnel)
            defer { server.stop() }
            try await stunnel.waitUntilListening(on: port)
            try await body(server)
        }
    }

    /// The same server without STARTTLS from now on.
    package func loseSTARTTLS() throws {
        stunnel?.stop()
        stunnel = nil
        plain = try ScriptedPeer(on: "0.0.0.0", port: port) { _ in .upToEHLO("SIZE 1000") + .quit }
    }

    /// The same server that takes no mail for the moment.
    package func fallIll() throws {
        stunnel?.stop()
        stunnel = nil
        plain = try ScriptedPeer(on: "0.0.0.0", port: port) { _ in [.send("421 come back later\r\n")] }
    }

    private func stop() {
        stunnel?.stop()
        plain?.stop()
    }
}
