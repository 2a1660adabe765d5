/// Exchange's own rules over the fields of one object, asked before Exchange is.
package enum ExchangeRules {
    /// The rules that a whole object breaks.
    ///
    /// - Parameter settings: Every field of the object as it would be: the declared ones over what is there, or over
    ///   Exchange's defaults (`Settings.overDefaults(of:)`) where nothing is there yet.
    package static func violations(
        _ kind: ConnectorKind,
        displayName: String,
        settings: Settings
    ) -> [Violation] {
        let own =
            switch kind {
            case .inboundConnector: inbound(settings)
            case .outboundConnector: outbound(settings)
            case .transportRule: rule(settings)
            }
        return name(displayName) + own
    }

    private static func name(_ name: String) -> [Violation] {
        if name.trimmingSpaces().isEmpty {
            return [
                Violation(
                    "name-empty",
                    field: "name",
                    "the name is empty",
                    remedy: "Give it a name that operators will know."
                )
            ]
        }
        if name.utf16.count > 64 {
            return [
                Violation(
                    "name-too-long",
                    field: "name",
                    "\"\(name.escapingControls)\" has \(name.utf16.count) characters, and Exchange takes at most 64",
                    remedy: "Shorten the name, or give a short one as spec.name."
                )
            ]
        }
        guard !name.unicodeScalars.contains(where: \.isTreacherous) else {
            return [
                Violation(
                    "control-character",
                    field: "name",
                    "\"\(name.escapingControls)\" has a control or invisible character, which hides what is meant",
                    remedy: "Type the name again rather than pasting it."
                )
            ]
        }
        return []
    }
}
