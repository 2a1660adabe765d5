import Connectors
import FoundationEssentials
import JSON
import Transfers

extension TenantConnection {
    /// One answer of Graph.
    struct GraphPage: Sendable {
        var rows: [JSONValue]
        /// Where the next rows are; nothing on the last page.
        var nextLink: String?
        var serviceTime: Date?
    }

    /// Reads a collection by GET; a token that is not taken is replaced once, and nothing else is tried again here.
    ///
    /// - Parameters:
    ///   - target: A path with its query, or a continuation that Graph itself named.
    ///   - what: Ends the sentence "The request for …", and names the request in errors.
    func graph(_ target: String, what: String) async throws(ExchangeError) -> GraphPage {
        let url = target.hasPrefix("/") ? endpoints.graph + target : target
        guard let origin = Origin(url), origin.description == endpoints.graph else {
            throw ExchangeError(
                .foreignLink,
                "The list of \(what) goes on at a host that is not Graph's; it was not asked.",
                remedy:
                    "Check `cloud` and `endpoints`; if they are right, something between here and the service is not."
            )
        }
        let (response, token) = try await authorized(.graph, what: what) {
            HTTPRequest(
                .get,
                url,
                headers: [
                    ("Accept", "application/json"),
                    // Without it a word that is newer than the documents would be left out.
                    ("Prefer", "include-unknown-enum-members"), ("client-request-id", UUID().uuidString.lowercased()),
                ],
                timeout: .seconds(60),
                maximumResponseSize: TracePage.maximumAnswer,
                isRepeatable: true,
                share: tenantId
            )
        }
        guard response.status == 200 else { throw ErrorForm.error(response, cmdlet: what, secrets: [token.text]) }
        return try Self.page(response, what: what)
    }

    private static func page(_ response: HTTPResponse, what: String) throws(ExchangeError) -> GraphPage {
        let body = try? JSONParser.parse(response.body)
        guard let rows = body?["value"]?.elements else {
            throw ExchangeError(
                .answerMalformed,
                "The answer to \(what) is not what Graph sends: it has no list of values.",
                remedy: "Check that `endpoints.graph` is Graph, and that no proxy answers in its place."
            )
        }
        let link = body?["@odata.nextLink"]?.text?.trimmingSpaces() ?? ""
        return GraphPage(rows: rows, nextLink: link.isEmpty ? nil : link, serviceTime: response.date)
    }
}
