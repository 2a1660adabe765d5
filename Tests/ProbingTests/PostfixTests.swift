import Foundation
import Glibc
import Probing
import TestSupport
import Testing

/// The mail server that most partners run.
@Suite(
    .enabled(
        if: getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/sbin/postfix"),
        "install postfix, and run as root"
    )
)
struct PostfixTests {
    @Test func `a real Postfix is seen with and without TLS, old TLS, and at its limit`() async throws {
        try await withPostfix([
            "good": "",
            "clear": "-o smtpd_tls_security_level=none",
            "old": "-o smtpd_tls_protocols=TLSv1 -o tls_medium_cipherlist=ALL@SECLEVEL=0 "
                + "-o tls_high_cipherlist=ALL@SECLEVEL=0",
            "asks": "-o smtpd_tls_ask_ccert=yes",
            "full": "-o smtpd_client_connection_count_limit=1 -o smtpd_client_event_limit_exceptions=",
        ]) { ports, certificates in
            let prober = try Prober.lab()
            func examine(_ name: String) async throws -> [ProbeObservation] {
                try await prober.examine(.local(try #require(ports[name])))
            }
            let good = try #require(try await examine("good").first)
            #expect(good.completed(.ehloInTLS) && good.tlsVersion == "TLSv1.3" && good.refusesTLS12 == false)
            #expect(good.presentedChain.map(\.bytes) == (try certificates.der("mx.pem")))
            #expect(good.extensions?.contains("STARTTLS") == true)
            #expect(good.extensionsInTLS?.contains("STARTTLS") == false)
            #expect(try await examine("clear").first?.phases.last?.outcome == .notOffered)
            let old = try await examine("old")
            #expect(old.map(\.profile) == [.exo, .diagnostic])
            #expect(old.last?.tlsVersion == "TLSv1")
            #expect(try await examine("asks").first?.clientCertificateRequested == true)

            let held = try await greetedConnection(to: try #require(ports["full"]))
            defer { close(held) }
            let full = try #require(try await examine("full").first)
            #expect(full.phases.last?.reply?.code == 421)
            #expect(full.phases.last?.reply?.text.contains("too many connections") == true)
            guard case .backingOff = try await prober.probe(.local(full.port)).notProbed else {
                Issue.record("it is not left alone")
                return
            }
        }
    }
}

private func withPostfix(
    _ services: [String: String],
    _ body: ([String: Int], Certificates) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let certificates = Certificates(folder: folder)
        try await certificates.makeRoot()
        try await certificates.make("mx", for: "mx.lab.example", key: ["rsa:2048"])
        for name in ["conf", "queue", "data"] {
            try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        if let postfix = getpwnam("postfix") { chown(folder.appending(path: "data").path, postfix.pointee.pw_uid, 0) }
        chmod(folder.path, 0o755)
        var ports: [String: Int] = [:]
        for name in services.keys { ports[name] = try FreePort.next() }
        let main = """
            compatibility_level = 3.6
            queue_directory = \(folder.path)/queue
            data_directory = \(folder.path)/data
            myhostname = mx.lab.example
            inet_interfaces = 127.0.0.1
            alias_maps =
            alias_database =
            maillog_file = \(folder.path)/maillog
            maillog_file_prefixes = /
            smtpd_tls_security_level = may
            smtpd_tls_chain_files = \(certificates.path("mx.key")) \(certificates.path("mx.pem"))
            smtpd_client_connection_count_limit = 0
            smtpd_client_connection_rate_limit = 0
            smtputf8_enable = no

            """
        let listeners = services.map { "127.0.0.1:\(ports[$0.key] ?? 0) inet n - n - - smtpd \($0.value)" }
        let master =
            listeners + [
                "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite",
                "anvil unix - - n - 1 anvil", "postlog unix-dgram n - n - 1 postlogd",
                "proxymap unix - - n - - proxymap", "cleanup unix n - n - 0 cleanup",
            ]
        try Data(main.utf8).write(to: folder.appending(path: "conf/main.cf"))
        try Data((master.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "conf/master.cf"))
        let server = try ServerProcess(
            "/usr/sbin/postfix",
            ["-c", folder.appending(path: "conf").path, "start-fg"],
            in: folder
        )
        defer {
            endMaster(folder.appending(path: "queue/pid/master.pid"))
            server.stop()
        }
        for port in ports.values { try await server.waitUntilListening(on: port) }
        try await body(ports, certificates)
    }
}

/// A connection that the server counts, as it has greeted it.
private func greetedConnection(to port: Int) async throws -> Int32 {
    for _ in 0..<100 {
        guard let descriptor = connection(to: "127.0.0.1", port) else { throw LabError("no connection") }
        var greeting = [UInt8](repeating: 0, count: 3)
        if recv(descriptor, &greeting, 3, Int32(MSG_WAITALL)) == 3, greeting == Array("220".utf8) {
            return descriptor
        }
        close(descriptor)
        try await Task.sleep(for: .milliseconds(50))
    }
    throw LabError("Postfix does not greet")
}

/// Postfix's master leads a session of its own, and says its id in a file.
private func endMaster(_ file: URL) {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else { return }
    kill(pid, SIGTERM)
    for _ in 0..<100 where kill(pid, 0) == 0 { usleep(20_000) }
}
