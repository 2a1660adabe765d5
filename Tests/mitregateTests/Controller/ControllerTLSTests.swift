import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing
import Transfers

/// The API over TLS, with a certificate that no system trusts.
@Suite struct ControllerTLSTests {
    /// Calls `body` with a bed whose server has the certificate `server.pem` and this key.
    private static func with(
        key: String,
        _ body: @Sendable (ControllerBed) async throws -> Void
    ) async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            for name in ["server", "other"] {
                try await run(
                    "/usr/bin/openssl",
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        "\(name).key", "-out", "\(name).pem", "-days", "30", "-subj", "/CN=\(name)", "-addext",
                        "subjectAltName=IP:127.0.0.1",
                    ],
                    in: laboratory.folder
                )
            }
            let bed = ControllerBed(laboratory: laboratory, port: try FreePort.next(), pool: try TransferPool())
            let tls = ", tls: {certificate: server.pem, privateKey: \(key)}, tokens:"
            try bed.configure(edit: { $0.replacing(", tokens:", with: tls) })
            try await body(bed)
        }
    }

    @Test func `commands reach it with SSL_CERT_FILE, and not without`() async throws {
        try await Self.with(key: "server.key") { bed in
            let ending = try await bed.laboratory.mitregate.run(["controller"]) { running in
                try await running.says("Listening on")
                var program = bed.laboratory.mitregate
                program.environment["MITREGATE_SERVER_TOKEN"] = ControllerBed.token
                let distrusted = try await program.run(["events"])
                #expect(distrusted.code == 1 && distrusted.output.isEmpty, "\(distrusted)")
                #expect(distrusted.errors.contains("certificate"), "\(distrusted)")
                program.environment["SSL_CERT_FILE"] = "server.pem"
                let trusted = try await program.run(["events"])
                #expect(trusted.code == 0 && trusted.errors.isEmpty, "\(trusted)")
                let status = try await program.run(["status", "-o", "json"]).document("Tenants")
                #expect((status["tenants"] as? [[String: Any]])?.count == 1)
                kill(running.process, SIGTERM)
            }
            #expect(ending.code == 0, "\(ending)")
        }
    }

    @Test(arguments: ["other.key", "server.pem", "nowhere.key"])
    func `a key that is not the certificate's is refused at the start, before any tenant is asked`(
        key: String
    )
        async throws
    {
        try await Self.with(key: key) { bed in
            let ending = try await bed.laboratory.mitregate("controller")
            #expect(ending.code == 1 && ending.output.isEmpty, "\(ending)")
            #expect(ending.errors.contains("certificate or its key cannot be used"), "\(ending)")
            #expect(ending.errors.contains("tls.privateKey"), "\(ending)")
            #expect(bed.laboratory.simulator.requests().isEmpty)
        }
    }
}
