import Connectors
import FoundationEssentials
import TLSGate

@testable import Reconciling

extension PartnerLook {
    /// What is seen of a partner with one host; a test states only what it is about.
    ///
    /// - Parameters:
    ///   - findings: Check, outcome and host.
    ///   - certificates: Host and end.
    static func fixture(
        _ connector: ConnectorKey,
        host: String = "mx.fabrikam.example",
        findings: [(String, Outcome, String)] = [],
        certificates: [(String, Date)] = [],
        sight: Sight? = nil
    ) -> PartnerLook {
        var look = PartnerLook(
            Judgement(connector: connector, verdict: .pass, findings: [], expiresAt: .distantFuture, digest: "")
        )
        look.sight = sight ?? .seen(host)
        look.findings = findings.map { Finding(check: $0, outcome: $1, host: $2, message: "so") }
        look.certificates = certificates.map {
            Certificate(host: $0, names: "DNS:\($0)", issuer: "CN=Issuer", sha256: "ab", notAfter: $1)
        }
        return look
    }
}

extension Sight {
    static func seen(_ hosts: String..., unseen: Set<String> = []) -> Sight {
        var sight = Sight()
        (sight.seen, sight.unseen, sight.hasHeard) = (Set(hosts), unseen, true)
        return sight
    }

    /// No server said a word.
    static func silent(_ server: String, host: String = "mx.fabrikam.example") -> Sight {
        var sight = Sight()
        (sight.unseen, sight.silentServers) = ([host], [server])
        return sight
    }

    /// Our own resolver answers nothing.
    static let withoutDNS = {
        var sight = Sight()
        sight.isDNSSilent = true
        return sight
    }()
}
