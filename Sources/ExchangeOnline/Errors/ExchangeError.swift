import Connectors

/// What went wrong between us and a tenant, in any of the service's many forms.
///
/// It never holds a token, a secret or an assertion; what the service said is cut, and freed of control characters.
package struct ExchangeError: Error, Hashable, Sendable {
    package let reason: Reason
    /// The kebab-case id by which scripts know the error.
    package var id: String { reason.rawValue }
    /// What happened, in sentences for people.
    package var message: String
    package var remedy: String
    /// The HTTP status, where there was an answer.
    package var status: Int?
    package var cmdlet: String?
    /// The .NET exception that the service named.
    package var exceptionType: String?
    /// The `AADSTS` number of an error of the token endpoint.
    package var tokenErrorCode: Int?
    /// The service's id of the request; Microsoft's support asks for it.
    package var requestId: String?
    /// Our own id of the request.
    package var clientRequestId: String?
    /// The header `x-ms-diagnostics`.
    package var diagnostics: String?
    /// How long the service asked to be left alone.
    package var retryAfter: Duration?
    /// Whether the same request may succeed a little later.
    package var isTransient: Bool
    /// Whether the host's name could not be resolved, which waiting seldom changes.
    var isNameUnknown = false
    /// Whether it was tried again as often as is worth it, so that no one outside tries again.
    package var wasRetried = false
    /// For a write: whether the error proves that nothing was changed.
    package var isSurelyNotApplied = false

    package init(
        _ reason: Reason,
        _ message: String,
        remedy: String,
        status: Int? = nil,
        cmdlet: String? = nil,
        isTransient: Bool = false
    ) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
        self.status = status
        self.cmdlet = cmdlet
        self.isTransient = isTransient
    }

    package enum Reason: String, Hashable, Sendable, CaseIterable {
        // Before anything is asked
        case endpointInvalid = "endpoint-invalid"
        case credentialUnreadable = "credential-unreadable"
        case credentialInvalid = "credential-invalid"
        case certificateEnded = "certificate-ended"
        case organizationUnknown = "organization-unknown"
        case cancelled
        // Tokens
        case tokenRefused = "token-refused"
        case tokenUnavailable = "token-unavailable"
        case tokenRejected = "token-rejected"
        // The way to the service
        case transferFailed = "transfer-failed"
        case redirected
        case foreignLink = "foreign-link"
        case throttled
        case serviceUnavailable = "service-unavailable"
        // What a cmdlet said
        case permissionMissing = "permission-missing"
        case objectNotFound = "object-not-found"
        case nameTaken = "name-taken"
        case stillReferenced = "still-referenced"
        case parameterUnknown = "parameter-unknown"
        case valueInvalid = "value-invalid"
        case pagingExpired = "paging-expired"
        case cmdletFailed = "cmdlet-failed"
        case partialErrors = "partial-errors"
        // What we made of the answer
        case answerMalformed = "answer-malformed"
        case answerIncomplete = "answer-incomplete"
        case rowMalformed = "row-malformed"
        case auditLogUnavailable = "audit-log-unavailable"
        case auditingOff = "auditing-off"
        case activityFeedOff = "activity-feed-off"
    }
}

extension ExchangeError {
    /// What a run that meets the error does about it.
    package enum Class: Hashable, Sendable {
        /// It may pass by itself: throttling, an outage, no network, a lost answer.
        case passing
        /// The service refused this request for what it says.
        case refused
        /// We may not do this: a role or a permission is missing.
        case permission
        /// We could not sign in, or could not even try.
        case credential
    }

    package var errorClass: Class {
        switch reason {
        case .throttled, .serviceUnavailable, .transferFailed, .tokenUnavailable, .cancelled, .redirected,
            .pagingExpired, .answerMalformed, .answerIncomplete, .partialErrors, .rowMalformed, .auditLogUnavailable,
            .auditingOff, .activityFeedOff:
            .passing
        case .permissionMissing: .permission
        case .credentialUnreadable, .credentialInvalid, .certificateEnded, .organizationUnknown, .tokenRefused,
            .tokenRejected, .endpointInvalid:
            .credential
        case .objectNotFound, .nameTaken, .stillReferenced, .parameterUnknown, .valueInvalid, .cmdletFailed,
            .foreignLink:
            isTransient ? .passing : .refused
        }
    }

    /// Whether the service asked for less load.
    var isRefusalOfLoad: Bool { status == 429 || status == 503 || reason == .throttled }
}

extension ExchangeError: CustomStringConvertible {
    package var description: String {
        var ids: [String] = []
        if let requestId { ids.append("request-id \(requestId)") }
        if let clientRequestId { ids.append("client-request-id \(clientRequestId)") }
        return [message, remedy, ids.isEmpty ? "" : "(\(ids.joined(separator: ", ")))"]
            .filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
