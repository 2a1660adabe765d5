import Configuration
import Connectors
import Definitions
import ExchangeOnline
import Forges
import FoundationEssentials
import GitRepositories
import Planning
import PullRequests
import Reports
import StateStore

/// Where a tenant runs ahead of git, for every plan of it.
extension TenantRun {
    /// Finds the runs whose request was applied before its merge and of which git does not speak yet.
    static let findAhead: Step = { run throws(RunStop) in
        let desired = try run.known(run.definitions, "the definitions").desired
        let snapshot = try run.known(run.snapshot, "the commit")
        let runs = try await run.aheadRuns()
        var standings: [AheadStanding] = []
        for ahead in runs {
            let keys = ahead.leading(desired, run.applied)
            guard !keys.isEmpty, let request = try await run.request(of: ahead, at: snapshot) else { continue }
            standings.append(AheadStanding(ahead, keys, request: request))
        }
        run.ahead = standings
    }

    func aheadRuns() async throws(RunStop) -> [AheadRun] {
        if options.states != nil { return try await remembered().aheadRuns }
        let name = tenant.name
        return try await reading { try await $0.aheadRuns(of: name) }
    }

    /// What the branch's plan leaves as it was applied: all that runs ahead, but of the request whose merge is planned.
    var protected: Set<ConnectorKey> {
        let own = options.request ?? options.wish?.run.request
        return Set((ahead ?? []).filter { $0.run.source != source.name || $0.run.request != own }.flatMap(\.connectors))
    }

    /// What a reader of the plan should know about that.
    var aheadNotes: [String] {
        (ahead ?? []).flatMap { standing in
            standing.connectors.filter(protected.contains).map { key in
                "\(key) runs ahead of git and is left as it is: request \(standing.run.request) was applied before its merge "
                    + "(run \(standing.run.run))."
            }
        }
    }

    /// What became of a request; `nil` where it was merged into the commit that is looked at, so that git has spoken.
    private func request(
        of ahead: AheadRun,
        at snapshot: SourceSnapshot
    ) async throws(RunStop) -> AheadStanding.Request? {
        // An export has no requests: what runs ahead is left alone, and nothing is said of them.
        guard options.states == nil else { return .open }
        let key = "\(ahead.source)/\(ahead.request)"
        let documents = try await reading { try await $0.documents(DocumentQuery(.pullRequest, key: key)) }
        guard let document = documents.first, source.name == ahead.source, source.forge != nil else { return .unknown }
        let memory: RequestMemory
        do {
            memory = try JSONDecoder().decode(RequestMemory.self, from: Data(document.json.utf8))
        } catch {
            throw RunStop(StateStoreError.unreadable(what: "the request \(document.key)", detail: "\(error)"))
        }
        var isBehind: Bool? = false
        if let commit = memory.mergedCommit {
            isBehind = try? await snapshot.storage.isAncestor(commit.hex, of: snapshot.commit.id)
        }
        return memory.standingAhead(isBehind: isBehind, at: environment.timing.now())
    }

    /// The commit of the branch that says what a run applied before the merge; `nil` while none does.
    ///
    /// Taken back then, it has to be quarantined as any commit's change, or the branch would bring it again.
    func merged(_ run: String) async throws(RunStop) -> String? {
        let name = tenant.name
        let applied = try await reading { try await $0.state(of: name).applied.revision }
        // Once git says it, the run is forgotten, and the commit that was applied since holds it.
        guard let ahead = try await aheadRuns().first(where: { $0.run == run }) else { return applied }
        let key = "\(ahead.source)/\(ahead.request)"
        let documents = try await reading { try await $0.documents(DocumentQuery(.pullRequest, key: key)) }
        guard let document = documents.first,
            let memory = try? JSONDecoder().decode(RequestMemory.self, from: Data(document.json.utf8))
        else {
            // It is not known whether it was merged: then the branch is held, too.
            return applied
        }
        guard let commit = memory.mergedAs else { return nil }
        return CommitID(commit) == nil ? applied : commit
    }

    /// Forgets the runs of which nothing is ahead any more: git has come to say the same, or something else that was
    /// applied, or they were taken back.
    func forgetAheadOver() async throws(RunStop) {
        guard options.reference == .branch, options.scope.includesCommit, options.states == nil else { return }
        let runs = try await aheadRuns()
        guard !runs.isEmpty, let standings = ahead else { return }
        let applied = try await remembered().applied
        guard let desired = definitions?.desired else { return }
        let open = Set(standings.map(\.run.run))
        let over = runs.filter { !open.contains($0.run) || $0.leading(desired, applied).isEmpty }.map(\.run)
        guard !over.isEmpty else { return }
        var change = StateChange()
        change.aheadOver = over
        try await commit(change)
    }
}
