import Connectors
import FoundationEssentials

/// The accepted deviations that hold today, by connector and field.
struct AcceptedValues {
    private struct Place: Hashable {
        let connector: ConnectorKey
        let field: String
    }

    private let byPlace: [Place: [AcceptedDrift]]

    init(_ drifts: [AcceptedDrift], now: Date) {
        byPlace = Dictionary(grouping: drifts.filter { $0.until > now }) {
            Place(connector: $0.connector, field: $0.field)
        }
    }

    /// The acceptance of exactly this value, in normal form; another value is drift again.
    func acceptance(of value: FieldValue, field path: String, connector: ConnectorKey) -> AcceptedDrift? {
        guard !byPlace.isEmpty else { return nil }
        return byPlace[Place(connector: connector, field: path)]?.first { accepted in
            guard let field = connector.kind.field(path) else { return accepted.value == value }
            return field.normal(accepted.value) == value
        }
    }
}
