import Configuration
import ExchangeOnline
import Reconciling
import Forges
import FoundationEssentials
import Planning
import PullRequests
import Reports
import StateStore

/// What came of runs before a merge, and that it is told.
extension RequestDesk {
    /// A tenant's run has ended, or did not begin.
    ///
    /// - Parameter outcome: `nil` where a later run has to finish it, and the history tells how it ended.
    func applied(_ outcome: TenantOutcome?, run: String, in number: Int) async {
        given.remove(run)
        guard let outcome, book[number]?.applied(outcome, run: run) == true else { return }
        unwritten.insert(number)
        await save([number])
        guard let source, let forge = try? connect(source) else { return }
        do throws(ForgeError) {
            try await writeApplied(number, forge)
        } catch {
            await tools.tell(source, RequestTrouble(error))
        }
    }

    /// Finds out how runs ended of which this process was not told: those of a process before it, and those that another
    /// run had to finish.
    func findEnded() async {
        for known in book.memories.values.sorted(by: { $0.number < $1.number }) {
            guard let ask = known.applying else { continue }
            if known.isOpen { await findTakenBack(ask, in: known.number) }
            guard ask.isUnderWay else { continue }
            for (tenant, asked) in ask.tenants.sorted(by: { $0.key < $1.key })
            where asked.isUnderWay && !given.contains(asked.run) {
                guard let outcome = await ending(of: asked.run, in: tenant) else { continue }
                if book[known.number]?.applied(outcome, run: asked.run) == true {
                    unwritten.insert(known.number)
                    await save([known.number])
                }
            }
        }
    }

    /// Finds out which of the runs that were applied have been rolled back since, by the watch over mail or by a person.
    private func findTakenBack(_ ask: ApplyAsk, in number: Int) async {
        for (tenant, asked) in ask.tenants.sorted(by: { $0.key < $1.key }) where asked.isInForce {
            guard let runs = try? await environment.store.aheadRuns(of: tenant),
                let applied = try? await environment.store.state(of: tenant).applied
            else { continue }
            let isTakenBack: Bool
            if let run = runs.first(where: { $0.run == asked.run }) {
                isTakenBack = !run.stands(in: applied)
            } else {
                // It is forgotten as well where git came to say the same by another commit.
                isTakenBack = await wasRolledBack(asked.run, in: tenant)
            }
            // The request may have been merged while the store was asked.
            guard isTakenBack, book[number]?.isOpen == true,
                book[number]?.tookBack(tenant, run: asked.run, at: now) == true
            else { continue }
            unwritten.insert(number)
            await save([number])
        }
    }

    /// Whether the history has a rollback of a run, and not only of another one; where it cannot be read, it does not say so.
    private func wasRolledBack(_ run: String, in tenant: String) async -> Bool {
        guard let record = try? await environment.store.run(matching: run).record else { return false }
        var query = RunQuery(tenant: tenant, limit: 1)
        query.commands = [.rollback]
        query.results = [.applied, .partlyApplied]
        // A rollback has the commit of what it takes back.
        query.revision = record.revision
        query.startedFrom = record.startedAt
        return (try? await environment.store.runs(query))?.isEmpty == false
    }

    /// How a run ended by the history; `nil` while it has not, or where the store does not tell.
    private func ending(of run: String, in tenant: String) async -> TenantOutcome? {
        do throws(StateStoreError) {
            let record = try await environment.store.run(matching: run).record
            return TenantOutcome(ahead: record, at: now)
        } catch {
            guard case .noSuchRun = error else { return nil }
        }
        do throws(StateStoreError) {
            // A run that was given to a lane of another process may still be about to claim its tenant.
            let lease = try await environment.store.standing(of: tenant).lease
            return lease?.holder.run == run ? nil : RequestMemory.neverBegan(tenant, at: now)
        } catch {
            return nil
        }
    }

    /// Writes what came of it, where that is not what is written already.
    func writeApplied(_ number: Int, _ forge: any Forge) async throws(ForgeError) {
        guard let known = book[number], let ask = known.applying else { return }
        let text = appliedText(ask, of: known, standing: await standing(ask, in: number), forge)
        guard known.isNew(text, for: .applied) else { return }
        let id = try await write(text, .applied, on: number, forge)
        book[number]?.wrote(text, for: .applied, as: id)
        await save([number])
    }

    /// The request's runs that stand and are kept as ahead of git, those too in whose place the same tenant has a later one;
    /// `nil` where the store does not tell.
    private func standing(_ ask: ApplyAsk, in number: Int) async -> [String]? {
        var runs: [String] = []
        for (tenant, asked) in ask.tenants {
            guard let kept = try? await environment.store.aheadRuns(of: tenant),
                let applied = try? await environment.store.state(of: tenant).applied
            else { return nil }
            let own = kept.filter { $0.source == name && $0.request == number && $0.stands(in: applied) }.map(\.run)
            runs += own.filter { $0 != asked.run || !asked.isUnderWay }
        }
        return runs
    }
}
