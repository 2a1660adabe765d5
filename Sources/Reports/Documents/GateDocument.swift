import Connectors
import FoundationEssentials
package import TLSGate

/// What the gate says of the connectors of each tenant, and which certificate ends when.
package struct GateDocument: ReportDocument, Hashable {
    package static let kind = "Gate"
    /// 3.0: `errors` of a tenant, a list as everywhere, stands for `error`.
    package static let formatVersion = "3.0"

    package var tenants: [TenantVerdict]

    package init(tenants: [TenantVerdict]) { self.tenants = tenants }

    package var exitStatus: ExitStatus { .combined(tenants.map(\.exitStatus)) }

    private enum Key: String, CodingKey { case tenants, certificates }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenants, forKey: .tenants)
        let certificates = tenants.flatMap { tenant in
            tenant.judgements.flatMap(\.forecasts).map { TenantCertificate(tenant: tenant.tenant, certificate: $0) }
        }
        let ordered = certificates.sorted { one, other in
            let (left, right) = (one.certificate, other.certificate)
            return (left.notAfter, one.tenant, left.connector.name, left.sha256)
                < (right.notAfter, other.tenant, right.connector.name, right.sha256)
        }
        try container.encode(ordered, forKey: .certificates)
    }
}

/// A certificate, with the tenant whose connector leads to it.
private struct TenantCertificate: Encodable {
    let tenant: String
    let certificate: CertificateForecast

    private enum Key: String, CodingKey { case tenant }

    func encode(to encoder: any Encoder) throws {
        try certificate.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
    }
}

/// The gate's word on one tenant's connectors, or why there is none.
package struct TenantVerdict: Hashable, Sendable {
    package var tenant: String
    package var judgements: [Judgement]
    /// Why the definitions could not be judged; where there are any, `judgements` is empty and means nothing.
    package var errors: [ErrorEntry]
    package var exitStatus: ExitStatus

    package init(tenant: String, judgements: [Judgement]) {
        self.tenant = tenant
        self.judgements = judgements
        errors = []
        exitStatus = ExitStatus(judgements.map(\.verdict).joined)
    }

    package init(tenant: String, errors: [ErrorEntry], exitStatus: ExitStatus) {
        self.tenant = tenant
        judgements = []
        self.errors = errors
        self.exitStatus = exitStatus
    }
}

extension ExitStatus {
    /// What a verdict alone makes a command exit with.
    package init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .pass, .warn: .done
            case .approve, .hold: .held
            case .block: .blocked
            }
    }
}

extension TenantVerdict: Encodable {
    private enum Key: String, CodingKey { case tenant, verdict, connectors, errors, exitCode }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(tenant, forKey: .tenant)
        // Where nothing was judged there is no verdict: `null`, never a pass.
        try container.encode(
            errors.isEmpty && !judgements.isEmpty ? judgements.map(\.verdict).joined : nil,
            forKey: .verdict
        )
        try container.encode(judgements, forKey: .connectors)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
    }
}
