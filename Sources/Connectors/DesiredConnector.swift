/// A connector as git says that it should be.
///
/// Only what the definition declares is managed: a field that is not in `settings` is none of Mitregate's business.
package struct DesiredConnector: Hashable, Sendable {
    package var key: ConnectorKey
    /// The `Name` in Exchange: `spec.name`, or the slug where that is absent.
    package var displayName: String
    /// The declared fields by their name in the definition (`recipientDomains`), as the operator wrote them.
    package var settings: Settings
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Where the document starts.
    package var source: SourcePosition
    /// Where each declared field stands; a field that an expansion filled in points at what caused it.
    package var fieldSources: FieldPlaces
    /// PEM of the certificate that the partner sends with (`spec.evidence.certificate`); it is judged, never sent to Exchange.
    package var evidenceCertificate: String?

    package var kind: ConnectorKind { key.kind }

    package init(
        key: ConnectorKey,
        displayName: String,
        settings: Settings,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        source: SourcePosition,
        fieldSources: FieldPlaces = [:],
        evidenceCertificate: String? = nil
    ) {
        self.key = key
        self.displayName = displayName
        self.settings = settings
        self.labels = labels
        self.annotations = annotations
        self.source = source
        self.fieldSources = fieldSources
        self.evidenceCertificate = evidenceCertificate
    }
}
