import Connectors
import FoundationEssentials
import YAML

/// The waivers, accepted drifts and tombstones of one file.
struct Approvals: Sendable {
    /// When one ends, and where that is written.
    struct Deadline: Sendable {
        /// `Waiver` or `AcceptedDrift`.
        let kind: DefinitionKind
        let name: String
        let date: Date
        let place: YAMLPlace
    }

    private(set) var waivers: [Waiver] = []
    private(set) var acceptedDrifts: [AcceptedDrift] = []
    private(set) var tombstones: [Tombstone] = []
    private(set) var deadlines: [Deadline] = []

    mutating func addWaiver(_ fields: YAMLFields, _ metadata: Metadata, _ source: SourcePosition) {
        let spec = SpecReader(fields, SpecFields.waiver)
        spec.require("check", "connector", "owner", "reason", "until")
        checkSlug("connector", spec)
        checkFilled(["check", "connector", "owner", "reason", "until"], spec)
        guard let until = deadline(spec, .waiver, metadata) else { return }
        waivers.append(
            Waiver(
                name: metadata.name,
                check: spec.text("check") ?? "",
                connector: spec.text("connector") ?? "",
                subject: spec.text("subject"),
                owner: spec.text("owner") ?? "",
                reason: spec.text("reason") ?? "",
                until: until,
                source: source
            )
        )
    }

    mutating func addAcceptedDrift(_ fields: YAMLFields, _ metadata: Metadata, _ source: SourcePosition) {
        let spec = SpecReader(fields, SpecFields.acceptedDrift, and: ["value"])
        spec.require("kind", "connector", "field", "owner", "reason", "until")
        checkSlug("connector", spec)
        checkFilled(["connector", "field", "owner", "reason", "until"], spec)
        let kind = spec.word("kind", as: ConnectorKind.self)
        let field = kind.flatMap { self.field($0, spec) }
        var value: FieldValue?
        let node = fields.required("value", remedy: "Give the value that the tenant has; null where it has none.")
        if let field, let node {
            value = FieldDecoder(findings: fields.findings).value(of: field, from: node, named: "spec.value")
        }
        guard let until = deadline(spec, .acceptedDrift, metadata), let kind, let field, let value else { return }
        acceptedDrifts.append(
            AcceptedDrift(
                name: metadata.name,
                connector: ConnectorKey(kind: kind, name: spec.text("connector") ?? ""),
                field: field.name,
                value: value,
                owner: spec.text("owner") ?? "",
                reason: spec.text("reason") ?? "",
                until: until,
                source: source
            )
        )
    }

    mutating func addTombstone(_ fields: YAMLFields, _ metadata: Metadata, _ source: SourcePosition) {
        let spec = SpecReader(fields, SpecFields.tombstone)
        spec.require("connector", "owner", "reason")
        checkSlug("connector", spec)
        checkFilled(["connector", "owner", "reason"], spec)
        guard let connector = spec.text("connector"), let owner = spec.text("owner"), let reason = spec.text("reason"),
            !spec.suspects.contains("kind")
        else { return }
        tombstones.append(
            Tombstone(
                name: metadata.name,
                connector: connector,
                kind: spec.word("kind", as: ConnectorKind.self),
                owner: owner,
                reason: reason,
                source: source
            )
        )
    }

    private func field(_ kind: ConnectorKind, _ spec: SpecReader) -> Field? {
        guard let name = spec.text("field"), !name.isEmpty else { return nil }
        if let field = kind.field(name) { return field }
        spec.spec.findings.add(
            "unknown-field",
            at: spec.spec.place(of: "field"),
            "\(kind) has no field \"\(YAMLScalar(text: name, isQuoted: true).shown)\"",
            remedy: Nearest.question(name, among: kind.fields.map(\.name))
                ?? "Write the name of a field as the connector's definition has it."
        )
        return nil
    }

    private func checkSlug(_ key: String, _ spec: SpecReader) {
        guard let text = spec.text(key), !text.isEmpty, !spec.suspects.contains(key), !Slug.isValid(text) else {
            return
        }
        spec.spec.findings.add(
            "slug-syntax",
            at: spec.spec.place(of: key),
            "\"\(YAMLScalar(text: text, isQuoted: true).shown)\" is not a name that a connector has in git",
            remedy: "Write the metadata.name of the connector, not its name in Exchange."
        )
    }

    private func checkFilled(_ keys: [String], _ spec: SpecReader) {
        for key in keys where spec.spec.has(key) && !spec.suspects.contains(key) {
            guard spec.text(key)?.trimmingSpaces().isEmpty ?? true else { continue }
            spec.spec.findings.add(
                "empty-value",
                at: spec.spec.place(of: key),
                "\(spec.spec.path(key)) is empty, and whoever reviews this needs it",
                remedy: "Fill it in."
            )
        }
    }

    private mutating func deadline(_ spec: SpecReader, _ kind: DefinitionKind, _ metadata: Metadata) -> Date? {
        guard let text = spec.text("until"), !text.isEmpty, !spec.suspects.contains("until") else { return nil }
        guard let date = Timestamp.deadline(text) else {
            spec.spec.findings.add(
                "until-syntax",
                at: spec.spec.place(of: "until"),
                "\"\(YAMLScalar(text: text, isQuoted: true).shown)\" is neither a date nor an RFC 3339 instant",
                remedy: "Write a date such as 2027-03-31, which means its end in UTC, or 2027-03-31T12:00:00Z."
            )
            return nil
        }
        deadlines.append(
            Deadline(kind: kind, name: metadata.name, date: date, place: spec.spec.place(of: "until"))
        )
        return date
    }
}
