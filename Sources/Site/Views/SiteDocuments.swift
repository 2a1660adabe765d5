package import Reports
package import Scheduling

/// `GET /api/v1/tenants`.
package struct TenantsDocument: ReportDocument, Decodable {
    package static let kind = "Tenants"
    /// 1.1 added `breakGlass` of a tenant, 1.2 `lastReadAt`.
    package static let formatVersion = "1.2"
    package var tenants: [TenantView]
    package init(tenants: [TenantView]) { self.tenants = tenants }
}

/// `GET /api/v1/tenants/{name}`.
package struct TenantDocument: ReportDocument, Decodable {
    package static let kind = "Tenant"
    /// 1.1 added `breakGlass` of a tenant, 1.2 `lastReadAt`.
    package static let formatVersion = "1.2"
    package var status: TenantView
    package init(status: TenantView) { self.status = status }
}

/// `GET /api/v1/plans`.
package struct PlansDocument: ReportDocument, Decodable {
    package static let kind = "Plans"
    package var plans: [PlanView]
    package init(plans: [PlanView]) { self.plans = plans }
}

/// `GET /api/v1/watches`, and the answer to the end of one.
package struct WatchesDocument: ReportDocument, Decodable {
    package static let kind = "Watches"
    package var watches: [WatchView]
    package init(watches: [WatchView]) { self.watches = watches }
}

/// `GET /api/v1/events`, newest last.
package struct EventsDocument: ReportDocument, Decodable {
    package static let kind = "Events"
    package var events: [Event]
    package init(events: [Event]) { self.events = events }
}

/// `POST /api/v1/requests`, `GET /api/v1/requests/{id}`.
package struct RequestDocument: ReportDocument, Decodable {
    package static let kind = "Request"
    package var id: String
    package var request: RequestView
    package init(request: RequestView) {
        id = request.id
        self.request = request
    }
}

/// `POST /api/v1/retries`.
package struct RequestsDocument: ReportDocument, Decodable {
    package static let kind = "Requests"
    package var requests: [RequestView]
    package init(requests: [RequestView]) { self.requests = requests }
}

/// `POST /api/v1/approvals`.
package struct ApprovalsDocument: ReportDocument, Decodable {
    package static let kind = "Approvals"
    package var approvals: [ApprovalView]
    package init(approvals: [ApprovalView]) { self.approvals = approvals }
}

/// `POST /api/v1/suspensions`.
package struct SuspensionDocument: ReportDocument, Decodable {
    package static let kind = "Suspension"
    package var suspension: SuspensionView
    package init(suspension: SuspensionView) { self.suspension = suspension }
}

/// Several suspensions, as one command made them.
package struct SuspensionsDocument: ReportDocument {
    package static let kind = "Suspensions"
    package var suspensions: [SuspensionView]
    package init(suspensions: [SuspensionView]) { self.suspensions = suspensions }
}

/// `GET /version`.
package struct VersionDocument: ReportDocument, Decodable {
    package static let kind = "Version"
    package var version: String
    package var name: String
    /// Absent where the program was built without git.
    package var commit: String?
    package var date: String?
    package init(_ version: ProgramVersion, name: String) {
        self.version = version.description
        self.name = name
        commit = version.commit
        date = version.date
    }
}
