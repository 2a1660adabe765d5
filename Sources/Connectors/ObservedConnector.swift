package import FoundationEssentials

/// A connector, or a rule, as the tenant said that it is when it was read.
package struct ObservedConnector: Hashable, Sendable, Codable {
    package var kind: ConnectorKind
    /// The tenant's own identity for the object, in lower case; it survives a rename and not a re-creation.
    package var guid: String
    /// The `Name` in Exchange.
    package var displayName: String
    /// Every managed field that the row carried, with its value in the form that the service gave.
    ///
    /// A field that the row did not carry is absent: it has no value, which is not `false`.
    package var settings: Settings
    package var origin: Origin
    /// False when the service itself calls the object broken.
    package var isValid: Bool
    package var whenChanged: Date?
    /// Conditions, exceptions or actions of a transport rule that no definition can say, by their .NET class name.
    package var unmanagedParts: [String]
    /// What the tenant remembers of its last validation; `nil` for what cannot be validated, and where the row holds it in a
    /// form that is not known, which is not `false`.
    package var validated: ValidatedState?
    /// The whole row as JSON, the undo record; it is never compared.
    package var row: String

    package init(
        kind: ConnectorKind,
        guid: String,
        displayName: String,
        settings: Settings,
        origin: Origin = .standard,
        isValid: Bool = true,
        whenChanged: Date? = nil,
        unmanagedParts: [String] = [],
        validated: ValidatedState? = nil,
        row: String = "{}"
    ) {
        self.kind = kind
        self.guid = guid
        self.displayName = displayName
        self.settings = settings
        self.origin = origin
        self.isValid = isValid
        self.whenChanged = whenChanged
        self.unmanagedParts = unmanagedParts
        self.validated = validated
        self.row = row
    }

    /// Who made the object, from `ConnectorSource` and from the admin center's name for its own copies.
    package enum Origin: String, Hashable, Sendable, Codable {
        /// `Default`, `AdminUI` or nothing: an administrator.
        case standard
        /// The Hybrid Configuration Wizard, which overwrites the object when it is run again.
        case hybridWizard
        case migrated
        /// The admin center's validation copy, `<name>_Test_<time>` in test mode; never adopted.
        case validationCopy
    }
}
