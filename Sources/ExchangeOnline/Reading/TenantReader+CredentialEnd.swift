import Connectors
import JSON
package import FoundationEssentials

extension TenantReader {
    /// What lets an application read when its own secrets end.
    private static let applicationRoles: Set<String> = [
        "Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All",
        "Directory.ReadWrite.All",
    ]
    static let applications = "applications"

    /// When the certificate or the client secret by which we sign in ends; `nil` where that cannot be told.
    ///
    /// A certificate says it itself. A secret's end is only in Graph, which is asked where our token lets us; other proofs
    /// have no end of their own. Source: learn.microsoft.com/graph/api/resources/passwordcredential.
    package func credentialEnd(deadline: Duration = TenantReader.deadline) async -> Reading<Date?> {
        if let end = connection.tokens.certificateEnd { return .known(end) }
        guard let hint = connection.tokens.secretHint, let clientId = connection.tokens.clientId else {
            return .known(nil)
        }
        return await within(deadline) {
            do throws(ExchangeError) {
                let token = try await connection.tokens.token(for: .graph)
                guard let roles = TokenClaims(token)?.roles, !Self.applicationRoles.isDisjoint(with: roles) else {
                    return .known(nil)
                }
                let filter = FormFields.encoded("appId eq '\(clientId)'")
                let page = try await connection.graph(
                    "/v1.0/applications?$filter=\(filter)&$select=appId,passwordCredentials",
                    what: Self.applications
                )
                return .known(Self.end(of: page.rows, hint: hint))
            } catch {
                return .unknown(error)
            }
        }
    }

    /// The end of the secret that begins as ours does; of several that do, the first.
    private static func end(of applications: [JSONValue], hint: String) -> Date? {
        applications.prefix(10).flatMap { $0["passwordCredentials"]?.elements?.prefix(1_000) ?? [] }
            .filter { $0["hint"]?.text == hint }
            .compactMap { $0["endDateTime"]?.text.flatMap(Timestamp.instant) }
            .min()
    }
}
