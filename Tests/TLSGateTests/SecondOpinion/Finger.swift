import TestSupport
import Foundation

/// What Postfix's `posttls-finger` says of a server.
///
/// Its exit status is 0 for everything, so the lines that it logs are read.
struct Finger {
    let output: String

    /// Whether it would hand mail to the server at the level that was asked for.
    var isVerified: Bool { output.contains("Verified TLS connection established") }

    /// Whether a TLSA record was what convinced it.
    var matchesDANE: Bool { isVerified && output.contains("Matched DANE") }

    /// - Parameter arguments: The level and whatever belongs to it, then the server, then the names that will do.
    static func ask(_ lab: OpinionLab, _ arguments: [String]) async throws -> Finger {
        let command =
            "mount --bind resolv.conf /etc/resolv.conf && exec timeout 60 posttls-finger -c -F root.pem \"$@\""
        let output = try await run(
            "/usr/bin/unshare",
            ["-m", "sh", "-c", command, "finger"] + arguments,
            in: lab.folder,
            mayFail: true
        )
        guard output.contains("posttls-finger: ") || output.isEmpty else {
            throw LabError("posttls-finger does not run: \(output)")
        }
        return Finger(output: output)
    }
}
