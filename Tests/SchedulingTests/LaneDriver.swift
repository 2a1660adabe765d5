import Connectors
import FoundationEssentials
import Planning
import Scheduling

let start = Date(timeIntervalSince1970: 1_800_000_000)

/// A lane with its clock, and what it answered.
struct LaneDriver {
    var lane: Lane
    var now = start
    var chance = 0.5
    private(set) var begun: [Round] = []
    private(set) var ended: [Int] = []
    private(set) var answers: [RequestAnswer] = []
    private(set) var events: [EventDraft] = []
    private(set) var wake = start

    init(_ policy: LanePolicy = LanePolicy(), isStarted: Bool = true) {
        lane = Lane(tenant: "contoso", policy: policy)
        if isStarted {
            chance = 0
            tell(.started)
            chance = 0.5
        }
    }

    mutating func tell(_ input: LaneInput) {
        for action in lane.handle(input, at: now, chance: chance) {
            switch action {
            case .begin(let round): begun.append(round)
            case .end(let round): ended.append(round)
            case .answer(let answer): answers.append(answer)
            case .raise(let drafts): events += drafts
            case .wake(let time): wake = time
            }
        }
    }

    /// Lets time pass, ticking whenever the lane asks; rounds that begin stay under way.
    mutating func pass(_ seconds: TimeInterval) {
        let end = now.addingTimeInterval(seconds)
        while wake <= end {
            now = max(wake, now)
            tell(.tick)
        }
        now = end
    }

    /// Lets time pass until a round is under way.
    mutating func passUntilRound() {
        for _ in 0..<1_000 where lane.running == nil {
            now = max(wake, now)
            tell(.tick)
        }
    }

    /// Ends the round under way.
    mutating func end(
        _ result: RoundOutcome.Result = .inSync,
        live: LiveState? = nil,
        cause: StopCause? = nil,
        next: NextLook? = nil,
        _ change: (inout RoundOutcome) -> Void = { _ in }
    ) {
        guard let round = lane.running else { return }
        var outcome = RoundOutcome(
            round: round.number,
            result: result,
            live: live ?? (round.kind == .full ? .read(LiveView()) : .unmoved),
            cause: cause,
            nextLook: next,
            message: "a sentence",
            revision: lane.memory.revision,
            tree: lane.memory.tree
        )
        change(&outcome)
        tell(.roundEnded(outcome))
    }

    /// What was told, as `condition/reason transition`.
    var told: [String] { events.map { "\($0.condition.rawValue)/\($0.reason) \($0.transition.rawValue)" } }

    mutating func forget() {
        events = []
        begun = []
        answers = []
    }
}

extension DriftFinding {
    static func fixture(
        _ name: String = "fabrikam",
        fields: [String] = ["comment"],
        accepted: Set<String> = [],
        form: DriftItem.Form = .changed,
        author: DriftAuthor = .notYetKnown,
        weakening: Set<String> = []
    ) -> DriftFinding {
        DriftFinding(
            DriftItem(
                form: form,
                kind: .outboundConnector,
                name: name,
                displayName: name,
                fields: form == .changed
                    ? fields.map {
                        DriftItem.Field(
                            path: $0,
                            applied: .text("a"),
                            observed: .text("b"),
                            accepted: accepted.contains($0)
                        )
                    } : [],
                accepted: form == .changed && fields.allSatisfy(accepted.contains)
            ),
            author: author,
            weakeningFields: weakening
        )
    }
}
