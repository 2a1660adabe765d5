import Connectors

/// What is risky about an object that no definition claims, as it stands.
enum UnmanagedRisks {
    static func risks(of object: Seen) -> [Risk] {
        var risks: [Risk] = []
        let settings = object.normal
        switch object.connector.kind {
        case .inboundConnector: risks = inbound(settings)
        case .outboundConnector: risks = outbound(settings)
        case .transportRule: break
        }
        if !object.connector.isValid {
            risks.append(
                Risk(id: "object-invalid", level: .medium, message: "Exchange itself calls the object broken.")
            )
        }
        return risks
    }

    private static func inbound(_ settings: NormalSettings) -> [Risk] {
        let posture = InboundPosture(settings)
        guard posture.isInUse else { return [] }
        var risks: [Risk] = []
        func add(_ id: String, _ level: RiskLevel, _ message: String) {
            risks.append(Risk(id: id, level: level, message: message))
        }
        let senders = Phrase.domains(settings.words("senderDomains"))
        if posture.isOnPremises {
            switch posture.binding {
            case .certificate:
                if let name = posture.certificateName, name.hasPrefix("*") {
                    add(
                        "trusts-wide-certificate",
                        .medium,
                        "Mail from \(posture.servers) is trusted as your own, whichever server of that domain it is."
                    )
                }
            case .addresses:
                add(
                    "trusts-addresses",
                    .medium,
                    "Mail from \(posture.servers) is trusted as your own, by address alone."
                )
            case .none: add("inbound-unbound", .high, "Nothing identifies your own servers.")
            }
            if settings.isOn("treatMessagesAsInternal") {
                add(
                    "treated-as-internal",
                    .high,
                    "Mail through this connector counts as sent from inside: filters skip it."
                )
            }
        } else if posture.binding == .none {
            add(
                "inbound-unbound",
                .high,
                "Anybody can send as \(senders): neither a certificate nor an address is asked for."
            )
        }
        return risks
    }

    private static func outbound(_ settings: NormalSettings) -> [Risk] {
        let posture = OutboundPosture(settings)
        guard posture.isInUse else { return [] }
        var risks: [Risk] = []
        if !posture.isForced {
            risks.append(
                Risk(
                    id: "tls-not-forced",
                    level: .medium,
                    message: "\(Phrase.mail(to: settings)) is sent in clear where the server offers no TLS."
                )
            )
        }
        if settings.word("mtaStsMode") == "None" {
            risks.append(Risk(id: "mta-sts-off", level: .medium, message: "Partners' MTA-STS policies go unchecked."))
        }
        if settings.word("smtpDaneMode") == "None" {
            risks.append(Risk(id: "dane-off", level: .medium, message: "Partners' DANE records go unchecked."))
        }
        return risks
    }
}
