import FoundationEssentials

extension Application {
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// Believes a secret, a certificate's assertion or another provider's token, or says with which code Entra wouldn't.
    func authenticate(_ form: [String: String], audiences: [String], now: Date) throws(TokenRefusal) {
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == Self.assertionType else { throw TokenRefusal(9_002_313) }
            guard let token = JSONWebToken(assertion) else { throw TokenRefusal(50027) }
            if token.claims["iss"]?.string?.isSame(ignoringCase: clientId) ?? false {
                try believe(token, audiences: audiences, now: now)
            } else {
                try match(token, now: now)
            }
        } else if let secret = form["client_secret"] {
            guard let known = secrets.first(where: { $0.value == secret }) else { throw TokenRefusal(7_000_215) }
            if let expires = known.expires, expires <= now { throw TokenRefusal(7_000_222) }
        } else {
            throw TokenRefusal(7_000_218)
        }
    }

    /// An assertion that is signed with a registered certificate.
    ///
    /// Section 1.1 b.
    private func believe(_ token: JSONWebToken, audiences: [String], now: Date) throws(TokenRefusal) {
        guard let name = token.header["alg"]?.string, let algorithm = RSAPublicKey.Algorithm(rawValue: name) else {
            throw TokenRefusal(50027, "The assertion's algorithm is neither PS256 nor RS256.")
        }
        let thumbprint = token.header["x5t#S256"]?.string
        let oldThumbprint = token.header["x5t"]?.string
        let certificate = certificates.first {
            thumbprint.map { [$0] }?.contains($0.sha256Thumbprint) ?? ($0.sha1Thumbprint == oldThumbprint)
        }
        guard let certificate else { throw TokenRefusal(700027) }
        guard certificate.key.isValid(token.signature, of: token.signed, by: algorithm) else {
            throw TokenRefusal(700027, "The assertion's signature could not be verified.")
        }
        if let notAfter = certificate.notAfter, notAfter < now {
            throw TokenRefusal(700027, "The certificate used to sign the client assertion is expired.")
        }
        guard token.claims["sub"]?.string == token.claims["iss"]?.string else { throw TokenRefusal(50027) }
        guard token.audiences.contains(where: { aud in audiences.contains { $0.isSame(ignoringCase: aud) } }) else {
            throw TokenRefusal(50027, "The assertion's audience is not this token endpoint.")
        }
        guard let id = token.claims["jti"]?.string, !id.isEmpty else { throw TokenRefusal(50027) }
        try checkTimes(of: token, now: now)
    }

    /// Five minutes of a wrong clock are borne; that is general knowledge, the section says "a few".
    private func checkTimes(of token: JSONWebToken, now: Date) throws(TokenRefusal) {
        let moment = now.timeIntervalSince1970
        guard let expires = token.seconds("exp"), expires > moment - 300,
            token.seconds("nbf").map({ $0 < moment + 300 }) ?? true
        else { throw TokenRefusal(700024) }
    }

    /// Another identity provider's token, told by issuer, subject and audience.
    ///
    /// Section 1.1 c.
    ///
    /// Its signature is not checked: the keys of the other provider are out of reach here.
    private func match(_ token: JSONWebToken, now: Date) throws(TokenRefusal) {
        guard !federated.isEmpty else { throw TokenRefusal(70021) }
        let issuer = federated.filter { $0.issuer == token.claims["iss"]?.string }
        guard !issuer.isEmpty else { throw TokenRefusal(700211) }
        let subject = issuer.filter { $0.subject == token.claims["sub"]?.string }
        guard !subject.isEmpty else { throw TokenRefusal(700213) }
        guard subject.contains(where: { token.audiences.contains($0.audience) }) else { throw TokenRefusal(700212) }
        try checkTimes(of: token, now: now)
    }
}
