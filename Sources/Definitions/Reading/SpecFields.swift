import Connectors

/// The keys of `spec` for each kind: the one list from which documents are decoded and schemas printed.
///
/// Those of the connectors and rules are Exchange's own (`ConnectorKind.fields`); these are the rest.
enum SpecFields {
    /// The name in Exchange, which every connector and rule may give.
    static let displayName = Field(
        "name",
        "Name",
        .single(.text(maximumLength: 64)),
        default: .none,
        "The name in Exchange; metadata.name where it is absent. It may be changed: the object is remembered."
    )

    static let forcedTLSPartner: [Field] = [
        field(
            "name",
            .single(.text(maximumLength: 64)),
            "What the partner is called in the names of its two connectors; metadata.name where it is absent."
        ),
        field("comment", .single(.text(maximumLength: 1024)), "A note for administrators, on both connectors."),
        field("domains", .set(.domainPattern), "The partner's mail domains; *.fabrikam.com is all below fabrikam.com."),
        field(
            "trust",
            words(ForcedTLSPartner.Trust.self),
            "What the partner's certificate must prove before mail is sent: nothing, a trusted CA, or also the name tlsDomain."
        ),
        field("tlsDomain", .single(.certificateName), "The name in the certificate of the partner's mail servers."),
        field(
            "smartHosts",
            .set(.smartHost),
            "The servers that mail is handed to; the partner's MX where it is absent."
        ),
        field("testRecipients", .set(.emailAddress), "Addresses at the partner to which a test message may be sent."),
        field(
            "certificateName",
            .single(.certificateName),
            "The name in the certificate that the partner sends with; mail without it is refused."
        ),
        field(
            "senderIPAddresses",
            .set(.senderNetwork),
            "Where the partner's mail comes from, when it has no certificate; mail from elsewhere is refused."
        ),
        field("direction", words(ForcedTLSPartner.Direction.self), "Which way TLS is forced; both where it is absent."),
        field("transportRuleScoped", .boolean, "Send only what a TransportRule leads to the partner's connector."),
        field("enabled", .boolean, "Whether the connectors are in use."),
    ]

    static let waiver: [Field] =
        [
            field(
                "check",
                .single(.text(maximumLength: 64)),
                "The id of the check that is waived, as a finding shows it."
            ),
            field("connector", .single(.text(maximumLength: 63)), "The metadata.name of the connector."),
            field(
                "subject",
                .single(.text(maximumLength: 256)),
                "The host, address or certificate (sha256:…) that it holds for; all of the connector's where it is absent."
            ),
        ] + approval

    static let acceptedDrift: [Field] =
        [
            field("kind", words(ConnectorKind.self), "The kind of the object that deviates."),
            field("connector", .single(.text(maximumLength: 63)), "The metadata.name of the object that deviates."),
            field("field", .single(.text(maximumLength: 64)), "The field that deviates."),
        ] + approval

    static let tombstone: [Field] =
        [
            field("connector", .single(.text(maximumLength: 63)), "The metadata.name of the definition that is gone."),
            field("kind", words(ConnectorKind.self), "The kind of object; without it, every kind that had the name."),
        ] + approval.filter { $0.name != "until" }

    static let approval: [Field] = [
        field("owner", .single(.text(maximumLength: 256)), "Who answers for it."),
        field("reason", .single(.text(maximumLength: 1024)), "Why it is accepted."),
        field(
            "until",
            .single(.text(maximumLength: 64)),
            "When it ends: an RFC 3339 instant, or a date, which means its end in UTC; at most a year ahead."
        ),
    ]

    private static func field(_ name: String, _ type: FieldType, _ summary: String) -> Field {
        Field(name, name, type, default: .none, summary)
    }

    private static func words<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> FieldType
    where Word.RawValue == String {
        .choice(Word.allCases.map(\.rawValue), allowsNone: false)
    }
}
