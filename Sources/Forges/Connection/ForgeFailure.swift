import FoundationEssentials
import JSON
import Transfers

/// Turns what went wrong into a ``ForgeError`` that says what to do.
enum ForgeFailure {
    /// Where the forge does not say how long to wait.
    static let usualWait: TimeInterval = 60
    /// A longer wait is not believed: then it is asked once an hour.
    static let longestWait: TimeInterval = 3_600

    /// Whether a forge that wanted no calls before a time wants none yet.
    ///
    /// A time further ahead than any wait comes of a clock that was set back, and is over.
    static func isSilence(until end: Date, at now: Date) -> Bool {
        now < end && end <= now.addingTimeInterval(longestWait)
    }

    static func error(
        _ response: HTTPResponse,
        to request: ForgeRequest,
        _ rules: ForgeRules,
        secrets: [String],
        now: Date
    ) -> ForgeError {
        let reason = reason(response, rules)
        let said = ForgeWords.said(in: response, secrets: secrets)
        let isPassing = reason == .limited || reason == .unavailable
        return ForgeError(
            reason,
            asked: request.asked,
            message: "\(rules.name) answered \(response.status) when asked for \(request.asked)"
                + (said.isEmpty ? "." : ": \(said)"),
            remedy: (reason == .forbidden ? missing(response, secrets) : nil) ?? remedy(reason, response.status, rules),
            status: response.status,
            retryAt: isPassing ? now.addingTimeInterval(wait(response, now: now) ?? usualWait) : nil
        )
    }

    private static func reason(_ response: HTTPResponse, _ rules: ForgeRules) -> ForgeError.Reason {
        switch response.status {
        case _ where rules.refusals.contains(response.status): .unauthorized
        case 403: isLimit(response) ? .limited : .forbidden
        case 423: .forbidden
        case 300..<400, 404, 410: .notFound
        case 409: .conflict
        case 429: .limited
        case 408, 425, 500...: .unavailable
        default: .invalid
        }
    }

    /// What the forge itself says that the call would have taken.
    ///
    /// Source: docs.github.com/rest/overview/troubleshooting, "X-Accepted-GitHub-Permissions"; GitLab names the scope as
    /// RFC 6750 3.1 has it.
    private static func missing(_ response: HTTPResponse, _ secrets: [String]) -> String? {
        if let accepted = response.headers["X-Accepted-GitHub-Permissions"], !accepted.isEmpty {
            let shown = ForgeWords.shown(accepted, secrets: secrets)
            return "Give the credentials in `forge.credentials` one of these permissions here: \(shown)."
        }
        guard response.body.count <= 64 << 10, let json = try? JSONParser.parse(response.body),
            json["error"]?.text == "insufficient_scope", let scope = json["scope"]?.text, !scope.isEmpty
        else { return nil }
        return "Make a token with the scope \(ForgeWords.shown(scope, secrets: secrets)) for `forge.credentials`."
    }

    /// Whether a 403 means "later" and not "never".
    ///
    /// GitHub sends `x-ratelimit-reset` with every answer, so that only a rest of nothing counts; its secondary limits
    /// may come with neither header.
    /// Source: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
    private static func isLimit(_ response: HTTPResponse) -> Bool {
        if response.headers["Retry-After"] != nil || remaining(response) == 0 { return true }
        return ForgeWords.said(in: response, secrets: []).lowercased().contains("secondary rate limit")
    }

    private static func remaining(_ response: HTTPResponse) -> Int? {
        (response.headers["x-ratelimit-remaining"] ?? response.headers["ratelimit-remaining"]).flatMap { Int($0) }
    }

    /// `Retry-After` in seconds or as a date, else the time of the reset.
    private static func wait(_ response: HTTPResponse, now: Date) -> TimeInterval? {
        var seconds = response.retryAfter(now: now).map { $0 / .seconds(1) }
        if seconds == nil, remaining(response) ?? 0 == 0,
            let reset = (response.headers["x-ratelimit-reset"] ?? response.headers["ratelimit-reset"]).flatMap({
                Int($0)
            })
        {
            seconds = TimeInterval(reset) - now.timeIntervalSince1970
        }
        return seconds.map { min(max($0, 1), longestWait) }
    }

    private static func remedy(_ reason: ForgeError.Reason, _ status: Int, _ rules: ForgeRules) -> String {
        switch reason {
        case .unauthorized:
            "Check that what `forge.credentials` names is right and has not ended, and that this clock is right."
        case .forbidden:
            "Give the account in `forge.credentials` the right to read and write requests, comments and statuses here."
        case .notFound where (300..<400).contains(status):
            "The repository has moved; set `forge.repository` and `forge.url` to where it is now."
        case .notFound:
            "Check `forge.url` and `forge.repository`, and that the account may see the repository."
        case .conflict: "It is looked at again."
        case .limited: "Nothing has to be done; it is asked again when the forge allows it."
        case .unavailable: "Look at the forge's own state; it is asked again."
        default: "This looks like a fault of Mitregate or a change of \(rules.name); report it with this message."
        }
    }

    static func transfer(_ error: TransferError, _ rules: ForgeRules, _ request: ForgeRequest) -> ForgeError {
        if case .responseTooLarge = error.reason {
            return unreadable(
                rules,
                request,
                "it is larger than the \(request.maximumSize) bytes that are read",
                isTooLarge: true
            )
        }
        return ForgeError(
            .unavailable,
            asked: request.asked,
            message: "\(rules.name) did not answer when asked for \(request.asked): \(error)",
            remedy: error.remedy
        )
    }

    static func cancelled(_ rules: ForgeRules, _ request: ForgeRequest) -> ForgeError {
        ForgeError(
            .unavailable,
            asked: request.asked,
            message: "Asking \(rules.name) for \(request.asked) was interrupted.",
            remedy: "Nothing has to be done."
        )
    }

    static func stillSilent(_ rules: ForgeRules, _ request: ForgeRequest, until: Date) -> ForgeError {
        ForgeError(
            .limited,
            asked: request.asked,
            message: "\(rules.name) wants no calls before \(until.ISO8601Format()), so it was not asked for "
                + "\(request.asked).",
            remedy: remedy(.limited, 429, rules),
            retryAt: until
        )
    }

    static func unreadable(
        _ rules: ForgeRules,
        _ request: ForgeRequest,
        _ problem: String,
        remedy: String = "Check `forge.kind` and `forge.url`, and that no proxy answers in the forge's place.",
        isTooLarge: Bool = false
    ) -> ForgeError {
        ForgeError(
            .unreadable,
            asked: request.asked,
            message: "\(rules.name)'s answer about \(request.asked) cannot be used: \(problem).",
            remedy: remedy,
            isTooLarge: isTooLarge
        )
    }
}
