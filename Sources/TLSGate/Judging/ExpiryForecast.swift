import Connectors
import FoundationEssentials

/// Which certificate ends when, over all that was judged.
package enum ExpiryForecast {
    /// The forecasts of several judgements, soonest first.
    package static func merged(_ judgements: [Judgement]) -> [CertificateForecast] {
        ordered(judgements.flatMap(\.forecasts))
    }

    /// The certificates of one connector's servers, each once, with the servers that present it.
    static func of(_ hops: [NextHopJudgement]) -> [CertificateForecast] {
        var found: [String: CertificateForecast] = [:]
        for forecast in hops.flatMap(\.hosts).flatMap(\.addresses).flatMap(\.forecasts) {
            guard var known = found[forecast.sha256] else {
                found[forecast.sha256] = forecast
                continue
            }
            known.subjects += forecast.subjects.filter { !known.subjects.contains($0) }
            found[forecast.sha256] = known
        }
        return ordered(Array(found.values))
    }

    /// The certificates that one server presents, but for trusted roots.
    static func of(
        _ chain: [Certificate],
        at subject: String,
        _ connector: ConnectorKey,
        roots: TrustRoots
    ) -> [CertificateForecast] {
        chain.enumerated().filter { !roots.contains($0.element) }.map { depth, certificate in
            CertificateForecast(
                connector: connector,
                subjects: [subject.escapingControls],
                name: certificate.displayName.escapingControls,
                sha256: certificate.sha256,
                names: certificate.namesText.escapingControls,
                issuer: certificate.issuer.escapingControls,
                notAfter: certificate.notAfter,
                isLeaf: depth == 0
            )
        }
    }

    private static func ordered(_ forecasts: [CertificateForecast]) -> [CertificateForecast] {
        forecasts.sorted { ($0.notAfter, $0.connector.name, $0.sha256) < ($1.notAfter, $1.connector.name, $1.sha256) }
    }
}
