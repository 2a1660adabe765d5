import Configuration
import Connectors
import Definitions
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Reports
import Synchronization
import TLSGate

extension TenantRun {
    /// The waivers that were written before their connector changed in what is judged.
    ///
    /// A waiver counts for what its reviewers had before them: the connector as it was in the commit that wrote the waiver as
    /// it stands. One that stands only in the working tree, or in the newest commit, is of today.
    func outdatedWaivers() async throws(RunStop) -> [OutdatedWaiver] {
        guard let definitions, let snapshot, !definitions.desired.waivers.isEmpty else { return [] }
        let isOfWorkingTree = options.reference == .workingTree
        let key = "\(tenant.name) \(tenant.path) \(snapshot.commit.id) \(tree ?? "")"
        if !isOfWorkingTree, let known = shared.waivers.outdated(key) { return known }
        do throws(GitError) {
            var history = WaiverHistory(definitions.desired, now: environment.timing.now())
            try await history.follow(
                tenant,
                from: snapshot.commit.id,
                isOfWorkingTree: isOfWorkingTree,
                in: snapshot.storage,
                files: shared.files
            )
            if !isOfWorkingTree { shared.waivers.remember(history.outdated, key, of: tenant.name) }
            return history.outdated
        } catch {
            throw RunStop(error)
        }
    }
}

/// What was found out about the waivers of each tenant's newest commit.
package final class KnownWaivers: Sendable {
    private let known = Mutex<[String: (key: String, outdated: [OutdatedWaiver])]>([:])

    func outdated(_ key: String) -> [OutdatedWaiver]? {
        known.withLock { known in known.values.first { $0.key == key }?.outdated }
    }

    func remember(_ outdated: [OutdatedWaiver], _ key: String, of tenant: String) {
        known.withLock { $0[tenant] = (key, outdated) }
    }
}

/// Follows waivers back to the commit that wrote them, and compares their connectors then and now.
struct WaiverHistory {
    /// How many commits are looked at; a waiver that is older is taken to be of the oldest of them.
    private static let mostCommits = 2_000

    private struct Pending {
        /// As it stands now.
        let waiver: Waiver
        /// Where it stood in the oldest commit so far.
        var file: String
    }

    private let desired: DesiredTenant
    private let now: Date
    /// Waivers that stood in all commits so far, by what they are without their place.
    private var pending: [Waiver: Pending]
    private(set) var outdated: [OutdatedWaiver] = []

    init(_ desired: DesiredTenant, now: Date) {
        self.desired = desired
        self.now = now
        let all = desired.waivers.map { ($0.withoutPlace, Pending(waiver: $0, file: $0.source.file)) }
        pending = Dictionary(all) { first, _ in first }
    }

    mutating func follow(
        _ tenant: TenantConfiguration,
        from commit: String,
        isOfWorkingTree: Bool,
        in storage: any GitStorage,
        files: ParsedFiles
    ) async throws(GitError) {
        let all = try await storage.states(
            of: tenant.path,
            and: [TemplateLibrary.path],
            at: commit,
            limit: Self.mostCommits
        )
        let states = Array(all.prefix { $0.tree != nil })
        var blobs: Set<TreeEntry> = []
        for (index, state) in states.enumerated() {
            guard !pending.isEmpty else { break }
            let entries = try await TenantDefinitions.entries(of: tenant, at: state.commit, in: storage)
            defer { blobs = entries }
            if index == 0, !isOfWorkingTree { continue }
            if index > 0, areUntouched(between: entries, and: blobs) { continue }
            let older = try await definitions(of: tenant, at: state.commit, in: storage, files)
            let there = Dictionary(older.waivers.map { ($0.withoutPlace, $0.source.file) }) { first, _ in first }
            let gone = pending.filter { there[$0.key] == nil }
            for (key, file) in there { pending[key]?.file = file }
            for key in gone.keys { pending[key] = nil }
            // One that stands only in the working tree is of today.
            guard index > 0, !gone.isEmpty else { continue }
            let newer = states[index - 1].commit
            compare(
                gone.values.map(\.waiver),
                with: try await definitions(of: tenant, at: newer, in: storage, files)
            )
        }
        guard !pending.isEmpty, let oldest = states.last, states.count > 1 || isOfWorkingTree else { return }
        let then = try await definitions(of: tenant, at: oldest.commit, in: storage, files)
        compare(pending.values.map(\.waiver), with: then)
    }

    /// Whether the files of all that is looked for are the same in both.
    private func areUntouched(between one: Set<TreeEntry>, and other: Set<TreeEntry>) -> Bool {
        let changed = Set(one.symmetricDifference(other).map(\.path))
        return pending.values.allSatisfy { !changed.contains($0.file) }
    }

    private func definitions(
        of tenant: TenantConfiguration,
        at commit: String,
        in storage: any GitStorage,
        _ files: ParsedFiles
    ) async throws(GitError) -> DesiredTenant {
        let read = try await TenantDefinitions.read(tenant, at: commit, in: storage, files)
        // What the configuration gave the templates then is not known; what it gives them now has not changed since.
        let scope = DefinitionScope(templates: read.templates, instances: tenant.templateInstances)
        return DefinitionReader.assemble(read.files, now: now, scope: scope).desired
    }

    private mutating func compare(_ waivers: [Waiver], with then: DesiredTenant) {
        for waiver in waivers {
            for new in desired.connectors where new.key.name == waiver.connector {
                guard let old = then.connectors.first(where: { $0.key == new.key }) else { continue }
                let fields = Gate.changedFields(old, new)
                if !fields.isEmpty { outdated.append(OutdatedWaiver(waiver, connector: new.key, fields: fields)) }
            }
        }
    }
}

extension Waiver {
    /// The same wherever it stands: a waiver that is only moved was not reviewed again.
    fileprivate var withoutPlace: Waiver {
        var waiver = self
        waiver.source = SourcePosition(file: "")
        return waiver
    }
}
