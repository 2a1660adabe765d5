package import Connectors

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
