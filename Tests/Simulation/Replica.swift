import Connectors
import Foundation
import MailWatch
import Planning
import Scheduling

/// One process of the controller: its lanes, its runs, its clock.
struct Replica {
    let name: String
    /// Counts up with each start; what an earlier life set in motion is gone.
    var life = 0
    var isUp = false
    var pausedUntil: Date?
    var clock: TimeInterval = 0
    /// How it dies next.
    var doom: (moment: Disturbance.Moment, seconds: Int)?
    /// How many steps of runs it takes yet, the last of which it does not live to see.
    var lastStep: (left: Int, seconds: Int)?
    var lanes: [Int: Lane] = [:]
    var runs: [Int: RunInFlight] = [:]
    /// Rounds that wait until a run that takes something back has ended.
    var waitingRounds: [Int: Round] = [:]
    var alarms: [Int: Int] = [:]
    /// What the last full round of each tenant read, for the cheap ones.
    var seen: [Int: [ObservedConnector]] = [:]
    /// What is told and stored together with a lane's memory, once the store takes it.
    var unsaved: [Int: Unsaved] = [:]
    var budget = RequestBudget()
    /// What it knows of the requests, while it has them.
    var desk: PretendDesk?

    /// What lanes do before their next round.
    var jobs: [Int: [PretendJob]] = [:]
    /// Offers that it is at work on, and until when it leaves others alone after a failure, by their keys.
    var offers: [String: OfferWork] = [:]
    var rests: [String: (tries: Int, until: Date)] = [:]
    var drafts: [String: PretendDraft] = [:]
    /// What the last full round of each tenant saw, as long as nothing was written since.
    var live: [Int: (view: LiveView, at: Date)] = [:]

    struct Unsaved {
        var answers: [RequestAnswer] = []
        var drafts: [EventDraft] = []
    }
}

/// One run, between two awaits.
struct RunInFlight {
    enum Phase {
        /// Whether what is to be applied before a merge may begin.
        case check
        case acquire
        case ask
        /// Whether it still may, once it is known what would be written.
        case confirm(TenantPolicy)
        case drive(Transition)
        case readBack(Journal)
    }

    let id: String
    let round: Round
    /// When it began, by the world's clock.
    let began: Date
    var phase = Phase.acquire
    var fence: Int?
    var commit: PretendSource.Commit
    var plan: Planning.Plan?
    var observed: ObservedTenant?
    var isInterrupted = false
    var isRecovery = false
    var journal: Journal?
    var liftsQuarantine = false
    /// Whether the rollout let it write its commit; asked where it would.
    var isPermitted = true
    /// What a run is to take back, for a watch; `nil` for a round of a lane.
    var takeBack: TakeBack?
    /// What a lane does between two rounds; `nil` for a round.
    var job: PretendJob?
    /// Where the tenant runs ahead of git; `nil` before that is known.
    var standings: [AheadStanding]?
}
