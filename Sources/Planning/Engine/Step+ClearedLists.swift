import Connectors

/// Sending an accepted update once more, with its empty lists in the other form.
///
/// Which form which cmdlet takes is not documented (reference 2.3), so it is told by reading back. The form stands in the
/// journal before it is sent, so that a crash in between forgets neither request.
extension Journal.Step {
    /// A reading may be late, so the other form is not tried before the third.
    private static let readingsBeforeClearing = 3

    /// The accepted request, the write or its undo, with empty lists in their other form; `nil` unless lists that it was
    /// to clear are all that is missing, and that form was not tried yet.
    mutating func clearingLists(shownIn object: ObservedConnector?) -> Write? {
        guard isAcknowledged, readings >= Self.readingsBeforeClearing else { return nil }
        var request: Write?
        switch state {
        case .sent: request = write
        case .undoing: request = undo
        default: break
        }
        guard var request, request.clearedList == nil, request.leftOnlyLists(in: object) else { return nil }
        request.clearedList = .taggedTable
        if state == .undoing {
            undo = request
        } else {
            write = request
            state = .sending
        }
        sends += 1
        readings = 0
        return request
    }

    /// Whether all but the lists of a write is to be seen of which the answer is not known.
    func isSeenButForLists(in object: ObservedConnector?) -> Bool {
        state == .sending && isRefused != true && write.clearedList == nil && write.leftOnlyLists(in: object)
    }

    /// Takes the write for accepted, as its effect is to be seen.
    mutating func accept() {
        state = .sent
        isAcknowledged = true
    }

    /// Forgets the second form of the write, of which it is not known that it arrived: what was accepted before stands.
    mutating func withdrawClearing() {
        write.clearedList = nil
        state = .sent
        sends = 1
        readings = 0
    }
}
