import Connectors
import Transfers

/// Turns an answer that is not a success into the one typed error, by status, exception and text together, since none
/// of them discriminates alone.
enum ErrorForm {
    /// Exceptions of a busy or restarting back end, whatever status they come with.
    ///
    /// Source: the retry list of Microsoft's own module, and the M365Permissions client.
    private static let transientTypes = [
        "DCOverloadedException", "SuitabilityDirectoryException", "ServerInMMException",
        "ADServerSettingsChangedException", "StorageTransientException", "CmdletProxyNotAvailableFailure",
        "ServerBusyException", "TransientException", "BackendCommunicationException",
    ]

    private static let concurrencyText = "maximum number of concurrent requests per tenant"

    static func error(_ response: HTTPResponse, cmdlet: String, secrets: [String]) -> ExchangeError {
        let body = ErrorBody(bytes: response.body)
        let type = (body.exceptionType ?? response.headers["x-ExceptionType"]).map { Redaction.text($0) }
        let text = body.text.map { Redaction.text($0, secrets: secrets) }
        let judged = judge(response.status, type: type ?? "", text: text ?? "", body: body)
        var error = ExchangeError(
            judged.reason,
            message(judged.reason, response.status, cmdlet: cmdlet, type: type, text: text),
            remedy: remedy(judged.reason, cmdlet: cmdlet),
            status: response.status,
            cmdlet: cmdlet,
            isTransient: judged.isTransient
        )
        error.exceptionType = type
        error.diagnostics = response.headers["x-ms-diagnostics"].map { Redaction.text($0, secrets: secrets) }
        error.retryAfter = response.retryAfter()
        error.isSurelyNotApplied = isSurelyNotApplied(response.status, code: body.code ?? "", judged.isTransient)
        return error
    }

    /// A refusal by status 4xx comes before anything is done; a time-out, a broken back end and a transient exception
    /// may come after.
    private static func isSurelyNotApplied(_ status: Int, code: String, _ isTransient: Bool) -> Bool {
        if status == 429 || (300...399).contains(status) { return true }
        return (400...499).contains(status) && status != 408 && !isTransient && code != "InternalServerError"
    }

    private static func judge(
        _ status: Int,
        type: String,
        text: String,
        body: ErrorBody
    ) -> (reason: ExchangeError.Reason, isTransient: Bool) {
        if status == 429 || text.range(of: concurrencyText) != nil { return (.throttled, true) }
        if (300...399).contains(status) { return (.redirected, false) }
        if status == 401 { return (.tokenRejected, false) }
        if status == 403 { return (.permissionMissing, false) }
        if text.range(of: "Expired or Invalid pagination request") != nil { return (.pagingExpired, false) }
        if transientTypes.contains(where: { type.hasSuffix($0) }) { return (.serviceUnavailable, true) }
        if let reason = reason(of: type) { return (reason, false) }
        if body.code == "NotFound" || status == 404 && body.isService { return (.objectNotFound, false) }
        if status == 408 || status >= 500 { return (.serviceUnavailable, true) }
        return (.cmdletFailed, false)
    }

    private static func reason(of type: String) -> ExchangeError.Reason? {
        let name = type.split(separator: ".").last.map(String.init) ?? ""
        switch name {
        case "ManagementObjectNotFoundException": return .objectNotFound
        case "ParameterTransformationException", "ParameterBindingValidationException", "DataValidationException":
            return .valueInvalid
        case "AmbiguousParameterSetException": return .parameterUnknown
        case "ConnectorIncorrectUsageConnectorStillReferencedException": return .stillReferenced
        case _ where name.hasSuffix("AlreadyExistsException"): return .nameTaken
        default: return nil
        }
    }

    private static func message(
        _ reason: ExchangeError.Reason,
        _ status: Int,
        cmdlet: String,
        type: String?,
        text: String?
    ) -> String {
        let what: String
        switch reason {
        case .throttled: what = "Exchange Online asks for fewer requests"
        case .redirected: what = "Exchange Online sent \(cmdlet) to another host, which is not followed"
        case .tokenRejected: what = "Exchange Online did not accept the access token for \(cmdlet)"
        case .permissionMissing: what = "Exchange Online does not let this application run \(cmdlet)"
        case .serviceUnavailable: what = "Exchange Online could not run \(cmdlet) now"
        case .pagingExpired: what = "Exchange Online does not continue the list of \(cmdlet)"
        default: what = "Exchange Online refused \(cmdlet)"
        }
        let name = type?.split(separator: ".").last.map { ", \($0)" } ?? ""
        return "\(what) (HTTP \(status)\(name))" + (text.map { ": \($0)" } ?? ".")
    }

    private static func remedy(_ reason: ExchangeError.Reason, cmdlet: String) -> String {
        switch reason {
        case .throttled: "Try again later; run fewer tools against this tenant at once."
        case .redirected:
            "Check that `cloud` and `endpoints` are the tenant's; a tenant on the move comes to rest by itself."
        case .tokenRejected:
            "Grant the application role Exchange.ManageAsApp with admin consent; a grant takes some minutes to work."
        case .permissionMissing:
            "Assign the application a directory role (Exchange Administrator to write, Global Reader to read) or a role "
                + "group; an assignment takes some minutes to work."
        case .serviceUnavailable: "Try again later; if it stays, look at the service health of the tenant."
        case .pagingExpired: "Run it again; the tenant's state is unknown until a list can be read to its end."
        case .objectNotFound: "Read the tenant again: the object was deleted, or has another name now."
        case .nameTaken: "Choose another name, or adopt the object that has it."
        case .stillReferenced: "Change or delete the transport rule that leads to the connector first."
        case .parameterUnknown:
            "Either the service has no such parameter or the application's role hides it; check the role's entries."
        case .valueInvalid:
            "Correct the value in the definition; `validate` checks what is known of the service's rules."
        default: "Read what the service says; nothing else is known of the cause."
        }
    }
}
