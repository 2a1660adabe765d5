import Foundation

/// A real authoritative server (nsd) with signed, unsigned and wrongly signed zones, and the trust anchors for them.
package struct NameServer: Sendable {
    package static let isAvailable =
        FileManager.default.isExecutableFile(atPath: "/usr/sbin/nsd")
        && FileManager.default.isExecutableFile(atPath: "/usr/bin/ldns-signzone")

    package enum Signing: Sendable {
        case signed
        case unsigned
        /// With signatures that ended in February 2024.
        case expired
    }

    package struct Zone: Sendable {
        package let name: String
        package let signing: Signing
        package let records: String

        package init(name: String, signing: Signing, records: String) {
            self.name = name
            self.signing = signing
            self.records = records
        }
    }

    package let port: Int
    /// The file of the trust anchors.
    package let anchors: String
}

/// Calls `body` while a name server on loopback answers for the zones.
package func withNameServer<T>(_ zones: [NameServer.Zone], _ body: (NameServer) async throws -> T) async throws -> T {
    try await withTemporaryFolder { folder in
        let port = try FreePort.next()
        var anchors = ""
        var configuration = """
            server:
              ip-address: 127.0.0.1@\(port)
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

            """
        for zone in zones {
            let file = "\(zone.name).zone"
            let text = """
                $ORIGIN \(zone.name).
                $TTL 300
                @ IN SOA ns hostmaster 1 3600 600 86400 120
                @ IN NS ns
                ns IN A 127.0.0.1
                \(zone.records)

                """
            try Data(text.utf8).write(to: folder.appending(path: file))
            if zone.signing != .unsigned { anchors += try await sign(zone, file: file, in: folder) }
            configuration += """
                zone:
                  name: \(zone.name)
                  zonefile: \(file)\(zone.signing == .unsigned ? "" : ".signed")

                """
        }
        let anchorFile = folder.appending(path: "anchors")
        try Data(anchors.utf8).write(to: anchorFile)
        let file = folder.appending(path: "nsd.conf")
        try Data(configuration.utf8).write(to: file)
        let server = try ServerProcess("/usr/sbin/nsd", ["-d", "-c", file.path], in: folder)
        defer { server.stop() }
        try await server.waitUntilListening(on: port)
        return try await body(NameServer(port: port, anchors: anchorFile.path))
    }
}

/// Signs a zone; the DS record of its key.
private func sign(_ zone: NameServer.Zone, file: String, in folder: URL) async throws -> String {
    let made = try await run(
        "/usr/bin/ldns-keygen",
        ["-k", "-a", "ECDSAP256SHA256", "-r", "/dev/urandom", zone.name],
        in: folder
    )
    let key = made.trimmingCharacters(in: .whitespacesAndNewlines)
    let dates = zone.signing == .expired ? ["-i", "20240101000000", "-e", "20240201000000"] : []
    try await run("/usr/bin/ldns-signzone", dates + [file, key], in: folder)
    return try String(contentsOf: folder.appending(path: "\(key).ds"), encoding: .utf8)
}
