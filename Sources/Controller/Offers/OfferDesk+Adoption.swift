package import Configuration
import Forges
import FoundationEssentials
import Planning
import GitRepositories
package import PullRequests
import Reconciling
package import Reports

/// What gives unmanaged connectors their definitions.
extension OfferDesk {
    /// Nothing tells when a connector came to be there.
    private static var always: Date { Date(timeIntervalSince1970: 0) }

    /// Opens the request for a tenant because a person asks for it, or brings it up to date, whatever the configuration says of
    /// unmanaged connectors.
    ///
    /// - Throws: Why it cannot be: `RunStop`, `ForgeError`, `GitError`, `StateStoreError` or `ConfigurationError`.
    package func adopt(_ managed: ManagedTenant) async throws -> AdoptionAnswer {
        var turn = 1
        while true {
            do {
                return try await adoptOnce(managed)
            } catch  where Self.isOvertaken(error) && turn < Self.turns {
                turn += 1
            } catch let overtaken as OfferOvertaken {
                throw RunStop.overtaken(overtaken)
            }
        }
    }

    private func adoptOnce(_ managed: ManagedTenant) async throws -> AdoptionAnswer {
        let source = managed.source
        let forge = try tools.open(source)
        guard let settings = source.forge else { throw RunStop.forgeMissing(source, environment) }
        guard let snapshot = await tools.branch(source), let base = CommitID(snapshot.commit.id) else {
            throw RunStop.branchUnknown(source)
        }
        var visit = Visit(
            source: source,
            settings: settings,
            snapshot: snapshot,
            base: base,
            forge: forge,
            visibility: .summary
        )
        visit.visibility = try await visibility(visit)
        visit.open = try await forge.open(into: source.branch, since: nil)
        let key = OfferRecord.key(.adoption, of: managed.tenant.name, in: name)
        if let earlier = try await load()[key] {
            // What became of an earlier request is taken in first, as whoever asks now decides over it.
            _ = try await carryOut(Work(managed: managed, kind: .adoption, kept: earlier, wish: .unknown), visit)
        }
        let kept = try await load()[key]
        let live = OfferStanding.Live(drift: [], since: Self.always, unmanaged: try await unmanaged(managed, visit))
        let wish = try await adoptionWish(managed, live, visit)
        var work = Work(managed: managed, kind: .adoption, kept: kept, wish: wish)
        work.record.memory.asked()
        let news = try await carryOut(work, visit)
        var answer = AdoptionAnswer(news: news, files: [], left: drafts[key]?.left ?? [])
        if case .offer(let offer, _) = wish.wish { answer.files = offer.files }
        return answer
    }

    /// What no definition claims; a folder that is not there yet claims nothing.
    private func unmanaged(_ managed: ManagedTenant, _ visit: Visit) async throws -> [UnmanagedConnector] {
        let pass = Pass(environment, known: [visit.source.name: visit.snapshot])
        let reconciler = Reconciler(environment, shared: tools.shared, pass: pass)
        var options = TenantRun.Options()
        options.judgesPartners = false
        let ending = await reconciler.run(managed, TenantRun.planning, options: options)
        if let plan = ending.made?.plan { return plan.unmanaged }
        guard let stop = ending.stop else { return [] }
        guard stop.id == RunStop(GitError.missingFolder(path: "")).id else { throw stop }
        let readings = await reconciler.readings(managed, because: stop)
        guard readings.observed != nil else { throw readings.stop ?? stop }
        return readings.unmanaged
    }

    func adoptionWish(
        _ managed: ManagedTenant,
        _ live: OfferStanding.Live?,
        _ visit: Visit
    ) async throws -> OfferWish {
        guard let live else { return .unknown }
        guard !live.unmanaged.isEmpty else { return .nothing }
        let tenant = managed.tenant
        let files = try await filesOrNone(of: tenant, visit)
        let name = OfferRecord.key(.adoption, of: tenant.name, in: name)
        let found = live.unmanaged.map { unmanaged in
            "\(unmanaged.kind)/\(unmanaged.displayName)/\(unmanaged.risks.map(\.id).joined(separator: ","))"
        }
        let key = DraftKey(definitions: files.id, texts: found.sorted() + ["\(visit.visibility)"])
        if let known = drafts[name], known.key == key { return wish(known, since: Self.always, visit) }
        // What they are set to is read now, once for each set of connectors.
        let observed = try await Reconciler(environment, shared: tools.shared).observed(managed)
        let known = draft(name, key) {
            let draft = AdoptionOffer(
                place: place(of: tenant, visit),
                observed: observed,
                unmanaged: live.unmanaged,
                files: files.files,
                scope: files.scope,
                now: now
            ).draft()
            return KnownDraft(key: key, offer: draft.offer, left: draft.left)
        }
        return wish(known, since: Self.always, visit)
    }

    private func filesOrNone(of tenant: TenantConfiguration, _ visit: Visit) async throws -> TenantFiles {
        do throws(GitError) {
            return try await files(of: tenant, visit)
        } catch .missingFolder {
            return TenantFiles.none(of: tenant, environment.configuration)
        }
    }
}

extension RunStop {
    fileprivate static func branchUnknown(_ source: Source) -> RunStop {
        RunStop(
            .error,
            id: "branch-unknown",
            "The branch \(source.branch) of the source \"\(source.name)\" has not been fetched yet, so no request can be made for it.",
            remedy: "Find out why it cannot be fetched (mitregate doctor), and ask again."
        )
    }

    fileprivate static func overtaken(_ overtaken: OfferOvertaken) -> RunStop {
        RunStop(
            .error,
            id: "offer-overtaken",
            "\(overtaken.what) while the request was being made, again and again.",
            remedy: "Look at the source's requests, and ask again."
        )
    }
}

/// What came of asking for a request that adopts unmanaged connectors.
package struct AdoptionAnswer: Sendable {
    package var news: OfferNews
    /// The new files; empty where every connector has a definition.
    package var files: [ChangeOffer.File]
    /// What stays unmanaged.
    package var left: [AdoptionOfferText.Left]
}
