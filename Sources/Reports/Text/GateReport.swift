import Connectors
package import FoundationEssentials
import TLSGate

/// The gate's words as a person reads them.
package enum GateReport {
    /// - Parameter whole: All that was judged, where only a part of it is shown.
    package static func text(
        _ document: GateDocument,
        of whole: GateDocument? = nil,
        style: TextStyle = TextStyle(),
        now: Date
    ) -> String {
        var page = Page(style)
        let whole = whole ?? document
        if whole.tenants.count > 1 {
            page.add(total(whole), ink: .strong)
            if addFleet(document, to: &page) {
                addEnd(document, of: whole, now: now, to: &page)
                return page.text
            }
        }
        let partners = Set(document.tenants.flatMap(\.judgements).map(\.connector.name))
        let notes: FindingReport.Notes = partners.count > 1 ? .named : .told
        for tenant in document.tenants {
            page.space()
            page.add("Tenant \(tenant.tenant)", ink: .strong)
            ErrorReport.add(tenant.errors, to: &page, indent: 2)
            if tenant.errors.isEmpty && tenant.judgements.isEmpty {
                page.add("No connector in use to judge.", indent: 2)
            }
            for judgement in tenant.judgements {
                page.space()
                page.add("\(judgement.connector)", indent: 2)
                FindingReport.add(judgement, to: &page, indent: 4, notes: notes)
            }
        }
        addEnd(document, of: whole, now: now, to: &page)
        return page.text
    }

    private static func addEnd(_ document: GateDocument, of whole: GateDocument, now: Date, to page: inout Page) {
        NetworkReport.add(document.tenants.flatMap(\.judgements).aboutUs, to: &page)
        add(document.certificates, of: whole.tenants.count, now: now, to: &page)
        let verdicts = whole.tenants.flatMap { $0.judgements.map(\.verdict) }
        let failures = whole.tenants.count { !$0.errors.isEmpty }
        page.space()
        page.add(
            VerdictSum.text(verdicts, of: "connector", failures: failures, exit: whole.exitStatus),
            ink: VerdictSum.ink(whole.exitStatus)
        )
    }

    package static func text(_ document: ProbeDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        for server in document.servers {
            page.space()
            page.add(server.target, ink: .strong)
            FindingReport.add(server.judgement, to: &page, indent: 2, notes: .told)
        }
        NetworkReport.add(document.servers.map(\.judgement).aboutUs, to: &page)
        page.space()
        page.add(
            VerdictSum.text(document.servers.map(\.verdict), of: "server", exit: document.exitStatus),
            ink: VerdictSum.ink(document.exitStatus)
        )
        return page.text
    }

    package static func text(_ document: CertificateDocument, style: TextStyle = TextStyle()) -> String {
        var page = Page(style)
        let report = document.report
        page.add(
            report.isValid
                ? "The chain is valid at \(Timestamp.text(report.at))."
                : "The chain is not valid at \(Timestamp.text(report.at)).",
            mark: report.isValid ? "✓" : "✗",
            markInk: report.isValid ? .added : .removed
        )
        for problem in report.problems {
            page.add(
                "\(problem.check)  depth \(problem.depth), \(problem.subject)",
                indent: 2,
                mark: problem.weight == .advice ? "·" : "✗",
                markInk: problem.weight == .advice ? .faint : .removed
            )
            page.add("\(problem.message) (\(problem.rule))", indent: 4)
        }
        page.add("Path:", indent: 2)
        for element in report.path {
            page.add(
                "\(element.depth)  \(element.subject), until \(Timestamp.text(element.notAfter))\(element.isTrusted ? ", trusted" : "")",
                indent: 4,
                hang: 3
            )
        }
        return page.text
    }

    /// Which certificate ends when, soonest first; one that several tenants' connectors meet is one line.
    ///
    /// - Parameter tenants: How many were asked about; a single one needs no name.
    static func add(_ certificates: [SharedCertificate], of tenants: Int, now: Date, to page: inout Page) {
        let leaves = certificates.filter(\.certificate.isLeaf)
        guard !leaves.isEmpty else { return }
        page.space()
        page.add("Certificates by their end", ink: .strong)
        for shared in leaves {
            let forecast = shared.certificate
            let seconds = forecast.notAfter.timeIntervalSince(now)
            let when =
                seconds < 0 ? "ended \(CertificateTexts.days(-seconds)) ago" : "in \(CertificateTexts.days(seconds))"
            let subjects = forecast.subjects.prefix(2).joined(separator: ", ")
            // A server mostly bears the name that its certificate has.
            let certificate = subjects.hasPrefix(forecast.name) ? subjects : "\(forecast.name), \(subjects)"
            let more = forecast.subjects.count > 2 ? " and \(forecast.subjects.count - 2) more" : ""
            let place =
                switch shared.tenants.count {
                case _ where tenants == 1: forecast.connector.name
                case 1: "\(forecast.connector.name) of \(shared.tenants.joined())"
                default:
                    "\(forecast.connector.name) of \(shared.tenants.count) tenants: \(FleetGroups.names(shared.tenants))"
                }
            page.add(
                "\(Timestamp.text(forecast.notAfter).prefix(10))  \(when): \(certificate)\(more) (\(place))",
                indent: 2,
                hang: 12
            )
        }
    }
}
