import Connectors
import TLSGate

/// Why a command does not do, or does not know, what it was asked for one tenant: one line for standard error.
package struct Refusal: Hashable, Sendable {
    package var tenant: String
    package var reason: String

    package init(tenant: String, reason: String) {
        self.tenant = tenant
        self.reason = reason
    }

    /// `✗ contoso: …`, on one line and without control characters.
    package var line: String { "✗ \(tenant): \(reason)".escapingControls }
}

extension PlanDocument {
    /// The tenants that have no plan, or whose plan is not applied as it stands.
    package var refusals: [Refusal] {
        tenants.compactMap { tenant in
            guard tenant.exitStatus != .done, tenant.exitStatus != .changes else { return nil }
            let reason = tenant.errors.inOneLine ?? tenant.refusal ?? "the plan is stale."
            return Refusal(tenant: tenant.tenant, reason: reason)
        }
    }
}

extension ApplyDocument {
    /// The tenants whose run did not end well.
    package var refusals: [Refusal] {
        tenants.compactMap { tenant in
            guard tenant.exitStatus != .done else { return nil }
            return Refusal(tenant: tenant.tenant, reason: tenant.error?.inOneLine ?? tenant.message)
        }
    }
}

extension DriftDocument {
    /// The tenants of which it is not known whether they drifted.
    package var refusals: [Refusal] {
        tenants.compactMap { tenant in tenant.error.map { Refusal(tenant: tenant.tenant, reason: $0.inOneLine) } }
    }
}

extension GateDocument {
    /// The tenants whose definitions could not be read, and those with a connector that mail would not pass.
    package var refusals: [Refusal] {
        tenants.compactMap { tenant in
            if let reason = tenant.errors.inOneLine { return Refusal(tenant: tenant.tenant, reason: reason) }
            let names = tenant.judgements.filter { ExitStatus($0.verdict) != .done }.map(\.connector.description)
            guard !names.isEmpty else { return nil }
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            let verdict = ExitStatus(tenant.judgements.map(\.verdict).joined) == .blocked ? "blocked" : "held"
            let list = names.prefix(3).joined(separator: ", ")
            return Refusal(tenant: tenant.tenant, reason: "\(verdict) by the TLS gate: \(list)\(more)")
        }
    }
}

extension StatusDocument {
    /// The tenants that could not be read.
    package var refusals: [Refusal] {
        tenants.compactMap { tenant in
            guard case .unknown(let errors) = tenant.drift, let reason = errors.inOneLine else { return nil }
            return Refusal(tenant: tenant.tenant, reason: reason)
        }
    }

    /// What `status` exits with: a tenant that was to be read and could not be is unknown.
    package var exitStatus: ExitStatus {
        .combined(
            tenants.map { tenant in
                guard case .unknown(let errors) = tenant.drift else { return .done }
                return errors.contains { $0.id == "interrupted" } ? .interrupted : .unknown
            }
        )
    }
}
