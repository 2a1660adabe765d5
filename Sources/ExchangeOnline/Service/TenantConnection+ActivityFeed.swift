import FoundationEssentials
import JSON
import Transfers

extension TenantConnection {
    /// The most of one answer; content has some tens of kilobytes.
    private static let maximumContent = 8 << 20

    /// Asks the tenant's activity feed.
    ///
    /// - Parameters:
    ///   - target: What follows `…/activity/feed`, or an address within it that the feed itself named.
    ///   - code: An error that is as good as a success.
    /// - Throws: `activity-feed-off` where nothing is subscribed to, `foreign-link` for an address that is not the feed's.
    @discardableResult
    func activityFeed(
        _ method: HTTPRequest.Method,
        _ target: String,
        accepting code: String? = nil
    ) async throws(ExchangeError) -> HTTPResponse {
        guard let origin = endpoints.activity else { throw TenantReader.noAuditLog }
        let url = target.hasPrefix("/") ? "\(origin)/api/v1.0/\(path)/activity/feed\(target)" : target
        guard let named = Origin(url), named.description == origin, isOfFeed(named.rest) else {
            throw ExchangeError(
                .foreignLink,
                "The activity feed goes on at an address that is not this tenant's feed; it was not asked.",
                remedy:
                    "Check `cloud` and `endpoints`; if they are right, something between here and the service is not."
            )
        }
        let (response, token) = try await authorized(.activity, what: TenantReader.activityFeed) {
            HTTPRequest(
                method,
                url,
                headers: [("Accept", "application/json")],
                body: method == .post ? [] : nil,
                timeout: .seconds(60),
                maximumResponseSize: Self.maximumContent,
                isRepeatable: method == .get,
                share: tenantId
            )
        }
        if response.status == 200 { return response }
        let said = ErrorBody(bytes: response.body).code
        guard let said, said == code else { throw Self.feedError(response, said, token) }
        return response
    }

    /// The documents show continuations below `v1` too.
    private func isOfFeed(_ rest: String) -> Bool {
        let way = rest.prefix { $0 != "?" && $0 != "#" }.lowercased()
        guard !way.contains("/../"), !way.hasSuffix("/.."), !way.contains("%") else { return false }
        return ["v1.0", "v1"].contains { way.hasPrefix("/api/\($0)/\(path.lowercased())/activity/feed/") }
    }

    /// Codes: learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference#errors.
    private static func feedError(_ response: HTTPResponse, _ code: String?, _ token: AccessToken) -> ExchangeError {
        guard code != "AF20022" else {
            return ExchangeError(
                .activityFeedOff,
                "Nothing is subscribed to in the tenant's activity feed yet.",
                remedy: "The controller subscribes by itself; the first records may take up to 12 hours.",
                status: response.status
            )
        }
        var error = ErrorForm.error(response, cmdlet: TenantReader.activityFeed, secrets: [token.text])
        if error.reason == .permissionMissing || error.reason == .tokenRejected {
            error.remedy =
                "Grant the application the permission ActivityFeed.Read of the Office 365 Management APIs with admin "
                + "consent, or remove `audit: feed` from the configuration."
        }
        return error
    }
}
