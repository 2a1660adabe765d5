import Connectors
package import FoundationEssentials
import TLSGate

/// The gate's words as a person reads them.
package enum GateReport {
    package static func text(_ document: GateDocument, style: TextStyle = TextStyle(), now: Date) -> String {
        var page = Page(style)
        let partners = Set(document.tenants.flatMap(\.judgements).map(\.connector.name))
        let notes: FindingReport.Notes = partners.count > 1 ? .named : .told
        for tenant in document.tenants {
            page.space()
            page.add("Tenant \(tenant.tenant)", ink: .strong)
            if let error = tenant.error { ErrorReport.add([error], to: &page, indent: 2) }
            if tenant.error == nil && tenant.judgements.isEmpty {
                page.add("No connector in use to judge.", indent: 2)
            }
            for judgement in tenant.judgements {
                page.space()
                page.add("\(judgement.connector)", indent: 2)
                FindingReport.add(judgement, to: &page, indent: 4, notes: notes)
            }
        }
        NetworkReport.add(document.tenants.flatMap(\.judgements).aboutUs, to: &page)
        add(document.forecasts, now: now, to: &page)
        let verdicts = document.tenants.flatMap { $0.judgements.map(\.verdict) }
        let failures = document.tenants.count { $0.error != nil }
        page.space()
        page.add(
            VerdictSum.text(verdicts, of: "connector", failures: failures, exit: document.exitStatus),
            ink: VerdictSum.ink(document.exitStatus)
        )
        return page.text
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

    /// Which certificate ends when, soonest first.
    private static func add(_ forecasts: [CertificateForecast], now: Date, to page: inout Page) {
        let leaves = forecasts.filter(\.isLeaf)
        guard !leaves.isEmpty else { return }
        page.space()
        page.add("Certificates by their end", ink: .strong)
        for forecast in leaves {
            let seconds = forecast.notAfter.timeIntervalSince(now)
            let when =
                seconds < 0 ? "ended \(CertificateTexts.days(-seconds)) ago" : "in \(CertificateTexts.days(seconds))"
            let subjects = forecast.subjects.prefix(2).joined(separator: ", ")
            // A server mostly bears the name that its certificate has.
            let certificate = subjects.hasPrefix(forecast.name) ? subjects : "\(forecast.name), \(subjects)"
            let more = forecast.subjects.count > 2 ? " and \(forecast.subjects.count - 2) more" : ""
            page.add(
                "\(Timestamp.text(forecast.notAfter).prefix(10))  \(when): \(certificate)\(more) (\(forecast.connector.name))",
                indent: 2,
                hang: 12
            )
        }
    }
}
