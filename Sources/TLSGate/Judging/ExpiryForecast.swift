import Connectors
import FoundationEssentials

/// Which certificate ends when, over all that was judged.
package enum ExpiryForecast {
    /// The forecasts of several judgements, soonest first.
    package static func merged(_ judgements: [Judgement]) -> [CertificateForecast] {
        ordered(judgements.flatMap(\.forecasts))
    }

    /// The certificates of one connector's servers, each once, with the servers that present it.
    static func of(
        _ connector: ConnectorKey,
        _ hops: [NextHopJudgement],
        roots: TrustRoots
    ) -> [CertificateForecast] {
        var found: [String: CertificateForecast] = [:]
        for address in hops.flatMap(\.hosts).flatMap(\.addresses) {
            for (depth, certificate) in address.tls.chain.enumerated() where !roots.contains(certificate) {
                var forecast =
                    found[certificate.sha256]
                    ?? CertificateForecast(
                        connector: connector,
                        subjects: [],
                        name: certificate.displayName.escapingControls,
                        sha256: certificate.sha256,
                        names: certificate.namesText.escapingControls,
                        issuer: certificate.issuer.escapingControls,
                        notAfter: certificate.notAfter,
                        isLeaf: depth == 0
                    )
                let subject = address.subject.escapingControls
                if !forecast.subjects.contains(subject) { forecast.subjects.append(subject) }
                found[certificate.sha256] = forecast
            }
        }
        return ordered(Array(found.values))
    }

    private static func ordered(_ forecasts: [CertificateForecast]) -> [CertificateForecast] {
        forecasts.sorted { ($0.notAfter, $0.connector.name, $0.sha256) < ($1.notAfter, $1.connector.name, $1.sha256) }
    }
}
