import Connectors

/// Condition B: whether the state before would have failed for the same cause.
package enum BeforeAnswer: String, Hashable, Sendable, Codable {
    /// It would have delivered.
    case yes
    /// It would have failed too.
    case no
    /// It is not known.
    case open

    /// The answer that holds least against the change; `nil` for none.
    static func worst(of answers: [BeforeAnswer]) -> BeforeAnswer? {
        answers.contains(.no) ? .no : answers.contains(.open) ? .open : answers.first
    }
}

/// Condition B by table, from the connector before and after.
package struct BeforeImage {
    let before: Settings?
    let after: Settings?
    let changed: Set<String>
    /// Whether an enabled rule demands TLS for the domain, on both sides.
    let ruleDemandsTLS: Bool

    package init(_ object: WatchedChange.Object, changed: Set<String>, ruleDemandsTLS: Bool = false) {
        before = object.before
        after = object.after
        self.changed = changed
        self.ruleDemandsTLS = ruleDemandsTLS
    }

    /// Fields of which the table knows nothing: another server answers, or other mail takes the connector.
    private static let routes: Set<String> = CauseClass.scopeFields.union([
        "useMXRecord", "smartHosts", "routeAllMessagesViaOnPremises",
    ])

    /// The answer by table; `nil` where only the gate can tell.
    package func answer(for cause: CauseClass) -> BeforeAnswer? {
        guard let before, let after, changed.isDisjoint(with: Self.routes) else { return nil }
        switch cause {
        case .tlsAbsent, .tlsHandshake: return byRank(1)
        case .tlsUntrusted: return byRank(2)
        case .tlsCertificate:
            guard rank(of: before) >= 2 else { return .yes }
            return isSame(["tlsSettings", "tlsDomain"], before, after) ? .no : nil
        case .tlsName:
            guard rank(of: before) >= 3 else { return .yes }
            return rank(of: after) >= 3 && isSame(["tlsDomain"], before, after) ? .no : nil
        case .dane: return byMode("smtpDaneMode", before, after)
        case .sts: return byMode("mtaStsMode", before, after)
        case .network, .refused, .ownPolicy, .other: return nil
        }
    }

    /// For demands that are the same whenever both sides make them.
    private func byRank(_ least: Int) -> BeforeAnswer? {
        guard rank(of: before) >= least else { return .yes }
        return rank(of: after) >= least ? .no : nil
    }

    private func byMode(_ field: String, _ before: Settings, _ after: Settings) -> BeforeAnswer? {
        guard before[field] != .text("None") else { return .yes }
        return isSame([field], before, after) ? .no : nil
    }

    private func isSame(_ fields: [String], _ before: Settings, _ after: Settings) -> Bool {
        fields.allSatisfy { before[$0] == after[$0] }
    }

    private func rank(of settings: Settings?) -> Int {
        let own =
            switch settings?["tlsSettings"]?.strings.first {
            case "EncryptionOnly": 1
            case "CertificateValidation": 2
            case "DomainValidation": 3
            default: 0
            }
        return max(own, ruleDemandsTLS ? 1 : 0)
    }
}
