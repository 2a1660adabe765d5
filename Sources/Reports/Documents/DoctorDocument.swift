/// What `doctor` looked at.
package struct DoctorDocument: ReportDocument, Hashable, Encodable {
    package static let kind = "Doctor"

    package var checks: [DoctorCheck]

    package init(checks: [DoctorCheck]) { self.checks = checks }

    /// A failure is an error, what could not be found out is unknown; warnings don't count.
    package var exitStatus: ExitStatus {
        .combined(
            checks.map { check in
                switch check.outcome {
                case .ok, .warn: .done
                case .fail: .error
                case .unknown: .unknown
                }
            }
        )
    }
}

/// One thing that Mitregate needs, and whether it is there.
package struct DoctorCheck: Hashable, Sendable, Codable {
    package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        case ok, warn, fail, unknown
    }

    /// Kebab-case and stable, such as `store` or `permission-exchange`.
    package var name: String
    /// `nil` for what belongs to the machine.
    package var tenant: String?
    package var outcome: Outcome
    package var message: String
    /// Empty where all is well.
    package var remedy: String

    package init(name: String, tenant: String? = nil, outcome: Outcome, message: String, remedy: String = "") {
        self.name = name
        self.tenant = tenant
        self.outcome = outcome
        self.message = message
        self.remedy = remedy
    }
}
