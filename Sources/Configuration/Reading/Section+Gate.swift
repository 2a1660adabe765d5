import Connectors
import YAML

extension Section {
    func gate() -> GateSettings {
        var gate = GateSettings()
        gate.resolver = resolver()
        gate.trustAnchors = anchors("trustAnchors")
        gate.dnssecAnchors = anchors("dnssecAnchors")
        gate.port = integer("port", gate.port, in: 1...65_535)
        gate.ehloName = ehloName()
        gate.timeout = duration("timeout", gate.timeout, atLeast: .seconds(1))
        gate.concurrency = integer("concurrency", gate.concurrency, in: 1...256)
        gate.networks = word("networks", gate.networks)
        gate.maxEvidenceAge = duration("maxEvidenceAge", gate.maxEvidenceAge, atLeast: .seconds(60))
        gate.degraded = word("degraded", gate.degraded, except: [.hold])
        gate.unknown = word("unknown", gate.unknown)
        gate.severities = sections("severities").compactMap { $0.severity() }
        gate.trustedRoots = trustedRoots()
        gate.probeDomains = probeDomains()
        gate.expiry = expiry()
        gate.maximumNextHops = integer("maximumNextHops", gate.maximumNextHops, in: 1...100_000)
        gate.minimumRSABits = integer("minimumRSABits", gate.minimumRSABits, in: 1_024...16_384)
        gate.checksRevocation = boolean("checkRevocation", gate.checksRevocation)
        finish(in: "gate")
        return gate
    }

    private func resolver() -> Resolver {
        let texts = texts("resolver")
        if texts.isEmpty || texts.map(\.text) == ["system"] { return .system }
        let addresses = texts.compactMap { entry -> Resolver.Address? in
            if let address = Resolver.Address(entry.text) { return address }
            context.add(
                "config-resolver",
                at: entry.origin,
                "resolver is not an address of a DNS server: \(entry.text.quoted).",
                remedy:
                    "Write system, an address, an address with @ and a port (127.0.0.1@5353, [::1]@5353), or a list."
            )
            return nil
        }
        return addresses.isEmpty ? .system : .addresses(addresses)
    }

    /// `system`, or `{file: PATH}`; from outside also by the key `….file`.
    private func anchors(_ key: String) -> TrustAnchors {
        if let path, let given = context.overrides.value("\(path).\(key).file"), !given.text.isEmpty {
            know([key])
            return .file(context.resolved(given.text))
        }
        guard let setting = setting(key) else { return .system }
        if setting.node.scalar?.text == "system" { return .system }
        guard case .mapping = setting.node.value else {
            context.add(
                "config-trust-anchors",
                at: setting.origin,
                "\(key) is neither system nor a file.",
                remedy: "Write \(key): system, or \(key): {file: PATH}."
            )
            return .system
        }
        return file(key).map { .file($0) } ?? .system
    }

    private func ehloName() -> String? {
        guard let (text, origin) = text("ehloName") else { return nil }
        guard let name = DomainName(text), name.description.contains(".") else {
            context.add(
                "config-domain",
                at: origin,
                "ehloName is not a full name of a machine: \(text.quoted).",
                remedy: "Give a name that the DNS knows, as in gate.contoso.com: some servers refuse others."
            )
            return nil
        }
        return name.description
    }

    private func severity() -> SeverityOverride? {
        let check = text("check")
        let outcome = word("outcome", SeverityOverride.Outcome.warn)
        let connectors = texts("connectors", isRequired: true).map(\.text)
        let reason = text("reason")
        let until = deadline("until")
        for key in ["check", "outcome", "connectors", "reason", "until"] where !has(key) {
            missing(
                key,
                in: "a severity",
                remedy: "Write {check: ID, outcome: warn, connectors: [NAME], reason: TEXT, until: DATE}."
            )
        }
        if let check, check.text.hasPrefix("cfg-") {
            context.add(
                "config-severity",
                at: check.origin,
                "errors in a connector's own fields cannot be weighed otherwise.",
                remedy: "Correct the connector's definition."
            )
        }
        finish(in: "a severity")
        guard let check, let reason, let until, !connectors.isEmpty else { return nil }
        return SeverityOverride(
            check: check.text,
            outcome: outcome,
            connectors: connectors,
            reason: reason.text,
            until: until
        )
    }

    private func trustedRoots() -> [String] {
        texts("trustedRoots").compactMap { entry in
            let digits = entry.text.asciiLowercased.filter { $0 != ":" }
            if digits.utf8.count == 64, digits.utf8.allSatisfy(\.isHexDigit) { return digits }
            context.add(
                "config-trusted-root",
                at: entry.origin,
                "trustedRoots takes SHA-256 digests, and this is none: \(entry.text.quoted).",
                remedy: "Take the 64 hex digits of: openssl x509 -noout -fingerprint -sha256 -in ROOT.pem"
            )
            return nil
        }
    }

    private func probeDomains() -> [String: [String]] {
        guard let section = optionalSection("probeDomains") else { return [:] }
        var result: [String: [String]] = [:]
        for (pattern, setting) in section.entries() {
            guard let wide = DomainPattern(pattern), wide.description.hasPrefix("*.") else {
                context.add(
                    "config-probe-domains",
                    at: section.place(of: pattern),
                    "\(pattern.quoted) is not a pattern of domains.",
                    remedy: "Write \"*.fabrikam.com\": [mail.fabrikam.com]."
                )
                continue
            }
            result[wide.description] = section.texts(of: setting, pattern).compactMap { entry in
                if let domain = DomainPattern(entry.text), wide.covers(domain), DomainName(entry.text) != nil {
                    return domain.description
                }
                context.add(
                    "config-probe-domains",
                    at: entry.origin,
                    "\(entry.text.quoted) is not a domain below \(wide.description).",
                    remedy: "List domains that mail for the pattern really goes to."
                )
                return nil
            }
        }
        return result
    }

    private func expiry() -> ExpiryWindows {
        let fallback = ExpiryWindows()
        let section = section("expiry")
        let windows = ExpiryWindows(
            soon: section.window("soon", fallback.soon),
            urgent: section.window("urgent", fallback.urgent)
        )
        section.finish(in: "expiry")
        return windows
    }

    private func window(_ key: String, _ fallback: ExpiryWindows.Window) -> ExpiryWindows.Window {
        let section = section(key)
        let window = ExpiryWindows.Window(
            share: section.share("share", fallback.share),
            minimum: section.duration("minimum", fallback.minimum),
            maximum: section.duration("maximum", fallback.maximum)
        )
        section.finish(in: key)
        guard window.minimum <= window.maximum else {
            context.add(
                "config-out-of-range",
                at: section.origin,
                "\(key): minimum is longer than maximum.",
                remedy: "Swap them; the defaults are \(fallback.minimum.configured) and \(fallback.maximum.configured)."
            )
            return fallback
        }
        return window
    }
}

extension Resolver.Address {
    /// Reads `192.0.2.53`, `127.0.0.1@5353`, `2001:db8::53` or `[::1]@5353`.
    init?(_ text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count <= 2, let first = halves.first else { return nil }
        var address = String(first)
        if address.hasPrefix("["), address.hasSuffix("]") {
            address = String(address.dropFirst().dropLast())
            guard IPAddressText.isIPv6(address) else { return nil }
        }
        guard IPAddressText.isIPv4(address) || IPAddressText.isIPv6(address) else { return nil }
        guard halves.count == 2 else {
            self.init(address: address)
            return
        }
        guard let port = WebAddress.portNumber(halves[1]) else { return nil }
        self.init(address: address, port: port)
    }
}
