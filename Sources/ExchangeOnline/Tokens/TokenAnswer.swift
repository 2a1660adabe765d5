import FoundationEssentials
import JSON
import Transfers

/// What a token endpoint answered.
struct TokenAnswer {
    let token: AccessToken
    /// In seconds.
    let lifetime: Double

    /// Reads an answer with status 200; numbers may be strings, as the metadata service writes them.
    ///
    /// App Service, Functions and Container Apps send `expires_on`, in seconds since 1970, and no `expires_in`. Source:
    /// learn.microsoft.com/azure/app-service/overview-managed-identity, api-version 2019-08-01.
    init(_ response: HTTPResponse, now: Date) throws(ExchangeError) {
        let body = try? JSONParser.parse(response.body)
        guard
            let text = body?["access_token"]?.text, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let seconds = body?["expires_in"]?.integer.map({ Double($0) })
                ?? body?["expires_on"]?.integer.map({ Double($0) - now.timeIntervalSince1970 }),
            seconds > 0
        else {
            throw ExchangeError(
                .tokenUnavailable,
                "The token endpoint answered with success and without a token that can be used.",
                remedy: "Check that `endpoints.login` is a token endpoint, and that no proxy answers in its place.",
                status: response.status
            )
        }
        lifetime = min(seconds, 7 * 86_400)
        token = AccessToken(text: text, expires: now.addingTimeInterval(lifetime))
    }
}
