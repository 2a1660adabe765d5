import YAML

extension Section {
    /// The keys of a forge that say what is offered as requests of our own.
    func offers() -> OfferSettings {
        let drift = word("drift", OfferSettings.Offering.off)
        return OfferSettings(
            drift: drift,
            rollback: word("rollback", drift),
            unmanaged: word("unmanaged", OfferSettings.Offering.off),
            identity: commitIdentity()
        )
    }

    private func commitIdentity() -> CommitIdentity? {
        guard let section = optionalSection("identity") else { return nil }
        for key in ["name", "email"] where !section.has(key) {
            section.missing(
                key,
                in: "identity",
                remedy: "Write identity: {name: Mitregate, email: mitregate@contoso.example}."
            )
        }
        let name = section.person("name") { !$0.contains { "<>".contains($0) } }
        let email = section.person("email") { text in
            !text.contains { "<> ".contains($0) }
                && text.split(separator: "@", omittingEmptySubsequences: false).count == 2
                && !text.hasPrefix("@") && !text.hasSuffix("@")
        }
        let key = section.has("signingKey") ? section.secret("signingKey") : nil
        section.know(["signingKey"])
        section.finish(in: "identity")
        guard let name, let email else { return nil }
        return CommitIdentity(name: name, email: email, signingKey: key)
    }

    /// A name or an address as git takes them in a commit.
    private func person(_ key: String, _ isGood: (String) -> Bool) -> String? {
        guard let (text, origin) = text(key) else { return nil }
        guard isGood(text), text.utf8.count <= 255 else {
            context.add(
                "config-identity",
                at: origin,
                "\(key) cannot stand in a commit: \(text.quoted).",
                remedy: key == "email"
                    ? "Write an address, as in email: mitregate@contoso.example." : "Write a name without < and >."
            )
            return nil
        }
        return text
    }
}
