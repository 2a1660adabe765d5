import FoundationEssentials
import Planning

/// That the tenant runs ahead of git, and whether a merge is still to be expected.
extension Lane {
    /// - Returns: Nothing where the round did not find it out: then what is so stays so.
    mutating func tellAhead(_ outcome: RoundOutcome, at now: Date) -> [EventDraft] {
        guard let ahead = outcome.ahead else { return [] }
        let awaited = ahead.filter { !$0.isStranded }
        let stranded = ahead.filter(\.isStranded)
        var findings: [Finding] = []
        if !awaited.isEmpty {
            findings.append(
                finding(
                    .appliedBeforeMerge,
                    "AppliedBeforeMerge",
                    "The tenant runs ahead of git until the merge: \(Self.told(awaited, isLong: false))",
                    severity: .info
                )
            )
        }
        if !stranded.isEmpty {
            findings.append(
                finding(
                    .aheadOfGit,
                    "NotMerged",
                    "The tenant is ahead of git, and no merge is to be expected: \(Self.told(stranded, isLong: true))",
                    severity: .high
                )
            )
        }
        return memory.ledger.replace(
            [.appliedBeforeMerge, .aheadOfGit],
            with: findings,
            at: now,
            run: ahead.last?.run.run,
            revision: ahead.last?.run.head
        )
    }

    /// At most three of them, the newest first, as that is the order in which they are taken back.
    private static func told(_ standings: [AheadStanding], isLong: Bool) -> String {
        let newest = standings.sorted { $0.run.run > $1.run.run }
        var sentences = newest.prefix(3).map { standing in
            let run = standing.run
            let keys = standing.connectors.prefix(3).map { "\($0)" }.joined(separator: ", ")
            let more = standing.connectors.count > 3 ? " and \(standing.connectors.count - 3) more" : ""
            let page = run.page.isEmpty ? "" : " (\(BoundedText.text(run.page)))"
            return "request \(run.request) of \(run.source)\(page) was applied as \(BoundedText.name(run.by)) asked, "
                + "\(keys)\(more), \(standing.request.words)."
        }
        if newest.count > 3 { sentences.append("There are \(newest.count - 3) more.") }
        guard isLong else { return sentences.joined(separator: " ") }
        let commands = newest.prefix(3).map { "mitregate rollback \($0.run.run)" }.joined(separator: ", then ")
        sentences.append(
            "To take it back: \(commands). To keep it: reopen the request and merge it, or bring the same to the branch with another."
        )
        return sentences.joined(separator: " ")
    }
}

extension AheadStanding.Request {
    fileprivate var words: String {
        switch self {
        case .open: "and it is open"
        case .closed: "and it was closed without a merge"
        case .merged: "and it was merged without saying so"
        case .mergeLost: "and the branch does not have the commit that it was merged as"
        case .unknown: "and nothing is known of it any more"
        }
    }
}
