import Planning
import Connectors
import FoundationEssentials
import TLSGate

extension PlanComment {
    /// Lays the comment out, within its limit.
    package func text() -> Text {
        let key = Self.key(instance: instance, tenant: tenant) + "\n"
        switch content {
        case .untouched:
            let heading = "### mitregate\(subject): no tenant's definitions changed\n\n"
            return Text(text: key + heading + tail([]), unseen: [:])
        case .moved:
            let head = "### mitregate\(subject): see the comment on all tenants\n\n"
            return Text(text: key + head + tail([]), unseen: [:])
        case .failed(let reason):
            let why = visibility == .full ? "\n\n- \(MarkdownText.prose(reason, limit: 800))\n\n" : "\n\n"
            return Text(text: key + "### ! mitregate\(subject): not planned\(why)\(tail([]))", unseen: [:])
        case .conflict(let files): return Text(text: conflict(files, key), unseen: [:])
        case .plans(let tenants):
            if tenant == nil, tenants.count != 1 { return all(tenants, key) }
            guard let only = tenants.first else { return Text(text: key, unseen: [:]) }
            return one(only, key)
        }
    }

    private var subject: String { tenant.map { " · \(MarkdownText.code($0, limit: 100))" } ?? "" }

    private func conflict(_ files: [String], _ key: String) -> String {
        let branch = MarkdownText.code(request.branch, limit: 100)
        let start =
            key + "### ✗ mitregate\(subject): conflict with \(branch)\n\n"
            + "Merge \(branch) into this branch, or rebase it; nothing is planned until then.\n\n"
        let end = tail([])
        let list = CommentSection(count: files.count, closing: "\n", rank: 0) { index in
            "- \(MarkdownText.code(files[index], limit: 300))\n"
        } left: {
            "- \($0.counted("more file"))\n\n"
        }
        let room = limit - start.unicodeScalars.count - end.unicodeScalars.count
        return start + CommentSection.compose([list], limit: room).text + end
    }

    private func one(_ tenant: Tenant, _ key: String) -> Text {
        let end = tail([tenant])
        guard case .planned(let plan) = tenant.state else {
            return Text(text: key + headline(tenant) + "\n" + end, unseen: [:])
        }
        let start = key + headline(tenant) + "\n"
        let room = limit - start.unicodeScalars.count - end.unicodeScalars.count
        let sections = TenantSections(
            tenant: plan,
            digest: tenant.digest,
            visibility: visibility,
            also: marked(tenant.also)
        )
        let (text, kept) = CommentSection.compose(sections.all, limit: room)
        return Text(text: start + text + end, unseen: unseen(plan, kept))
    }

    /// More tenants than have comments of their own: a table of them, worst first, and of each what there is room for.
    private func all(_ tenants: [Tenant], _ key: String) -> Text {
        let ordered = tenants.map { (standing: TenantStanding($0.state), tenant: $0) }
            .sorted { ($1.standing, $0.tenant.name) < ($0.standing, $1.tenant.name) }
        let counts = Dictionary(grouping: ordered, by: \.standing).sorted { $0.key > $1.key }
            .map { "\($0.value.count) \($0.key.word)" }
        let worst = ordered.first?.standing ?? .unchanged
        var start =
            key
            + "### \(worst.symbol) mitregate · \(tenants.count.counted("tenant")): \(counts.joined(separator: ", "))\n\n"
        start += "Each tenant is written to by itself: one that is held or blocked stops no other.\n\n"
        let end = tail(tenants)
        let head =
            "| | Tenant | Standing | Create / update / delete | Security risk | TLS gate | Digest |\n|:-:|---|---|---|---|---|---|\n"
        var sections = [
            CommentSection(head, count: ordered.count, closing: "\n", share: 0.4, rank: 0) { index in
                row(ordered[index].tenant, ordered[index].standing)
            } left: {
                "*\($0.counted("more tenant")) did not fit here; the statuses count them all.*\n\n"
            }
        ]
        var places: [(tenant: TenantPlan, table: Int)] = []
        let told = ordered.filter { $0.standing != .unchanged && $0.standing != .fork }
        for (index, entry) in told.enumerated() {
            guard case .planned(let plan) = entry.tenant.state else { continue }
            places.append((plan, sections.count + TenantSections.tableIndex))
            sections += TenantSections(
                tenant: plan,
                digest: entry.tenant.digest,
                visibility: visibility,
                also: marked(entry.tenant.also),
                isOneOfMany: true,
                rank: 1 + index
            ).all.map { section in
                var section = section
                section.share = min(section.share, 0.3)
                return section
            }
        }
        let room = limit - start.unicodeScalars.count - end.unicodeScalars.count
        let (text, kept) = CommentSection.compose(sections, limit: room)
        var hidden: [String: Set<String>] = [:]
        for place in places where place.tenant.plan != nil {
            hidden.merge(unseen(place.tenant, kept, table: place.table)) { $1 }
        }
        return Text(text: start + text + end, unseen: hidden)
    }

    private func row(_ tenant: Tenant, _ standing: TenantStanding) -> String {
        let name = MarkdownText.code(tenant.name, limit: 80)
        guard case .planned(let plan) = tenant.state, let made = plan.plan else {
            return "| \(standing.symbol) | \(name) | \(standing.word) | | | | |\n"
        }
        let summary = made.summary
        return
            "| \(standing.symbol) | \(name) | \(standing.word) | \(summary.create) / \(summary.update) / \(summary.delete) "
            + "| \(made.changes.isEmpty ? "" : plan.highestRisk.rawValue) | \(made.changes.isEmpty ? "" : plan.gateWord) "
            + "| \(made.changes.isEmpty ? "" : MarkdownText.code(tenant.digest)) |\n"
    }

    private func headline(_ tenant: Tenant) -> String {
        let standing = TenantStanding(tenant.state)
        let name = MarkdownText.code(tenant.name, limit: 100)
        var text = "### \(standing.symbol) mitregate · \(name): \(standing.word)\n\n"
        guard case .planned(let plan) = tenant.state else { return text + forkSentence + "\n" }
        text += "**\(plan.mergeSentence)**\n"
        if let ahead = tenant.ahead { text += "\n\(aheadSentence(ahead))\n" }
        guard let made = plan.plan, !made.changes.isEmpty else { return text }
        let summary = made.summary
        text += "\n\(summary.create) to create, \(summary.update) to update, \(summary.delete) to delete · "
        text +=
            "security risk **\(plan.highestRisk.rawValue)** · TLS gate **\(plan.gateWord)** · "
        if approvals > 0 { text += "approvals **\(tenant.approvers.count) of \(approvals)** · " }
        return text + "digest \(MarkdownText.code(tenant.digest))\n"
    }

    private func aheadSentence(_ ahead: Tenant.Ahead) -> String {
        let head = ahead.isOfOtherHead ? " of an earlier head" : ""
        return
            "**Applied\(head) before the merge**, as \(MarkdownText.code(ahead.by, limit: 60)) asked at \(Self.minute(ahead.at)): "
            + "run \(MarkdownText.code(ahead.run, limit: 60)). The tenant runs ahead of git until this request is merged; closing it "
            + "without a merge raises an alarm."
    }

    private var forkSentence: String {
        "**The head comes from a fork, so it is not planned and no server is asked by itself.** A person who may write to this "
            + "repository and has read it can ask for a plan of exactly this head: \(MarkdownText.code("mitregate plan"))"
    }

    private func marked(_ also: [ConnectorKey: [Int]]) -> [ConnectorKey: [String]] {
        also.mapValues { numbers in numbers.map { "\(request.mark)\($0)" } }
    }

    /// The changes of which there is neither a row nor a word.
    private func unseen(
        _ tenant: TenantPlan,
        _ kept: [Set<Int>],
        table: Int = TenantSections.tableIndex
    ) -> [String: Set<String>] {
        guard tenant.plan != nil, kept.indices.contains(table) else { return [:] }
        let quiet = Set((tenant.judgements ?? []).filter { $0.verdict == .pass }.map(\.connector))
        let judged = Set((tenant.judgements ?? []).map(\.connector))
        let hidden = tenant.changesWorstFirst.enumerated().filter { place, change in
            let isHeavy = change.risk > .low || judged.contains(change.key) && !quiet.contains(change.key)
            return isHeavy && !kept[table].contains(place)
        }.map(\.element)
        return hidden.isEmpty ? [:] : [tenant.tenant: Set(hidden.map(\.digest))]
    }
}
