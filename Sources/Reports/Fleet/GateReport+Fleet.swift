import Connectors
package import FoundationEssentials
import TLSGate

/// The gate's words on many tenants: how many of each verdict, then each judgement once, with the tenants that it is of.
extension GateReport {
    /// From so many tenants on they are told together even where they have nothing in common.
    private static let fleetSize = 20

    static func total(_ document: GateDocument) -> String {
        let verdicts = document.tenants.filter { $0.errors.isEmpty && !$0.judgements.isEmpty }
            .map { $0.judgements.map(\.verdict).joined }
        var parts = [Verdict.block, .hold, .approve, .warn, .pass].compactMap { verdict -> String? in
            let count = verdicts.count { $0 == verdict }
            return count > 0 ? "\(count) \(verdict.rawValue)" : nil
        }
        let failed = document.tenants.count { !$0.errors.isEmpty }
        let empty = document.tenants.count - failed - verdicts.count
        if empty > 0 { parts.append("\(empty) with nothing to judge") }
        if failed > 0 { parts.append("\(failed) not read") }
        return "\(document.tenants.count) tenants: \(parts.joined(separator: ", "))."
    }

    /// - Returns: Whether it says more than one tenant after another would, so that it was done.
    static func addFleet(_ document: GateDocument, to page: inout Page) -> Bool {
        var (judgements, errors) = (FleetGroups(page.style), FleetGroups(page.style))
        for tenant in document.tenants {
            if !tenant.errors.isEmpty {
                errors.add("", of: tenant.tenant) { ErrorReport.add(tenant.errors, to: &$0, indent: 2) }
            }
            for judgement in tenant.judgements {
                judgements.add("\(judgement.connector)", of: tenant.tenant) { page in
                    page.add("\(judgement.connector)", indent: 2)
                    FindingReport.add(judgement.timeless, to: &page, indent: 4, notes: .named)
                }
            }
        }
        guard judgements.hasShared || document.tenants.count >= fleetSize else { return false }
        judgements.write("verdict", to: &page)
        if !errors.isEmpty {
            page.space()
            page.add("Not read", ink: .strong)
            errors.write("reason", to: &page)
        }
        return true
    }

    /// The certificates that end before `end`, alone; for those who renew them.
    package static func expiring(
        _ document: GateDocument,
        before end: Date,
        style: TextStyle = TextStyle(),
        now: Date
    ) -> String {
        var page = Page(style)
        let certificates = document.certificates.filter { $0.certificate.isLeaf && $0.certificate.notAfter < end }
        if certificates.isEmpty {
            page.add("No certificate that was seen ends before \(Timestamp.text(end)).")
        } else {
            add(certificates, of: document.tenants.count, now: now, to: &page)
        }
        let unseen = document.tenants.flatMap { tenant in
            tenant.judgements.filter { $0.verdict == .hold && $0.forecasts.isEmpty }
                .map { "\($0.connector) of \(tenant.tenant)" }
        }
        page.space()
        if !unseen.isEmpty {
            page.add(
                "Not seen now: \(FleetGroups.names(unseen)).",
                mark: "?",
                markInk: .alarm
            )
        }
        for tenant in document.tenants where !tenant.errors.isEmpty {
            page.add("Tenant \(tenant.tenant)", ink: .strong)
            ErrorReport.add(tenant.errors, to: &page, indent: 2)
        }
        let oldest = document.tenants.flatMap(\.judgements).compactMap(\.observedAt).min()
        if let oldest, now.timeIntervalSince(oldest) > oldAge {
            page.add(
                "Some servers were not asked now: runs saw them, the earliest at \(Timestamp.text(oldest)). "
                    + "--evidence-age 0s asks them all."
            )
        }
        return page.text
    }

    /// What was seen longer ago, in seconds, was not seen by this command.
    private static let oldAge: TimeInterval = 600
}

/// A certificate, and the tenants whose connectors lead to it.
struct SharedCertificate: Hashable {
    var certificate: CertificateForecast
    var tenants: [String]
}

extension GateDocument {
    /// Over all tenants, soonest first; equal ones together.
    var certificates: [SharedCertificate] {
        var shared: [SharedCertificate] = []
        var places: [CertificateForecast: Int] = [:]
        for tenant in tenants {
            for forecast in ExpiryForecast.merged(tenant.judgements) {
                if let place = places[forecast] {
                    shared[place].tenants.append(tenant.tenant)
                } else {
                    places[forecast] = shared.count
                    shared.append(SharedCertificate(certificate: forecast, tenants: [tenant.tenant]))
                }
            }
        }
        return shared.sorted { one, other in
            let (left, right) = (one.certificate, other.certificate)
            return (left.notAfter, left.connector.name, left.sha256) < (
                right.notAfter, right.connector.name, right.sha256
            )
        }
    }

    /// Whether a server's certificate that was seen ends before `end`.
    package func hasCertificate(endingBefore end: Date) -> Bool {
        certificates.contains { $0.certificate.isLeaf && $0.certificate.notAfter < end }
    }
}
