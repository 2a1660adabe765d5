import FoundationEssentials

/// An application as a tenant knows it: its credentials and its grants.
struct Application: Sendable {
    struct Secret: Sendable {
        let value: String
        let expires: Date?
    }

    struct FederatedCredential: Sendable {
        let issuer: String
        let subject: String
        let audience: String
    }

    let clientId: String
    /// Of the service principal, the "enterprise application".
    let objectId: String
    let secrets: [Secret]
    let certificates: [Certificate]
    let federated: [FederatedCredential]
    let isManagedIdentity: Bool
    /// Application permissions with consent, as `Exchange.ManageAsApp`.
    let roles: [String]
    let directoryRoles: [String]
    /// Exchange management roles by membership in a role group; they are not in the token.
    ///
    /// Section 1.3.
    let managementRoles: [String]
    /// In seconds; `nil` for the seed's.
    let tokenLifetime: Int?
    /// As the seed had it, for the dump.
    let seed: JSONObject

    private static let members = [
        "clientId", "objectId", "clientSecret", "clientSecrets", "certificates", "federatedCredentials",
        "managedIdentity", "roles", "directoryRoles", "managementRoles", "tokenLifetime",
    ]

    init(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(Self.members)
        clientId = try node.needed("clientId").string()
        objectId = try node["objectId"]?.string() ?? Self.objectId(of: clientId)
        var secrets =
            try node["clientSecret"].map { node throws(SimulatorError) in
                [Secret(value: try node.string(), expires: nil)]
            } ?? []
        for secret in try node["clientSecrets"]?.items() ?? [] {
            try secret.onlyMembers(["value", "expires"])
            let expires = try secret["expires"]?.string()
            secrets.append(
                Secret(value: try secret.needed("value").string(), expires: expires.flatMap(Timestamp.date))
            )
        }
        self.secrets = secrets
        var certificates: [Certificate] = []
        for pem in try node["certificates"]?.items() ?? [] {
            guard let certificate = Certificate(pem: try pem.string()) else {
                throw pem.wrong("a certificate with an RSA key is expected, in PEM form")
            }
            certificates.append(certificate)
        }
        self.certificates = certificates
        var federated: [FederatedCredential] = []
        for credential in try node["federatedCredentials"]?.items() ?? [] {
            try credential.onlyMembers(["issuer", "subject", "audience"])
            federated.append(
                FederatedCredential(
                    issuer: try credential.needed("issuer").string(),
                    subject: try credential.needed("subject").string(),
                    audience: try credential["audience"]?.string() ?? "api://AzureADTokenExchange"
                )
            )
        }
        self.federated = federated
        isManagedIdentity = try node["managedIdentity"]?.bool() ?? false
        roles = try node["roles"]?.strings() ?? []
        directoryRoles = try node["directoryRoles"]?.strings() ?? []
        for role in directoryRoles where DirectoryRole(rawValue: role) == nil {
            let known = DirectoryRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw node.wrong("no directory role is called \"\(role)\"; known are \(known)")
        }
        managementRoles = try node["managementRoles"]?.strings() ?? []
        tokenLifetime = try node["tokenLifetime"]?.int()
        seed = try node.object()
    }

    /// An id that looks like another one and follows from the client id.
    private static func objectId(of clientId: String) -> String {
        var random = Random(clientId.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        return random.uuid()
    }
}
