/// What `comment` wrote on a pull request.
package struct CommentDocument: ReportDocument {
    package static let kind = "Comment"

    /// The request's number on the forge.
    package var request: Int
    /// The request's page, for people; empty where the forge tells none.
    package var page: String
    /// Why the request has no plan; `nil` when it has one.
    package var reason: String?
    package var tenants: [TenantPlan]
    package var exitStatus: ExitStatus

    package init(request: Int, page: String, reason: String?, tenants: [TenantPlan], exitStatus: ExitStatus) {
        self.request = request
        self.page = page
        self.reason = reason
        self.tenants = tenants
        self.exitStatus = exitStatus
    }

    private enum Key: String, CodingKey { case request, page, reason, tenants, exitCode }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(request, forKey: .request)
        try container.encode(page, forKey: .page)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encode(tenants, forKey: .tenants)
        try container.encode(exitStatus.rawValue, forKey: .exitCode)
    }
}
