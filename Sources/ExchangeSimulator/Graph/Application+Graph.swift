import FoundationEssentials

extension Application {
    /// As `GET /applications` with `$select=appId,passwordCredentials` has it.
    var graphJSON: JSON {
        .object([
            "appId": .string(clientId),
            "passwordCredentials": .array(
                secrets.map { secret in
                    .object([
                        "displayName": .string("mitregate"), "hint": .string(String(secret.value.prefix(3))),
                        "keyId": .string(objectId), "secretText": .null,
                        "endDateTime": secret.expires.map { .string(Timestamp.seconds($0)) } ?? .null,
                    ])
                }
            ),
        ])
    }
}
