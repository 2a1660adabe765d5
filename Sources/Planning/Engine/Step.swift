package import Connectors

extension Journal {
    /// One write to the tenant, with what it takes to repeat, to check and to undo it.
    package struct Step: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable, CaseIterable {
            /// Nothing was sent.
            case planned
            /// The request may have been sent; whether it took effect is told by reading.
            case sending
            /// The service answered with success; not yet read back.
            case sent
            /// Read back: the tenant agrees.
            case confirmed
            /// Refused, or read back and not as written.
            case failed
            /// The undoing request may have been sent.
            case undoing
            /// Read back: the tenant is as it was before the step.
            case undone
            /// Somebody else changed the object after us, or the undo failed: it is left as it is.
            case undoRefused = "undo-refused"
        }

        package var write: Write
        /// The object as it was read before the step; `nil` for a create.
        package var before: ObservedConnector?
        package var state: State
        /// The object's identity once it is known; a create learns it.
        package var guid: String?
        /// Why the step failed or was not undone, in a sentence for people.
        package var problem: String?

        package init(
            write: Write,
            before: ObservedConnector?,
            state: State = .planned,
            guid: String? = nil,
            problem: String? = nil
        ) {
            self.write = write
            self.before = before
            self.state = state
            self.guid = guid
            self.problem = problem
        }
    }
}

/// One request to change a tenant: what to send, and nothing else.
package struct Write: Hashable, Sendable, Codable {
    package var action: Change.Action
    package var kind: ConnectorKind
    /// The slug; for messages.
    package var name: String
    /// The `Name` in Exchange before the write; for a create, the one it gets.
    package var displayName: String
    /// A new `Name`, where the write renames.
    package var newDisplayName: String?
    /// The object's identity; `nil` for a create.
    package var guid: String?
    /// The fields to send: what changes, with the companions that Exchange wants in one call.
    package var settings: Settings
    /// The fields whose values the write must bring about, by which it is judged when read back.
    package var expected: Settings

    package init(
        action: Change.Action,
        kind: ConnectorKind,
        name: String,
        displayName: String,
        newDisplayName: String? = nil,
        guid: String? = nil,
        settings: Settings,
        expected: Settings
    ) {
        self.action = action
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.newDisplayName = newDisplayName
        self.guid = guid
        self.settings = settings
        self.expected = expected
    }
}
