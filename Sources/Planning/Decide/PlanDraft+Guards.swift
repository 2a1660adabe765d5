import Connectors
import FoundationEssentials

/// What holds a plan back, told from all of its changes together.
extension PlanDraft {
    /// In the order in which a reader should learn of them; those of single connectors stand in the middle.
    func allGuards(_ ordered: [PlannedChange], entangled: [PlannedChange]) -> [Guard] {
        var result = input.guards
        result += quarantine(ordered) + source() + shrunkenTenant(ordered)
        result += guards
        result += names(ordered, entangled) + references(ordered) + targets(ordered)
        result += limits(ordered) + approvals(ordered) + proposals(ordered)
        result += ordered.isEmpty ? [] : Self.freezes(input.policy, now: input.now)
        return result
    }

    private func quarantine(_ ordered: [PlannedChange]) -> [Guard] {
        guard let quarantine = input.quarantine, !ordered.isEmpty else { return [] }
        let reason = quarantine.reason.escapingControls
        let told = "run \(quarantine.run) (\(reason.hasSuffix(".") ? String(reason.dropLast()) : reason))"
        let includesCommit = input.scope.includesCommit
        if quarantine.holdsCorrections == true {
            guard !includesCommit || ordered.allSatisfy({ $0.change.cause == .drift }) else { return [] }
            return [
                Guard(
                    .quarantinedRevision,
                    "Drift was put back, and that was rolled back by \(told). Accept the deviation in git, or run mitregate retry to "
                        + "have it put back again."
                )
            ]
        }
        // Another tenant's commit moves the branch, and must not bring back here what was rolled back.
        let isSame = !input.tree.isEmpty && input.quarantinedTree == input.tree
        // What only puts drift back does nothing of what a commit was rolled back for.
        guard includesCommit, quarantine.revision == input.revision || isSame else { return [] }
        let remedy =
            quarantine.request.map { "Request \($0) takes it back in git: merge it, or commit a correction, or" }
            ?? "Commit a correction, or"
        return [
            Guard(
                .quarantinedRevision,
                "Commit \(quarantine.revision.prefix(12)) was rolled back by \(told). \(remedy) run mitregate retry to try it again."
            )
        ]
    }

    /// Rule 9: an empty or shrunken source is held, not obeyed.
    private func source() -> [Guard] {
        let desired = input.desired
        // What a tombstone stands for was not lost by accident; `limits.deletes` bounds it all the same.
        let count = matching.orphans.filter { orphan in
            orphan.object != nil && !desired.tombstones.contains { $0.covers(orphan.applied.key) }
        }.count
        guard count > 0 else { return [] }
        if desired.connectors.isEmpty && desired.waivers.isEmpty && desired.acceptedDrifts.isEmpty {
            return [
                Guard(
                    .sourceEmpty,
                    "The tenant's folder has no definition left, and \(count) \(Self.connectors(count)) of it "
                        + "\(count == 1 ? "is" : "are") managed. Check the path and the branch. To stop managing the tenant, remove "
                        + "it from the configuration: that changes nothing in it."
                )
            ]
        }
        let limit = input.policy.limits.deletes
        guard count > limit else { return [] }
        return [
            Guard(
                .sourceShrunk,
                "\(count) managed connectors have lost their definitions at once, and limits.deletes allows \(limit). Restore the "
                    + "files, or remove fewer in one commit, or raise the limit in the configuration."
            )
        ]
    }

    /// Many applied connectors gone at once are an emptied tenant, or the wrong one, sooner than drift to be corrected.
    private func shrunkenTenant(_ ordered: [PlannedChange]) -> [Guard] {
        let gone = drift.count { $0.form == .missing && !$0.accepted }
        let limit = input.policy.limits.deletes
        guard gone > limit, ordered.contains(where: { $0.change.action == .create && $0.change.cause != .git }) else {
            return []
        }
        return [
            Guard(
                .tenantShrunken,
                "\(gone) connectors that were applied are gone from the tenant at once, and limits.deletes allows \(limit). Find "
                    + "out who removed them (mitregate drift), then let a person apply, or raise the limit in the configuration."
            )
        ]
    }

    private static func connectors(_ count: Int) -> String { count == 1 ? "connector" : "connectors" }

    private func limits(_ ordered: [PlannedChange]) -> [Guard] {
        var result: [Guard] = []
        let limits = input.policy.limits
        let deletes = ordered.filter { $0.change.action == .delete }.count
        if deletes > limits.deletes {
            result.append(
                Guard(
                    .deleteLimit,
                    "The plan deletes \(deletes) \(Self.connectors(deletes)), and limits.deletes allows \(limits.deletes). Delete fewer "
                        + "in one commit, or raise the limit in the configuration."
                )
            )
        }
        if ordered.count > limits.changes {
            result.append(
                Guard(
                    .changeLimit,
                    "The plan changes \(ordered.count) \(Self.connectors(ordered.count)), and limits.changes allows \(limits.changes). "
                        + "Change fewer in one commit, or raise the limit in the configuration."
                )
            )
        }
        return result
    }

    private func approvals(_ ordered: [PlannedChange]) -> [Guard] {
        ordered.compactMap { planned in
            let change = planned.change
            guard change.risk == .high, change.acceptedRisk == nil else { return nil }
            var ids: [String] = []
            for risk in change.risks where risk.level == .high && !ids.contains(risk.id) { ids.append(risk.id) }
            let line = "\(Annotation.acceptRisk): \"<reason>\""
            guard let source = change.source else {
                return Guard(
                    .approvalMissing,
                    "Deleting \(change.key) weakens security (\(ids.joined(separator: ", "))), and its document is gone. If that is "
                        + "wanted, add a document of kind Tombstone with spec.connector \(change.key.name), an owner and a reason."
                )
            }
            let place = source.line == 0 ? source.file : "\(source.file):\(source.line)"
            return Guard(
                .approvalMissing,
                "\(change.key) weakens security (\(ids.joined(separator: ", "))). If that is wanted, add the line \(line) under "
                    + "metadata.annotations of the document at \(place.escapingControls)."
            )
        }
    }

    private func proposals(_ ordered: [PlannedChange]) -> [Guard] {
        var result: [Guard] = []
        if proposesDrift {
            result.append(
                Guard(.driftProposed, "The plan corrects drift, which this tenant only has proposed (drift: propose).")
            )
        }
        if input.policy.changes == .propose && !ordered.isEmpty {
            result.append(
                Guard(.changesProposed, "Changes to this tenant are only proposed (changes: propose).")
            )
        }
        return result
    }

    /// At most one: the freeze that holds longest, or the first that cannot be read.
    static func freezes(_ policy: TenantPolicy, now: Date) -> [Guard] {
        var latest: (end: Date, freeze: TenantPolicy.Freeze)?
        for freeze in policy.freezes {
            do throws(FreezeError) {
                guard let end = try FreezeWindow(freeze).end(ifFrozenAt: now) else { continue }
                if latest.map({ end > $0.end }) ?? true { latest = (end, freeze) }
            } catch {
                return [
                    Guard(.freeze, "A freeze cannot be read, so it is taken to hold: \(error.reason.escapingControls)")
                ]
            }
        }
        guard let latest else { return [] }
        return [
            Guard(
                .freeze,
                "Nothing is applied until \(Timestamp.text(latest.end)): the freeze \(latest.freeze.cron.escapingControls) "
                    + "(\(latest.freeze.timeZone.escapingControls)) holds.",
                until: latest.end
            )
        ]
    }
}
