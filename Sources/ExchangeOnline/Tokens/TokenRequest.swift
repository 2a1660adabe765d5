import Connectors
import FoundationEssentials
import Transfers

/// One request for a token, with what of it must never be repeated.
struct TokenRequest: Sendable {
    var request: HTTPRequest
    var secrets: [String]

    /// Which of the two ways of asking; the errors of the metadata service are other ones.
    var isManagedIdentity = false
}

extension TokenRequest {
    private static let timeout = Duration.seconds(30)
    private static let maximumAnswer = 1 << 20

    /// The client-credentials grant at Microsoft Entra.
    ///
    /// Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
    ///
    /// - Parameter now: What an assertion's times are counted from.
    static func grant(
        _ credential: TenantCredential,
        tenantId: String,
        endpoints: Endpoints,
        resource: TokenResource,
        claims: String?,
        now: Date
    ) throws(ExchangeError) -> TokenRequest {
        let url = "\(endpoints.login)/\(FormFields.encoded(tenantId))/oauth2/v2.0/token"
        var fields = FormFields([
            ("client_id", credential.clientId ?? ""), ("scope", "\(endpoints.resource(resource))/.default"),
            ("grant_type", "client_credentials"),
        ])
        var secrets: [String] = []
        switch credential {
        case .clientSecret(_, let secret, _):
            let text = try read("client secret", secret)
            fields.add("client_secret", text)
            secrets = [text, FormFields.encoded(text)]
        case .certificate(let clientId, let certificatePEM, let privateKeyPEM, let name):
            let certificate = try SigningCertificate(
                certificatePEM: try read("certificate", certificatePEM),
                privateKeyPEM: try read("private key", privateKeyPEM)
            )
            try refuseEnded(certificate, name: name, now: now)
            let assertion = try ClientAssertion(clientId: clientId, audience: url, certificate: certificate, now: now)
            addAssertion(assertion.text, to: &fields)
            secrets = [assertion.text]
        case .federatedToken(_, let path):
            let text = try read("federated token") { try String(contentsOfFile: path, encoding: .utf8) }
            addAssertion(text, to: &fields)
            secrets = [text]
        case .managedIdentity:
            break
        }
        if let claims { fields.add("claims", claims) }
        let request = HTTPRequest(
            .post,
            url,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            body: Array(fields.text.utf8),
            timeout: timeout,
            maximumResponseSize: maximumAnswer,
            share: tenantId
        )
        return TokenRequest(request: request, secrets: secrets)
    }

    /// Entra would only say that the certificate is not registered, and its upload would not help.
    private static func refuseEnded(
        _ certificate: SigningCertificate,
        name: String,
        now: Date
    ) throws(ExchangeError) {
        guard let end = certificate.notAfter, end <= now else { return }
        throw ExchangeError(
            .certificateEnded,
            "\(name), by which the application signs in, ended on \(Timestamp.text(end).prefix(10)).",
            remedy:
                "Make a new certificate and key, upload the certificate to the app registration, and put both where "
                + "the configuration names them. If this machine's clock is wrong, set it."
        )
    }

    private static func addAssertion(_ text: String, to fields: inout FormFields) {
        fields.add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        fields.add("client_assertion", text)
    }

    private static func read(_ name: String, _ source: () throws -> String) throws(ExchangeError) -> String {
        let text: String
        do {
            text = try source()
        } catch let error as ExchangeError {
            throw error
        } catch {
            throw ExchangeError(
                .credentialUnreadable,
                "The \(name) cannot be read.",
                remedy: "Check that the file or variable of the configuration exists and that this user may read it."
            )
        }
        let bare = text.trimmingLineEnd()
        guard !bare.isEmpty else {
            throw ExchangeError(
                .credentialUnreadable,
                "The \(name) is empty.",
                remedy: "Put its value into the file or variable that the configuration names."
            )
        }
        return bare
    }
}

extension String {
    /// Without the line ends and spaces that an editor or `echo` leaves.
    fileprivate func trimmingLineEnd() -> String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last])
    }
}

extension TokenRequest {
    /// The identity of the machine itself: App Service's endpoint where there is one, else the metadata service.
    ///
    /// Neither is ever reached through a proxy.
    /// Source: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token and
    /// learn.microsoft.com/azure/app-service/overview-managed-identity.
    ///
    /// - Parameter environment: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`; `AZURE_POD_IDENTITY_AUTHORITY_HOST` stands
    ///   for the metadata service's address, as in Azure's own libraries.
    static func managedIdentity(
        clientId: String?,
        resource: String,
        environment: [String: String]
    ) throws(ExchangeError) -> TokenRequest {
        var query = FormFields([("resource", "\(resource)/")])
        if let clientId { query.add("client_id", clientId) }
        var secrets: [String] = []
        let url: String
        let header: (name: String, value: String)
        if let endpoint = environment["IDENTITY_ENDPOINT"], let secret = environment["IDENTITY_HEADER"] {
            query.add("api-version", "2019-08-01")
            url = "\(endpoint)?\(query.text)"
            header = ("X-IDENTITY-HEADER", secret)
            secrets = [secret]
        } else {
            query.add("api-version", "2018-02-01")
            let host = environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] ?? "http://169.254.169.254"
            url = "\(host)/metadata/identity/oauth2/token?\(query.text)"
            header = ("Metadata", "true")
        }
        let request = HTTPRequest(
            .get,
            url,
            headers: [header, ("Accept", "application/json")],
            timeout: timeout,
            connectTimeout: .seconds(3),
            maximumResponseSize: maximumAnswer,
            proxy: .none,
            plainHTTP: .linkLocal
        )
        return TokenRequest(request: request, secrets: secrets, isManagedIdentity: true)
    }
}
