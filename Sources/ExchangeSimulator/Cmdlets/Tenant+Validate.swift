extension Tenant {
    /// Validate-OutboundConnector.
    ///
    /// Section 5.
    ///
    /// It reports what the seed's `validations` say for the connector, else success. It sends nothing, and as in the service
    /// it does not set `IsValidated`. Only `TaskName` and `IsTaskSuccessful` are known members; the task names are invented.
    func validateOutboundConnector(_ parameters: JSONObject) throws(CmdletError) -> CmdletResult {
        let bound = try BoundParameters(parameters, properties: [], others: ["Identity", "Recipients"])
        guard let identity = bound.identity, let recipients = bound.others["Recipients"]?.strings, !recipients.isEmpty
        else {
            let missing = ["Identity", "Recipients"].filter { bound.others[$0] == nil }
            throw .missingParameters(missing.isEmpty ? ["Recipients"] : missing)
        }
        let connector = self[.outboundConnector][try position(of: .outboundConnector, identity)]
        for recipient in recipients {
            let domain = recipient.split(separator: "@").last.map(String.init) ?? ""
            // The same text comes for a connector that is disabled: KB 3179588.
            guard connector.isEnabled, serves(connector, domain) else {
                throw .validation(
                    "The domain of the recipient \(recipient) is not configured as part of connector '\(connector.name)'."
                )
            }
        }
        if bound.isWhatIf { return Self.whatIf("Validating OutboundConnector", connector.name) }
        let rows =
            validations[connector.name.asciiLowercased] ?? [
                .object(["TaskName": .string("Check connectivity"), "IsTaskSuccessful": .bool(true)]),
                .object(["TaskName": .string("Send test email"), "IsTaskSuccessful": .bool(true)]),
            ]
        return CmdletResult(rows: rows.compactMap(\.object))
    }

    private func serves(_ connector: DirectoryObject, _ domain: String) -> Bool {
        if connector.flag("IsTransportRuleScoped") { return true }
        if connector.flag("AllAcceptedDomains"), domainNames.contains(where: { $0.isSame(ignoringCase: domain) }) {
            return true
        }
        return connector.list("RecipientDomains").contains { pattern in
            if pattern == "*" || pattern.isSame(ignoringCase: domain) { return true }
            return pattern.hasPrefix("*.") && domain.asciiLowercased.hasSuffix(pattern.dropFirst().asciiLowercased)
        }
    }
}

extension Substring {
    var asciiLowercased: String { String(self).asciiLowercased }
}
