extension Beginning {
    /// The port on which `exchange-simulator --demo-tenant` listens unless told otherwise.
    package static let demoPort = 8925

    /// The secret of the pretended application; it opens nothing but the pretended tenant.
    static let demoSecret = "demo-only"

    /// The tenant of `exchange-simulator --demo-tenant`.
    package static func demo(simulator: String) -> Beginning {
        Beginning(
            tenant: "contoso",
            organization: "contoso.onmicrosoft.com",
            tenantId: "d3b0c1a5-7a1e-4c57-9f0e-5a2c7e1b8d40",
            signIn: .clientSecret,
            clientId: "6b0f7a52-1c8d-4e3a-9d27-0f4b5c6e7a81",
            address: RepositoryAddress(""),
            repository: "mail-flow",
            forge: .none,
            simulator: simulator
        )
    }

    /// Forced TLS with a partner whose servers `mitregate-lab` plays.
    static let demoPartner = """
        apiVersion: mitregate.dev/v1
        kind: ForcedTLSPartner
        metadata:
          name: litware
        spec:
          domains: [litware.example]
          trust: domain-validation
          tlsDomain: mx.litware.example
          # Only mail to the partner; without this line the way in is kept too.
          direction: outbound

        """
}
