import Configuration
import Connectors
import Forges
import FoundationEssentials
import GitRepositories
import Logging
import MailWatch
import Planning
package import PullRequests
import Reconciling
import Scheduling

extension RequestDesk {
    /// What became of the branch in a tenant: it is written to the requests that brought it there.
    ///
    /// - Parameter revision: The commit that the round looked at.
    package func ended(_ outcome: TenantOutcome, revision: String) async {
        guard let source, await load() else { return }
        let awaited = book.memories.values.filter { memory in
            memory.isAwaited && memory.touched.contains { $0.tenant == outcome.tenant }
                && outcome.concerns(memory.outcomes[outcome.tenant])
        }
        guard !awaited.isEmpty, let snapshot = await tools.branch(source) else { return }
        for known in awaited {
            guard let commit = known.mergedAs, !commit.isEmpty,
                (try? await snapshot.storage.isAncestor(commit, of: revision)) == true,
                book[known.number]?.ended(outcome) == true
            else { continue }
            unwritten.insert(known.number)
            await save([known.number])
        }
        if let trouble = await writeOutcomes() { await tools.tell(source, trouble) }
    }

    /// Writes what became of merged requests and is not written yet; what the forge does not take now is tried again.
    ///
    /// A request that takes no comment, as it is locked or gone, silences none of the others.
    ///
    /// - Returns: Why the rest is still to be written.
    func writeOutcomes() async -> RequestTrouble? {
        guard let source, let settings = source.forge, !isWriting else { return nil }
        isWriting = true
        defer { isWriting = false }
        // What comes in meanwhile is written as well: each turn takes one out, unless more became of it since.
        while let number = unwritten.filter({ book[$0]?.isOpen == false }).min(), let known = book[number] {
            do {
                let forge = try connect(source)
                try await writeApplied(number, forge)
                guard known.isMerged else {
                    if isWritten(known) { unwritten.remove(number) }
                    continue
                }
                try await writeOvertaken(known, forge)
                guard !known.outcomes.isEmpty else {
                    if isWritten(known) { unwritten.remove(number) }
                    continue
                }
                let text = outcomeText(of: known, settings, limit: forge.limits.comment)
                if known.isNew(text, for: .outcome) {
                    let id = try await write(text, .outcome, on: number, forge)
                    book[number]?.wrote(text, for: .outcome, as: id)
                    await save([number])
                }
                if isWritten(known) { unwritten.remove(number) }
            } catch let error as ForgeError where error.refusesRequest {
                unwritten.remove(number)
                let logger = environment.logger
                logger.warning("\(name): what became of #\(number) cannot be written to it. \(error.message)")
            } catch {
                return trouble(error)
            }
        }
        return nil
    }
}

extension RequestDesk {
    /// Whether no more became of a request while it was written.
    private func isWritten(_ known: RequestMemory) -> Bool {
        book[known.number]?.outcomes == known.outcomes && book[known.number]?.applying == known.applying
    }
}

extension ForgeError {
    /// Whether the same would be refused again.
    fileprivate var refusesRequest: Bool {
        switch reason {
        case .forbidden, .notFound, .conflict, .invalid, .commitGone: true
        case .unauthorized, .limited, .unavailable, .unreadable: false
        }
    }
}

extension TenantOutcome {
    /// - Parameter isWatched: Whether the mail of what was written is watched.
    init?(_ outcome: RoundOutcome, tenant: String, isWatched: Bool, at now: Date) {
        let state: State
        switch outcome.result {
        case .applied: state = isWatched ? .watching : .applied
        case .inSync: state = .unchanged
        case .pending, .held: state = .held
        case .blocked: state = .blocked
        case .failed: state = .failed
        case .partlyApplied: state = .partlyApplied
        case .rolledBack: state = .rolledBack
        case .interrupted: return nil
        }
        let isDone = [.applied, .unchanged, .watching].contains(state)
        self.init(
            tenant: tenant,
            state: state,
            reason: isDone ? nil : outcome.guards.first ?? outcome.cause?.rawValue,
            text: outcome.message,
            run: outcome.run,
            at: now
        )
    }

    /// How a watch over mail ended.
    init?(_ watch: Watch, tenant: String, at now: Date) {
        let state: State
        switch watch.state {
        case .flows: state = .flows
        case .regressedHeld: state = .regressed
        case .regressedTakenBack: state = .rolledBack
        case .settling, .watching, .suspended, .takingBack, .notJudged, .superseded, .endedByPerson: return nil
        }
        self.init(tenant: tenant, state: state, text: watch.headline, run: watch.run, at: now)
    }
}
