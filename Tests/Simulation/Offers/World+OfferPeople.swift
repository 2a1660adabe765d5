import Connectors
import Forges
import Foundation
import Planning
import PullRequests

/// What people do about offers, and about what these are for.
extension World {
    func disturb(_ kind: OfferDisturbance) {
        switch kind {
        case .act(let tenant, let kind, let act):
            let kind: ChangeOffer.Kind = kind == .drift ? .drift : .revert
            perform(act, on: branch(kind, tenant), kind, tenant)
        case .weaken(let tenant):
            change(tenant) { _ in ["tlsSettings": "EncryptionOnly"] }
        case .putBack(let tenant):
            change(tenant, \.settings)
        case .followTenant(let tenant):
            let folders = source.tip.folders
            guard let desired = followed(folders[tenant], tenant) else { return }
            var changed = folders
            changed[tenant] = desired
            _ = source.merge(changed, head: nil)
        }
    }

    /// Someone writes fields of the first connector that is ours.
    private func change(_ tenant: Int, _ settings: (AppliedConnector) -> Settings) {
        let key = ConnectorKey(kind: .outboundConnector, name: "p0")
        guard let applied = store.rows[tenant].applied[key] else { return }
        made += 1
        editedAt[tenant] = now
        let hand = tenants[tenant].write(settings(applied), to: applied.guid)
        recordRoutes(tenant)
        checker.edit(tenant, hand)
    }

    /// The folder with what the tenant says in the fields that the first connector declares.
    private func followed(_ folder: PretendSource.Folder, _ tenant: Int) -> PretendSource.Folder? {
        let key = ConnectorKey(kind: .outboundConnector, name: "p0")
        guard let guid = store.rows[tenant].applied[key]?.guid, let seen = tenants[tenant].objects[guid] else {
            return nil
        }
        var all = folder.desired
        guard let index = all.firstIndex(where: { $0.key == key }) else { return nil }
        for name in all[index].settings.keys {
            if let value = seen.settings[name] { all[index].settings[name] = value }
        }
        return PretendSource.Folder(all)
    }

    private func perform(_ act: OfferDisturbance.Act, on branch: String, _ kind: ChangeOffer.Kind, _ tenant: Int) {
        switch act {
        case .merge, .mergeAndDelete: merge(branch, kind, tenant, deletes: act == .mergeAndDelete)
        case .close:
            guard let request = forge.latest(branch), request.state == .open else { return }
            let key = OfferRecord.key(kind, of: name(tenant), in: "mail-flow")
            let record = store.offers[key]
            let isSettled =
                record?.memory.number == request.number && record?.farewell == nil
                && !replicas.contains { $0.offers[key] != nil } && !forge.wasIll(from: now, to: now)
            note("#\(request.number) is closed by a person")
            forge.change(request.number, at: now) { $0.state = .closed }
            if isSettled { checker.declined(key, request.parts) }
        case .reopen:
            guard let request = forge.latest(branch), request.state == .closed, forge.branches[branch] != nil else {
                return
            }
            forge.change(request.number, at: now) { $0.state = .open }
        case .push, .annotate: commit(on: branch, tenant, isNote: act == .annotate)
        case .deleteBranch: forge.branches[branch] = nil
        }
    }

    /// A person's commit on the branch: another value, or the word that accepts a weaker one.
    private func commit(on branch: String, _ tenant: Int, isNote: Bool) {
        guard var head = forge.branches[branch]?.head else { return }
        made += 1
        var all = head.folders[tenant].desired
        guard let index = all.firstIndex(where: { $0.key.kind == .outboundConnector && $0.key.name == "p0" }) else {
            return
        }
        if isNote {
            all[index].annotations[Annotation.acceptRisk] = "agreed with the partner"
        } else {
            all[index].settings["comment"] = .text("c\(made)")
        }
        head.folders[tenant] = PretendSource.Folder(all)
        let digits = String(made, radix: 16)
        head.revision = "d" + String(repeating: "0", count: 39 - digits.count) + digits
        forge.put(head, on: branch, isOurs: false, at: now)
    }

    private func merge(_ branch: String, _ kind: ChangeOffer.Kind, _ tenant: Int, deletes: Bool) {
        guard let request = forge.latest(branch), request.state == .open,
            let folders = PretendSource.merge(request.head, into: source.tip)
        else { return }
        let isPure = forge.branches[branch]?.isOurs == true
        let commit = source.merge(folders, head: request.head.revision)
        note("#\(request.number) is merged as \(commit.revision)")
        let time = now
        forge.change(request.number, at: now) { request in
            request.state = .merged(as: CommitID(commit.revision), at: time)
        }
        forge.branches[branch]?.isMerged = true
        if deletes { forge.branches[branch] = nil }
        let key = OfferRecord.key(kind, of: name(tenant), in: "mail-flow")
        checker.merged(key, request.parts)
        guard isPure else { return }
        switch kind {
        case .drift: checker.quiet(tenant, commit, self)
        case .revert: checker.reverted(tenant, commit, self)
        case .adoption: break
        }
    }
}
