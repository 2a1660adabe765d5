import Connectors
import FoundationEssentials
import Planning

/// What people read about one connector's deviation.
struct DriftText {
    private let drift: DriftFinding

    init(_ drift: DriftFinding) { self.drift = drift }

    var finding: Finding {
        let item = drift.item
        return Finding(
            "\(item.kind)/\(item.name)",
            .drifted,
            reason: reason,
            severity: item.risk == .high ? .high : .warning,
            message: "\(what) \(who)"
        )
    }

    private var reason: String {
        switch drift.item.form {
        case .changed: "FieldsChanged"
        case .missing: "Missing"
        case .recreated: "Recreated"
        }
    }

    private var what: String {
        let item = drift.item
        let name = "\(item.kind) \"\(BoundedText.name(item.displayName))\""
        switch item.form {
        case .missing: return "\(name) is gone from the tenant."
        case .recreated: return "\(name) was deleted and created again by someone else."
        case .changed:
            let fields = item.fields.filter { !$0.accepted }.map(\.path)
            let more = fields.count > 8 ? " and \(fields.count - 8) more" : ""
            return "\(name) is not as it was last written: \(fields.prefix(8).joined(separator: ", "))\(more)."
        }
    }

    private var who: String {
        switch drift.author {
        case .notYetKnown: return "Who changed it is not yet known."
        case .notFound: return "Who changed it was not found after 24 h."
        case .auditingOff: return "Who changed it cannot be told: auditing is off."
        case .ours: return "Mitregate changed it."
        case .known(let name, let isApplication, let at, let address):
            let kind = isApplication ? "The application " : ""
            let place = address.map { " from \(BoundedText.name($0))" } ?? ""
            return "\(kind)\(BoundedText.name(name)) changed it at \(at.ISO8601Format())\(place)."
        }
    }
}

/// What people read about a connector that no definition claims.
package enum UnmanagedText {
    /// The reason of a `Drifted` condition that is about such a connector, and no deviation from git.
    package static let reason = "Unmanaged"

    static func finding(_ connector: UnmanagedConnector) -> Finding {
        let name = BoundedText.name(connector.displayName)
        let risks = connector.risks.map { " \(BoundedText.text($0.message))" }.joined()
        return Finding(
            "\(connector.kind)/\(name)",
            .drifted,
            reason: reason,
            severity: severity(of: connector),
            message: "\(connector.kind) \"\(name)\" is in the tenant, and no definition claims it.\(risks)"
        )
    }

    /// An inbound connector that trusts addresses or a wide certificate name lets strangers in as partners.
    ///
    /// Its origin excuses nothing: whoever makes a connector chooses its `ConnectorSource`.
    private static let trusting: Set<String> = ["trusts-addresses", "trusts-wide-certificate", "inbound-unbound"]

    private static func severity(of connector: UnmanagedConnector) -> Event.Severity {
        let isTrusting = connector.risks.contains { trusting.contains($0.id) }
        if connector.kind == .inboundConnector && isTrusting { return .high }
        return switch connector.risk {
        case .high: .high
        case .medium: .warning
        case .low: .info
        }
    }
}

/// What strangers wrote, escaped and cut to a length that fits a notice.
enum BoundedText {
    static func name(_ text: String) -> String { cut(text, 128) }
    static func text(_ text: String) -> String { cut(text, 1_000) }

    private static func cut(_ text: String, _ length: Int) -> String {
        let escaped = String(text.prefix(length)).escapingControls
        return text.count > length ? escaped + "…" : escaped
    }
}
