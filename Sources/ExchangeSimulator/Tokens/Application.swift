import FoundationEssentials

/// An application as a tenant knows it: its credentials and its grants.
struct Application: Sendable {
    struct Secret: Sendable {
        let value: String
        let expires: Date?

        init(value: String) {
            self.value = value
            expires = nil
        }

        /// Reads `{"value", "expires"}`.
        init(_ node: DocumentNode) throws(SimulatorError) {
            try node.onlyMembers(["value", "expires"])
            value = try node.needed("value").string()
            guard let end = node["expires"] else {
                expires = nil
                return
            }
            guard let date = Timestamp.date(try end.string()) else { throw end.wrong("a time is expected") }
            expires = date
        }
    }

    struct FederatedCredential: Sendable {
        let issuer: String
        let subject: String
        let audience: String

        init(_ node: DocumentNode) throws(SimulatorError) {
            try node.onlyMembers(["issuer", "subject", "audience"])
            issuer = try node.needed("issuer").string()
            subject = try node.needed("subject").string()
            audience = try node["audience"]?.string() ?? "api://AzureADTokenExchange"
        }
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
                [Secret(value: try node.string())]
            } ?? []
        for secret in try node["clientSecrets"]?.items() ?? [] { secrets.append(try Secret(secret)) }
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
            federated.append(try FederatedCredential(credential))
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
