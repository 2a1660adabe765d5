import Connectors
import Planning

extension Journal {
    /// What of this run's work the tenant no longer shows, in words for people; empty where all of it stands.
    func losses(in observed: ObservedTenant) -> [String] {
        steps.filter { $0.state == .confirmed }.flatMap { step in
            step.write.missing(in: observed, guid: step.guid).map {
                "\(step.write.kind) \"\(step.write.displayName.escapingControls)\": \($0)"
            }
        }
    }

    /// The update whose cleared lists the tenant still shows although it was accepted, so that it is worth sending once
    /// more with empty lists in their other form.
    ///
    /// Which form which cmdlet takes is not documented (reference 2.3), so it is told by reading back.
    func updateToSendAnew(after observed: ObservedTenant) -> Write? {
        let inFlight = steps.last { $0.state == .undoing } ?? steps.first { $0.state != .confirmed }
        guard let step = inFlight, step.isAcknowledged, step.readings >= Self.readingsBeforeClearing else { return nil }
        var write: Write?
        switch step.state {
        case .sent: write = step.write
        case .undoing: write = step.undo
        default: break
        }
        guard var write, write.leftOnlyLists(in: observed) else { return nil }
        write.guid = write.guid ?? step.guid
        return write
    }

    /// A reading may be late, so the other form is not tried before the third.
    private static let readingsBeforeClearing = 3

    /// The transport rules that the journal writes, by name and identity.
    var ruleNames: Set<String> {
        Set(
            steps.filter { $0.write.kind == .transportRule }
                .flatMap { [$0.write.displayName, $0.write.newDisplayName, $0.guid, $0.before?.guid] }
                .compactMap { $0 }
        )
    }
}
