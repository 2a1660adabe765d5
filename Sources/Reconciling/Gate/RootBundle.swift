import Configuration
import FoundationEssentials
import Glibc
import Reports
import TLSGate

/// The trusted roots as their file had them when it was read.
struct RootBundle: Sendable {
    /// Debian's bundle of Mozilla's roots.
    static let systemRoots = "/etc/ssl/certs/ca-certificates.crt"

    let roots: TrustRoots
    private let path: String
    private let stamp: Stamp?

    /// What changes with a file's content, or with the file that a name leads to.
    private struct Stamp: Equatable {
        private let numbers: [Int64]

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            numbers = [
                Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)),
                Int64(status.st_size),
                Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec),
                Int64(status.st_ctim.tv_nsec),
            ]
        }
    }

    init(_ anchors: TrustAnchors) throws(RunStop) {
        let named = anchors.path
        path = named ?? Self.systemRoots
        // Before the content: what changes in between is read again.
        stamp = Stamp(path)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RunStop(
                .error,
                id: "trust-anchors-missing",
                "The trusted roots in \(path) cannot be read, so no certificate could be judged.",
                remedy: named == nil
                    ? "Install the package ca-certificates, or name a bundle in gate.trustAnchors."
                    : "Correct gate.trustAnchors in the configuration."
            )
        }
        do throws(CertificateError) {
            roots = try TrustRoots(pem: [UInt8](data))
        } catch {
            throw RunStop(.error, id: "trust-anchors-unreadable", "\(path): \(error.reason).", remedy: error.remedy)
        }
    }

    /// Whether the file is still as it was read.
    var isCurrent: Bool { stamp != nil && Stamp(path) == stamp }
}
