import Connectors

/// The fields of one kind, indexed once for all: a plan of many tenants asks for them by number, not by name.
struct FieldTable: Sendable {
    let fields: [Field]
    /// The fields' names alone, which are much quicker to go through.
    let names: [String]
    /// Exchange's defaults in normal form.
    let defaults: [FieldValue]
    /// The fields' numbers by those of `FieldNames`; `nil` where the kind has no such field.
    private let numbers: [Int?]

    private init(_ kind: ConnectorKind) {
        fields = kind.fields
        let names = fields.map(\.name)
        self.names = names
        numbers = FieldNames.all.map { names.firstIndex(of: $0) }
        defaults = fields.map { $0.normal($0.defaultValue) }
    }

    /// A field's number.
    func number(of name: String) -> Int? { FieldNames.number(of: name).flatMap { numbers[$0] } }

    static func of(_ kind: ConnectorKind) -> FieldTable {
        switch kind {
        case .inboundConnector: inbound
        case .outboundConnector: outbound
        case .transportRule: rule
        }
    }

    private static let inbound = FieldTable(.inboundConnector)
    private static let outbound = FieldTable(.outboundConnector)
    private static let rule = FieldTable(.transportRule)
}

extension Field {
    /// What is sent to take the field's value away.
    var nothing: FieldValue {
        if case .set = type { return .list([]) }
        return defaultValue == .text("") ? defaultValue : .none
    }
}

extension FieldValue {
    /// Whether the value, in normal form, is none at all.
    var isNothing: Bool {
        switch self {
        case .none, .list([]), .text(""): true
        default: false
        }
    }
}
