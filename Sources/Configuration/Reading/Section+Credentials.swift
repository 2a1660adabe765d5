extension Section {
    /// How to sign in to a tenant; `nil` with a problem noted.
    func credentials() -> CredentialConfiguration? {
        guard let section = optionalSection("credentials") else {
            if !has("credentials") {
                missing(
                    "credentials",
                    in: "the tenant",
                    remedy:
                        "Write credentials: {clientId: …, certificate: {certificate: {file: …}, privateKey: {file: …}}}."
                )
            }
            return nil
        }
        let ways = ["clientSecret", "certificate", "federatedToken", "managedIdentity"]
        return section.choosing(oneOf: ways.map { [$0] }).signIn(in: "credentials")
    }

    /// The ways to sign in to Microsoft Entra, read from this section itself, which ends here.
    func signIn(in name: String) -> CredentialConfiguration? {
        let keys = ["clientSecret", "certificate", "federatedToken", "managedIdentity"]
        know(keys)
        let given = keys.filter { has($0) }
        guard given.count == 1, let kind = given.first else {
            let message =
                given.isEmpty ? "\(name) says no way to sign in." : "\(name) has \(given.joined(separator: " and "))."
            context.add(
                "config-credentials",
                at: origin,
                message,
                remedy: "Give one of clientSecret, certificate, federatedToken and managedIdentity."
            )
            _ = setting("clientId")
            finish(in: name)
            return nil
        }
        let clientId = clientId(isRequired: kind != "managedIdentity")
        let proof = proof(kind)
        finish(in: name)
        guard let proof, kind == "managedIdentity" || clientId != nil else { return nil }
        return CredentialConfiguration(clientId: clientId, proof: proof)
    }

    private func clientId(isRequired: Bool) -> String? {
        guard isRequired || has("clientId") else {
            know(["clientId"])
            return nil
        }
        return guid(
            "clientId",
            in: "credentials",
            remedy: "It is the application (client) id of the app registration."
        )
    }

    private func proof(_ kind: String) -> CredentialConfiguration.Proof? {
        switch kind {
        case "clientSecret": return secret(kind).map { .clientSecret($0) }
        case "certificate":
            guard let section = optionalSection(kind) else { return nil }
            let certificate = section.requiredSecret("certificate", in: kind)
            let key = section.requiredSecret("privateKey", in: kind)
            section.finish(in: kind)
            guard let certificate, let key else { return nil }
            return .certificate(certificate: certificate, privateKey: key)
        case "federatedToken":
            guard case .file(let path)? = secret(kind) else {
                if context.problems.isEmpty || has(kind) { addFileOnly(kind) }
                return nil
            }
            return .federatedToken(file: path)
        default:
            guard let section = optionalSection(kind) else { return nil }
            section.finish(in: kind)
            return .managedIdentity
        }
    }

    private func requiredSecret(_ key: String, in name: String) -> SecretReference? {
        guard has(key) else {
            missing(key, in: name, remedy: "Write \(key): {file: PATH} or \(key): {env: NAME}, in PEM.")
            know([key])
            return nil
        }
        return secret(key)
    }

    private func addFileOnly(_ key: String) {
        context.add(
            "config-secret-reference",
            at: place(of: key),
            "\(key) must name a file: the token in it is renewed while we run.",
            remedy: "Write \(key): {file: PATH}."
        )
    }
}
