import Foundation
import Planning
import TLSGate

/// Work of a lane that is no round.
enum PretendJob {
    case apply(PretendOrder)
    /// - Parameter earlier: The run that is rolled back.
    case rollBack(run: String, earlier: String)

    var run: String {
        switch self {
        case .apply(let order): order.run
        case .rollBack(let run, _): run
        }
    }
}

/// One tenant that is to get what a request changes before its merge.
struct PretendOrder {
    let tenant: Int
    /// As it is to be kept, without its connectors.
    let ahead: AheadRun
    let changesDigest: String
    let verdict: Verdict?
    /// The comment that asks for it.
    let comment: String
    let head: PretendSource.Head

    var number: Int { ahead.request }
    var run: String { ahead.run }
}
