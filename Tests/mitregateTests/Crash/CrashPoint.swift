import ExchangeSimulator
import Laboratory

/// A moment of an apply at which its process is killed.
struct CrashPoint: Sendable, CustomStringConvertible {
    enum Moment: String, CaseIterable, Sendable {
        /// The service has the request and refuses it; the answer is lost.
        case notApplied = "the request had no effect"
        /// The request took effect; its answer never arrives.
        case unanswered = "the answer was lost"
        /// The answer arrived; the reading that confirms it has not.
        case unconfirmed = "it was not read back"
    }

    /// Which of the run's writes, from 0.
    let write: Int
    let moment: Moment
    /// Holds the one request whose answer the process waits for when it dies.
    let fault: String

    /// How many of the run's writes the tenant has taken when the process dies.
    var applied: Int { moment == .notApplied ? write : write + 1 }

    var description: String { "killed at write \(write + 1), when \(moment.rawValue)" }

    /// - Parameter writes: Which of the reference's writes; all moments of each are points.
    static func all(of reference: FiveChanges.Reference, writes: some Sequence<Int>) -> [CrashPoint] {
        let places = reference.writes
        let points = writes.flatMap { write in
            Moment.allCases.map { moment in
                let place = places[write]
                let cmdlet = moment == .unconfirmed ? "Get-InboundConnector" : reference.requests[place].cmdlet ?? ""
                // A fault does not see the requests that one before it strikes.
                let earlier = reference.requests[..<place].count { $0.cmdlet == cmdlet && $0.fault == nil }
                let effect = moment == .notApplied ? #""status": 503, "hold": "head""# : #""hold": "head""#
                return CrashPoint(
                    write: write,
                    moment: moment,
                    fault: #"{"match": {"cmdlet": "\#(cmdlet)", "nth": \#(earlier + 1)}, "effect": {\#(effect)}}"#
                )
            }
        }
        // What had no effect is looked for for a minute before it is sent again: those first.
        return points.filter { $0.moment == .notApplied } + points.filter { $0.moment != .notApplied }
    }
}
