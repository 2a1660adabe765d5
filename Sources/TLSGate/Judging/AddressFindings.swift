import Probing

/// Findings that several judges give.
enum AddressFindings {
    static func notPublic(_ context: Context, subject: String, address: String, kind: String) -> Finding? {
        context.finding(
            "address-not-public",
            subject,
            "Exchange Online cannot reach \(address): it is not on the public Internet (\(kind)). No mail will be delivered to it.",
            evidence: ["seen": "\(address) (\(kind))"],
            remedy: "Whoever runs the server: give it a public address; or here: name another server."
        )
    }
}
