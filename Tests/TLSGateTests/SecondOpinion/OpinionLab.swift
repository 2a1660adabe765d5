import Foundation
import Glibc
import Probing
import TLSGate
import TestSupport

/// Real servers that two judges can be asked about: Postfix with a certificate of each kind, nsd with a signed, an
/// unsigned and a wrongly signed zone, and a validating unbound in front of it.
struct OpinionLab: Sendable {
    enum Issuer: Sendable {
        /// An intermediate below the lab's root.
        case trusted
        case itself
        /// A root that no one trusts.
        case stranger
    }

    /// A listener of Postfix, named after what is special about it.
    struct Service: Sendable {
        let name: String
        var names = ["mx.lab.example"]
        var key = "ec -pkeyopt ec_paramgen_curve:P-256"
        var validity = "-startdate 20260101000000Z -enddate 20360101000000Z"
        var digest = "sha256"
        var issuer = Issuer.trusted
        var usage: String?
        /// Usage, selector and matching type of a TLSA record, and whose certificate it is of.
        var tlsa: (String, of: String)?
        /// What is sent behind the certificate.
        var chain = ["int.pem"]
        var options = ""
    }

    static let missing = [
        "/usr/sbin/postfix", "/usr/sbin/posttls-finger", "/usr/sbin/nsd", "/usr/sbin/unbound",
        "/usr/bin/ldns-signzone", "/usr/bin/openssl", "/usr/bin/unshare",
    ].filter { !FileManager.default.isExecutableFile(atPath: $0) }

    let folder: URL
    let ports: [String: Int]
    let nameServerPort: Int

    var roots: TrustRoots {
        get throws { try TrustRoots(pem: [UInt8](Data(contentsOf: folder.appending(path: "root.pem")))) }
    }

    var resolver: ResolverSettings {
        ResolverSettings(
            servers: .forwarders(["127.0.0.1@\(nameServerPort)"]),
            anchors: .file(folder.appending(path: "anchors").path),
            timeout: .seconds(20)
        )
    }

    func port(_ service: String) throws -> Int {
        guard let port = ports[service] else { throw LabError("no service is called \(service)") }
        return port
    }

    /// Whether posttls-finger may look at `/etc/resolv.conf` as it stands in a file of ours.
    static func canShadowResolver() async throws -> Bool {
        try await run(
            "/usr/bin/unshare",
            ["-m", "sh", "-c", "mount --bind /dev/null /etc/resolv.conf && echo yes"],
            in: FileManager.default.temporaryDirectory,
            mayFail: true
        ).contains("yes")
    }

    /// - Parameter records: Added to the zone lab.example.
    static func with<T>(
        _ services: [Service],
        records: String = "",
        _ body: (OpinionLab) async throws -> T
    ) async throws -> T {
        try await withTemporaryFolder { folder in
            let free = try (0...services.count).map { _ in try FreePort.next() }
            let ports = Dictionary(uniqueKeysWithValues: zip(services.map(\.name), free))
            let lab = OpinionLab(folder: folder, ports: ports, nameServerPort: free[services.count])
            // Port 53, as resolv.conf knows no other, at an address that no other program has.
            let resolver = "127.\(Int.random(in: 64...250)).\(Int.random(in: 1...250)).\(Int.random(in: 2...250))"
            try await lab.prepare(services, records: records, resolver: resolver)
            let commands: [(String, [String], port: Int, at: String)] = [
                ("/usr/sbin/nsd", ["-d", "-c", "nsd.conf"], lab.nameServerPort, "127.0.0.1"),
                ("/usr/sbin/unbound", ["-d", "-c", "unbound.conf"], 53, resolver),
                ("/usr/sbin/postfix", ["-c", "\(folder.path)/conf", "start-fg"], free[0], "127.0.0.1"),
            ]
            var running: [ServerProcess] = []
            defer {
                lab.endPostfix()
                running.forEach { $0.stop() }
            }
            for (program, arguments, port, address) in commands {
                let process = try ServerProcess(program, arguments, in: folder)
                running.append(process)
                try await process.waitUntilListening(on: port, address: address)
            }
            for port in free[1..<services.count] { try await running[2].waitUntilListening(on: port) }
            return try await body(lab)
        }
    }

    /// Postfix's master leads a session of its own, and says its id in a file.
    private func endPostfix() {
        let text = (try? String(contentsOf: folder.appending(path: "queue/pid/master.pid"), encoding: .utf8)) ?? ""
        guard let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1 else { return }
        kill(pid, SIGTERM)
        for _ in 0..<100 where kill(pid, 0) == 0 { usleep(20_000) }
    }
}

// What the servers are given.
extension OpinionLab {
    private func prepare(_ services: [Service], records: String, resolver: String) async throws {
        let files = [
            "ca.cnf": Self.authority, "index.txt": "", "conf/main.cf": main, "conf/master.cf": master(services),
            "nsd.conf": nsd, "unbound.conf": unbound(resolver),
            "resolv.conf": "nameserver \(resolver)\noptions trust-ad edns0\n",
            "prepare.sh": script(services), "extra": records + "\n",
        ]
        for name in ["conf", "queue", "data"] {
            try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let output = try await run("/bin/bash", ["-e", "prepare.sh"], in: folder)
        guard output.hasSuffix("prepared\n") else { throw LabError("the lab cannot be prepared: \(output)") }
    }

    private static let authority = """
        [ca]
        default_ca=lab
        [lab]
        dir=.
        database=index.txt
        rand_serial=yes
        new_certs_dir=.
        policy=names
        copy_extensions=copy
        unique_subject=no
        [names]
        commonName=supplied
        [issuer]
        basicConstraints=critical,CA:TRUE
        keyUsage=critical,keyCertSign,cRLSign
        subjectKeyIdentifier=hash

        """

    /// Makes the certificates, then the zones with their TLSA records.
    private func script(_ services: [Service]) -> String {
        var lines = [
            "chmod 755 .; chown postfix data",
            "curve='ec -pkeyopt ec_paramgen_curve:P-256'",
            "openssl req -x509 -newkey $curve -nodes -keyout root.key -out root.pem -days 300 -subj '/CN=Lab Root'",
            "openssl req -newkey $curve -nodes -keyout int.key -out int.csr -subj '/CN=Lab Issuer'",
            "openssl req -x509 -newkey $curve -nodes -keyout other.key -out other.pem -days 300 -subj '/CN=Other Root'",
            "issue='openssl ca -config ca.cnf -batch -notext'",
            "$issue -cert root.pem -keyfile root.key -extensions issuer -md sha256 -days 200 -in int.csr -out int.pem",
            "digest() { openssl x509 -in $1 -outform der; }",
            "key() { openssl x509 -in $1 -noout -pubkey | openssl pkey -pubin -outform der; }",
            "record() { echo \"_$1._tcp.mx IN TLSA $2 $3 $4 $($5 $6 | sha256sum | cut -d' ' -f1)\" >> records; }",
            ": > records",
        ]
        for service in services { lines += Self.certificate(service) }
        for service in services {
            guard let tlsa = service.tlsa, let port = ports[service.name] else { continue }
            let content = tlsa.0.split(separator: " ")[1] == "1" ? "key" : "digest"
            lines.append("record \(port) \(tlsa.0) \(content) \(tlsa.of).pem")
        }
        lines += [
            "for zone in lab plain bogus; do { echo \"\\$ORIGIN $zone.example.\"; echo '$TTL 300'",
            "echo '@ IN SOA ns hostmaster 1 3600 600 86400 120'; echo '@ IN NS ns'; echo 'ns IN A 127.0.0.1'",
            "echo 'mx IN A 127.0.0.1'; cat records; } > $zone.zone; done; cat extra >> lab.zone",
            "sign() { k=$(ldns-keygen -k -a ECDSAP256SHA256 -r /dev/urandom $1.example); shift; ldns-signzone \"$@\" $k; cat $k.ds >> anchors; }",
            "sign lab lab.zone; sign bogus -i 20240101000000 -e 20240201000000 bogus.zone; echo prepared",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func certificate(_ service: Service) -> [String] {
        let name = service.name
        let subject = service.names.isEmpty ? "mx.lab.example" : name
        var request = "openssl req -newkey \(service.key) -nodes -keyout \(name).key -subj /CN=\(subject)"
        let names = service.names.map { "DNS:\($0)" }.joined(separator: ",")
        if !names.isEmpty { request += " -addext 'subjectAltName=\(names)'" }
        if let usage = service.usage { request += " -addext extendedKeyUsage=\(usage)" }
        let parts = ["\(name).key", "\(name).pem"] + service.chain
        let chain = "cat \(parts.joined(separator: " ")) > \(name).chain"
        let issuer: String
        switch service.issuer {
        case .itself: return ["\(request) -x509 -days 300 -out \(name).pem", chain]
        case .trusted: issuer = "int"
        case .stranger: issuer = "other"
        }
        return [
            "\(request) -out \(name).csr",
            "$issue -cert \(issuer).pem -keyfile \(issuer).key -md \(service.digest) \(service.validity) "
                + "-in \(name).csr -out \(name).pem",
            chain,
        ]
    }

    private var main: String {
        """
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
        smtpd_client_connection_count_limit = 0
        smtpd_client_connection_rate_limit = 0
        smtputf8_enable = no

        """
    }

    private func master(_ services: [Service]) -> String {
        let listeners = services.map { service in
            "127.0.0.1:\(ports[service.name] ?? 0) inet n - n - - smtpd "
                + "-o smtpd_tls_chain_files=\(folder.path)/\(service.name).chain \(service.options)"
        }
        let rest = [
            "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite",
            "anvil unix - - n - 1 anvil", "postlog unix-dgram n - n - 1 postlogd",
            "proxymap unix - - n - - proxymap", "cleanup unix n - n - 0 cleanup",
        ]
        return (listeners + rest).joined(separator: "\n") + "\n"
    }

    private var nsd: String {
        let zones = ["lab": "lab.zone.signed", "plain": "plain.zone", "bogus": "bogus.zone.signed"]
        return """
            server:
              ip-address: 127.0.0.1@\(nameServerPort)
              username: ""
              chroot: ""
              zonesdir: "\(folder.path)"
              database: ""
              pidfile: ""
              xfrdfile: "\(folder.path)/xfrd.state"
              zonelistfile: "\(folder.path)/zone.list"
              xfrdir: "\(folder.path)"
              server-count: 1
              rrl-ratelimit: 0
            remote-control:
              control-enable: no

            """ + zones.map { "zone:\n  name: \($0.key).example\n  zonefile: \($0.value)\n" }.joined()
    }

    private func unbound(_ address: String) -> String {
        """
        server:
          interface: \(address)@53
          username: ""
          chroot: ""
          directory: "\(folder.path)"
          pidfile: ""
          use-syslog: no
          do-not-query-localhost: no
          do-daemonize: no
          domain-insecure: plain.example
          trust-anchor-file: "\(folder.path)/anchors"
          module-config: "validator iterator"
        remote-control:
          control-enable: no

        """
            + ["lab", "plain", "bogus"].map { zone in
                "stub-zone:\n  name: \(zone).example\n  stub-addr: 127.0.0.1@\(nameServerPort)\n"
            }.joined()
    }
}
