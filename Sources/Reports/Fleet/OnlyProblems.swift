import Planning
import TLSGate

/// What `--only-problems` leaves of a document; its exit code is still that of the whole.
extension DoctorDocument {
    package var onlyProblems: DoctorDocument { DoctorDocument(checks: checks.filter { $0.outcome != .ok }) }
}

extension DriftDocument {
    /// Without what is accepted, and without tenants of which nothing is left to tell.
    package var onlyProblems: DriftDocument {
        DriftDocument(
            tenants: tenants.compactMap { tenant in
                var tenant = tenant
                tenant.items.removeAll(where: \.item.accepted)
                return tenant.items.isEmpty && tenant.errors.isEmpty && tenant.warnings.isEmpty ? nil : tenant
            }
        )
    }
}

extension GateDocument {
    /// Without connectors whose mail would flow with nothing to remark, and without tenants that have no other.
    package var onlyProblems: GateDocument {
        GateDocument(
            tenants: tenants.compactMap { tenant in
                var tenant = tenant
                tenant.judgements.removeAll { $0.verdict == .pass }
                return tenant.judgements.isEmpty && tenant.errors.isEmpty ? nil : tenant
            }
        )
    }
}

extension StatusDocument {
    /// Without tenants that are as they should be, as far as that was asked.
    package var onlyProblems: StatusDocument {
        StatusDocument(tenants: tenants.filter { ![.applied, .inSync].contains($0.state) || $0.hasMore })
    }
}

extension TenantStatus {
    /// Whether there is something to tell although the state alone says nothing of it.
    fileprivate var hasMore: Bool {
        !headErrors.isEmpty || quarantine != nil || !breakGlass.isEmpty
            || (lastRun?.result).map { ![.applied, .unchanged, .rolledBack].contains($0) } ?? false
    }
}

/// The last line of a text that `--only-problems` made shorter.
package enum OnlyProblems {
    /// - Parameters:
    ///   - left: How many of all tenants or checks are shown.
    ///   - noun: What they are, in the singular.
    package static func line(left: Int, of all: Int, _ noun: String) -> String {
        guard left < all else { return "" }
        let hidden = all - left
        return left == 0
            ? "No problems in \(all.counted(noun)).\n"
            : "\n\(hidden.counted(noun)) without problems \(hidden == 1 ? "is" : "are") not shown.\n"
    }
}
