import Connectors
import YAML

/// What a definition brings along to be judged, and never sends to Exchange: `spec.evidence`.
enum Evidence {
    static let key = "evidence"
    static let summary = "What is judged and never sent to Exchange."
    static let certificateSummary =
        "The certificate that the partner sends with, and its intermediates, in PEM; it is judged against the name given here."

    /// The chain of `spec.evidence.certificate`.
    static func certificate(_ entry: YAMLMapping.Entry, _ findings: Findings) -> String? {
        guard !entry.value.isMissing else {
            findings.addMissingValue(entry.key, at: entry.keyPlace)
            return nil
        }
        guard let fields = YAMLFields(entry.value, "spec.\(key)", findings) else { return nil }
        defer { fields.reportUnknownKeys() }
        guard let node = fields.required("certificate", remedy: "Give the certificate in PEM, or remove evidence."),
            let text = node.text("spec.\(key).certificate", findings)
        else { return nil }
        if text.contains("PRIVATE KEY") {
            findings.add(
                "private-key",
                at: node.place,
                "a private key stands in the repository, where everybody who reads it can take the name that it proves",
                remedy: "Remove it, and have the certificate revoked and replaced; here only the certificate is needed."
            )
            return nil
        }
        if let problem = Term.text(maximumLength: 65_536).problem(with: text) {
            findings.add(problem, at: node.place)
            return nil
        }
        guard text.contains("-----BEGIN CERTIFICATE-----"), text.contains("-----END CERTIFICATE-----") else {
            findings.add(
                "certificate-syntax",
                at: node.place,
                "spec.\(key).certificate is not a certificate in PEM",
                remedy: "Write it as a block after |, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----."
            )
            return nil
        }
        return text
    }
}
