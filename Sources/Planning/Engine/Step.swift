package import Connectors

extension Journal {
    /// One write to the tenant, with what it takes to repeat it, to check it and to roll it back.
    package struct Step: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable, CaseIterable {
            /// Nothing was sent.
            case planned
            /// The request may have been sent; whether it took effect is told by reading.
            case sending
            /// The service answered with success; not read back as written, or not yet.
            case sent
            /// Read back: the tenant agrees.
            case confirmed
            /// Refused: it surely has no effect.
            case failed
            /// It is being rolled back; the request in `undo`, where there is one, may have been sent.
            case undoing
            /// Read back: the tenant is as it was before the step.
            case undone
            /// Someone else changed the object after us, or rolling back failed: it is left as it is.
            case undoRefused = "undo-refused"
        }

        package var write: Write
        /// The object as it was read before the step; `nil` for a create, and for the update that follows one.
        package var before: ObservedConnector?
        /// The object as it was read back when the step was confirmed; `nil` before that, and for a delete.
        package var after: ObservedConnector?
        package var state: State
        /// The object's identity once it is known; a create learns it, and so does rolling back a delete.
        package var guid: String?
        /// Why the step failed or was not rolled back, and what to do then, in sentences for people.
        package var problem: String?
        /// The request that rolls the step back, from when it may have been sent.
        package var undo: Write?
        /// What was remembered of the connector before the run.
        package var appliedBefore: AppliedConnector?
        /// What is to be remembered once the step is confirmed; `nil` for a delete, and for all but a connector's last step.
        package var appliedAfter: AppliedConnector?
        /// Whether no later step of the run writes to the same connector.
        package var isLastOfConnector = true
        /// How often the request in flight, the write or its undo, was sent.
        package var sends = 0
        /// How often the answer to it was looked for by reading.
        package var readings = 0
        /// Whether the service answered the request in flight with success.
        package var isAcknowledged = false
        /// Whether the last answer was a refusal of the request itself, though an earlier sending may have had an effect.
        package var isRefused: Bool?

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
