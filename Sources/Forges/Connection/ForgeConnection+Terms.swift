import FoundationEssentials
import Transfers

extension ForgeConnection {
    /// Asks for what the forge may keep from us; `nil` where it does, or does not know the question.
    func ask(_ request: ForgeRequest) async throws(ForgeError) -> ForgeAnswer? {
        do throws(ForgeError) {
            return try await send(request)
        } catch {
            switch error.reason {
            case .forbidden, .notFound, .invalid, .unreadable: return nil
            case .unauthorized, .commitGone, .conflict, .limited, .unavailable: throw error
            }
        }
    }
}

extension ForgeTerms.Allowance {
    /// As GitLab and Azure DevOps tell it with an answer, where they do.
    ///
    /// Source: docs.gitlab.com/administration/settings/user_and_ip_rate_limits, "Response headers";
    /// learn.microsoft.com/azure/devops/integrate/concepts/rate-limits, "API client experience".
    init?(_ headers: HTTPHeaders) {
        for prefix in ["ratelimit-", "x-ratelimit-"] {
            func number(_ name: String) -> Int? { headers[prefix + name].flatMap { Int($0) } }
            guard let limit = number("limit"), let remaining = number("remaining"), limit > 0, remaining >= 0 else {
                continue
            }
            let resets = number("reset").map { Date(timeIntervalSince1970: TimeInterval($0)) }
            self.init(remaining: remaining, limit: limit, resetsAt: resets)
            return
        }
        return nil
    }
}
