import Connectors

/// The fields of one kind, indexed once for all: a plan of many tenants asks for them by number, not by name.
struct FieldTable: Sendable {
    let fields: [Field]
    /// The fields' names alone, which are much quicker to go through.
    let names: [String]
    private let numbers: [String: Int]
    /// Exchange's defaults in normal form.
    let defaults: [FieldValue]
    /// The names' numbers by a sum of a few of their bytes; -1 where no name has that sum, or two have.
    private let shortcuts: [Int8]

    private init(_ kind: ConnectorKind) {
        fields = kind.fields
        names = fields.map(\.name)
        numbers = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
        defaults = fields.map { $0.normal($0.defaultValue) }
        var shortcuts = [Int8](repeating: -1, count: 256)
        var isTaken = [Bool](repeating: false, count: 256)
        for (number, name) in names.enumerated() {
            let sum = Self.sum(name)
            shortcuts[sum] = isTaken[sum] ? -1 : Int8(number)
            isTaken[sum] = true
        }
        self.shortcuts = shortcuts
    }

    /// A field's number, found without hashing its name where that is possible.
    func number(of name: String) -> Int? {
        let shortcut = Int(shortcuts[Self.sum(name)])
        return shortcut >= 0 && names[shortcut] == name ? shortcut : numbers[name]
    }

    private static func sum(_ name: String) -> Int {
        let bytes = name.utf8
        guard let first = bytes.first, let last = bytes.last else { return 0 }
        return (bytes.count &* 37 &+ Int(first) &* 5 &+ Int(last)) & 255
    }

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
