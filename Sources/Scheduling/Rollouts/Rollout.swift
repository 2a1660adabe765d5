package import FoundationEssentials

/// One commit on its way to the tenants of one source: canaries first, then the others, and a stop where it fails.
///
/// How it fares in a tenant depends on the tenant's folder, not on the commit: a later commit that leaves a canary's folder alone
/// neither makes that canary wait again, nor lifts a stop whose cause is still there.
package struct Rollout: Hashable, Sendable, Codable {
    package let source: String
    package private(set) var policy: RolloutPolicy
    package private(set) var revision: String?
    private var tenants: [String: Progress] = [:]

    private struct Progress: Hashable, Sendable, Codable {
        var tree: String
        var ending: RolloutEnding?
        /// When it was written.
        var at: Date?
        /// What its lane was told last.
        var told: RolloutPermission?

        var isGood: Bool {
            switch ending {
            case .judged, .applied(isWatched: false): true
            case .applied, .failed, .regressed, nil: false
            }
        }

        var failure: String? {
            switch ending {
            case .failed(let reason), .regressed(let reason): reason
            case .applied, .judged, nil: nil
            }
        }
    }

    package init(source: String, policy: RolloutPolicy = RolloutPolicy()) {
        self.source = source
        self.policy = policy
    }

    package mutating func handle(_ input: RolloutInput, at now: Date) -> [RolloutAction] {
        switch input {
        case .moved(let revision, let trees): move(revision, trees)
        case .ended(let tenant, let tree, let ending):
            // Most rounds say again what is known, and no other tenant is concerned by that.
            guard end(tenant, tree, ending, at: now) else { return wake(at: now, opening) }
        case .retried:
            for tenant in tenants.keys where tenants[tenant]?.failure != nil { tenants[tenant]?.ending = nil }
        case .policyChanged(let policy): self.policy = policy
        case .tick: break
        }
        var actions: [RolloutAction] = []
        let outlook = outlook(at: now)
        for tenant in tenants.keys.sorted() {
            let permission = permission(for: tenant, outlook)
            guard tenants[tenant]?.told != permission else { continue }
            tenants[tenant]?.told = permission
            actions.append(.permit(tenant: tenant, permission))
        }
        return actions + wake(at: now, outlook.opening)
    }

    private func wake(at now: Date, _ opening: Date?) -> [RolloutAction] {
        opening.map { $0 > now ? [.wake(at: $0)] : [] } ?? []
    }

    /// The tenants in which the commit failed, with the reason, in the order of their names.
    package var failures: [(tenant: String, reason: String)] {
        tenants.compactMap { entry in entry.value.failure.map { (tenant: entry.key, reason: $0) } }
            .sorted { $0.tenant < $1.tenant }
    }

    package var isStopped: Bool { failures.count >= policy.stopAfter }

    /// Whether a tenant may get the commit now.
    package func permission(for tenant: String, at now: Date) -> RolloutPermission {
        permission(for: tenant, outlook(at: now))
    }

    private func permission(for tenant: String, _ outlook: Outlook) -> RolloutPermission {
        // Where it already is, or failed, there is nothing to hold: the tenant's own quarantine does.
        guard let progress = tenants[tenant], progress.ending == nil else { return .go }
        if let stop = outlook.stop { return stop }
        return outlook.canaries.contains(tenant) ? .go : outlook.others
    }

    /// What holds for all tenants alike, so that it is worked out once for thousands.
    private struct Outlook {
        /// Set where the commit failed in too many.
        var stop: RolloutPermission?
        var canaries: Set<String>
        /// For those that are no canaries.
        var others: RolloutPermission
        var opening: Date?
    }

    private func outlook(at now: Date) -> Outlook {
        let canaries = canaries
        var outlook = Outlook(canaries: Set(canaries), others: .go, opening: opening)
        let failures = failures
        if failures.count >= policy.stopAfter, let first = failures.first {
            outlook.stop = .stopped(tenant: first.tenant, reason: first.reason)
        }
        if let canary = canaries.first(where: { tenants[$0]?.isGood != true }) {
            outlook.others = .waiting(Self.text(canary, tenants[canary]?.ending))
        } else if let opening = outlook.opening, opening > now {
            outlook.others = .waiting("The canaries are through; the others follow at \(opening.ISO8601Format()).")
        }
        return outlook
    }

    /// The canaries that there are.
    private var canaries: [String] { policy.canaries.filter { tenants[$0] != nil } }

    /// When the others may follow; `nil` while a canary is not through, or where none has been written to.
    private var opening: Date? {
        let canaries = canaries
        guard canaries.allSatisfy({ tenants[$0]?.isGood == true }) else { return nil }
        return canaries.compactMap { tenants[$0]?.at }.max()?.addingTimeInterval(policy.wait.seconds)
    }

    private mutating func move(_ revision: String, _ trees: [String: String]) {
        self.revision = revision
        for (tenant, tree) in trees where tenants[tenant]?.tree != tree {
            tenants[tenant] = Progress(tree: tree, told: tenants[tenant]?.told)
        }
        tenants = tenants.filter { trees[$0.key] != nil }
    }

    /// - Returns: Whether it says anything new.
    private mutating func end(_ tenant: String, _ tree: String, _ ending: RolloutEnding, at now: Date) -> Bool {
        // What is told of a commit that was replaced since counts for nothing.
        guard let progress = tenants[tenant], progress.tree == tree else { return false }
        switch (progress.ending, ending) {
        // The rollout was not told how the watch ended, and no watch goes on. Nothing was written since.
        case (.applied(isWatched: true), .applied(isWatched: false)):
            tenants[tenant]?.ending = ending
            return true
        // A later look at what is written already says nothing new, and a watch that ends late does not undo a failure.
        case (.applied, .applied), (.judged, .applied), (.failed, .judged), (nil, .judged): return false
        // That mail fails is not seen by looking at the fields.
        case (.regressed, .applied), (.regressed, .judged), (.regressed, .failed): return false
        default: break
        }
        if case .applied = ending { tenants[tenant]?.at = now }
        tenants[tenant]?.ending = ending
        return true
    }

    private static func text(_ canary: String, _ ending: RolloutEnding?) -> String {
        switch ending {
        case nil: "The canary \(canary) comes first, and has not ended yet."
        case .applied, .judged: "The canary \(canary) is still watched."
        case .failed(let reason), .regressed(let reason): "The commit failed in the canary \(canary): \(reason)"
        }
    }
}
