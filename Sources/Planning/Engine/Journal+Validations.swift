package import Connectors
package import FoundationEssentials

extension Journal {
    /// A connector through which Exchange is to send test messages.
    package struct Validation: Hashable, Sendable {
        package let guid: String
        package let displayName: String
        package let recipients: [String]

        package init(guid: String, displayName: String, recipients: [String]) {
            self.guid = guid
            self.displayName = displayName
            self.recipients = recipients
        }
    }

    /// The journal of telling the tenant that a connector passed Exchange's own validation; it changes no setting.
    ///
    /// - Parameters:
    ///   - name: The slug.
    ///   - object: As it was read before it was validated.
    ///   - instant: When it was passed, in whole seconds.
    package init(
        run: String,
        tenant: String,
        revision: String,
        recording name: String,
        of object: ObservedConnector,
        passedAt instant: Date
    ) {
        var write = Write(
            action: .update,
            kind: object.kind,
            name: name,
            displayName: object.displayName,
            guid: object.guid,
            settings: [:],
            expected: [:]
        )
        write.validatedAt = instant
        let step = Step(write: write, before: object, guid: object.guid)
        self.init(run: run, tenant: tenant, revision: revision, planDigest: "", steps: [step])
    }

    /// The write by which a validation is recorded, where the journal is of that.
    private var recording: Write? {
        steps.count == 1 && !steps[0].write.changesSettings ? steps[0].write : nil
    }

    /// Whether it is of a validation that was passed: that stands, whatever became of its record.
    package var isOfValidation: Bool { recording != nil }

    /// What became of the record, in a sentence; `nil` where the journal is of changes, or is not finished.
    var validationMessage: String? {
        guard let recording, let instant = recording.validatedAt, let result else { return nil }
        let told = "Exchange's own validation of \"\(recording.displayName.escapingControls)\" passed"
        guard result != .applied else {
            return "\(told), and the tenant records it as validated at \(Timestamp.text(instant))."
        }
        let label = "\(recording.label): "
        let why = (reason ?? "the run failed").replacing(label, with: "", maxReplacements: 1)
        return "\(told), but it is not known to be recorded in the tenant: \(why.hasSuffix(".") ? why : "\(why).")"
    }

    /// The identities of the outbound connectors that the run wrote and left there, by their keys.
    package var writtenOutbound: [ConnectorKey: String] {
        let written = steps.compactMap { step -> (ConnectorKey, String)? in
            guard step.state == .confirmed, step.isLastOfConnector, step.write.kind == .outboundConnector,
                step.write.action != .delete, let guid = step.guid
            else { return nil }
            return (step.write.key, guid)
        }
        return Dictionary(written) { _, last in last }
    }

    /// The written outbound connectors that are in use and whose definitions name test recipients.
    package var validations: [Validation] {
        steps.compactMap { step in
            guard step.state == .confirmed, step.isLastOfConnector, step.write.kind == .outboundConnector,
                let guid = step.guid, let declared = step.appliedAfter?.settings,
                declared["enabled"] != .boolean(false),
                case .list(let recipients)? = declared["validationRecipients"], !recipients.isEmpty
            else { return nil }
            return Validation(
                guid: guid,
                displayName: step.write.newDisplayName ?? step.write.displayName,
                recipients: recipients
            )
        }
    }
}
