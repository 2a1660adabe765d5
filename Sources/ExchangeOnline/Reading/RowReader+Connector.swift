import Connectors
import FoundationEssentials
import JSON

extension RowReader {
    /// The connector or rule that the row describes.
    func observed(_ kind: ConnectorKind) throws(ExchangeError) -> ObservedConnector {
        guard let name = try text("Name"), !name.isEmpty else { throw problem("it has no member Name") }
        let guid = try identity()
        var settings: Settings = [:]
        for field in kind.fields {
            if let value = try value(of: field, kind) { settings[field.name] = value }
        }
        return ObservedConnector(
            kind: kind,
            guid: guid,
            displayName: name,
            settings: settings,
            origin: try origin(kind, name: name),
            isValid: try flag("IsValid") ?? true,
            whenChanged: moment("WhenChangedUTC") ?? moment("WhenChanged"),
            unmanagedParts: kind == .transportRule ? try unmanagedParts() : [],
            validated: kind == .outboundConnector ? validatedState() : nil,
            row: row.json
        )
    }

    /// What the row does not carry is as if it was never validated; a form that is not known tells nothing, and makes no
    /// tenant unknown, as no plan depends on it.
    private func validatedState() -> ValidatedState? {
        let (flag, time) = (row["IsValidated"] ?? .null, row["LastValidationTimestamp"] ?? .null)
        guard let isValidated = flag.isNull ? false : flag.flag else { return nil }
        guard !time.isNull, time != .string("") else { return ValidatedState(isValidated: isValidated) }
        guard let at = moment("LastValidationTimestamp") else { return nil }
        return ValidatedState(isValidated: isValidated, at: at)
    }

    /// `Guid`, or `ExchangeObjectId`, which is equal to it.
    private func identity() throws(ExchangeError) -> String {
        let own = try text("Guid")
        let other = try text("ExchangeObjectId")
        guard let text = own ?? other else { throw problem("it has no member Guid") }
        guard let guid = UUID(uuidString: text), guid.uuid.0 | guid.uuid.1 | guid.uuid.2 | guid.uuid.3 != 0 else {
            throw problem("its member Guid is not a GUID")
        }
        return guid.uuidString.lowercased()
    }

    /// The field's value in the form that the service gave; nothing where the row does not tell.
    private func value(of field: Field, _ kind: ConnectorKind) throws(ExchangeError) -> FieldValue? {
        if kind == .transportRule && field.name == "enabled" { return try state() }
        if case .set = field.type { return .list(try list(field.parameter)) }  // absent is an empty list here
        guard has(field.parameter) else { return nil }
        switch field.type {
        case .boolean: return try flag(field.parameter).map(FieldValue.boolean)
        case .integer: return try integer(field.parameter).map(FieldValue.integer)
        case .choice(_, let allowsNone):
            guard let text = try text(field.parameter), !text.isEmpty else { return allowsNone ? FieldValue.none : nil }
            return .text(text)
        case .single: return try text(field.parameter).map(FieldValue.text) ?? FieldValue.none
        case .set: return .list(try list(field.parameter))
        }
    }

    /// A rule has no member Enabled; it is on or off by `State`.
    private func state() throws(ExchangeError) -> FieldValue? {
        switch try text("State")?.lowercased() {
        case nil: return nil
        case "enabled": return true
        case "disabled": return false
        default: throw problem("its member State is neither Enabled nor Disabled")
        }
    }

    private func origin(_ kind: ConnectorKind, name: String) throws(ExchangeError) -> ObservedConnector.Origin {
        if kind == .outboundConnector, try flag("TestMode") == true, Self.isValidationCopy(name) {
            return .validationCopy
        }
        switch try text("ConnectorSource")?.lowercased() {
        case "hybridwizard": return .hybridWizard
        case "migrated": return .migrated
        default: return .standard
        }
    }

    /// `<name>_Test_<ISO time>`, as the admin center names the copies that it validates.
    private static func isValidationCopy(_ name: String) -> Bool {
        guard let mark = name.range(of: "_Test_") else { return false }
        let tail = name[mark.upperBound...].utf8.prefix(10)
        return tail.count == 10
            && tail.enumerated().allSatisfy { index, byte in
                index == 4 || index == 7 ? byte == UInt8(ascii: "-") : byte >= 48 && byte <= 57
            }
    }

    /// The .NET classes of conditions, exceptions and actions that no field of ours stands for.
    private func unmanagedParts() throws(ExchangeError) -> [String] {
        var parts: [String] = []
        for (key, managed) in Self.managedParts {
            for name in try list(key) where !managed.contains(Self.shortName(name)) { parts.append(name) }
        }
        return parts
    }

    /// The short names are told by the parameters' names, as every class seen was.
    private static let managedParts: [(String, Set<String>)] = [
        ("Conditions", ["RecipientDomainIsPredicate", "FromScopePredicate", "SentToScopePredicate"]),
        ("Exceptions", []),
        (
            "Actions",
            ["RouteMessageOutboundConnectorAction", "RouteMessageOutboundRequireTlsAction", "StopRuleProcessingAction"]
        ),
    ]

    private static func shortName(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
}
