import Configuration
import Connectors
import Definitions
import ExchangeOnline
import Forges
import FoundationEssentials
import GitRepositories
import Logging
import Planning
import PullRequests
import Reconciling
import Reports
import Scheduling
import StateStore

/// What there is to offer, and what keeps it from being offered.
struct OfferWish: Sendable {
    var wish: OfferFacts.Wish
    var policy = OfferPolicy()
    var isFought = false
    /// Why nothing of it can be offered, with the file's place where there is one.
    var hindrance: String?
    /// What it is about, where that is one thing.
    var about: String?

    static let unknown = OfferWish(wish: .unknown)
    static let nothing = OfferWish(wish: .nothing)

    var isOffer: Bool {
        if case .offer = wish { return true }
        return false
    }
}

extension OfferDesk {
    /// An offer as it was drafted last, with what it was made of.
    struct KnownDraft: Sendable {
        var key: DraftKey
        var offer: ChangeOffer?
        var hindrance: String?
        /// What an adoption leaves unmanaged.
        var left: [AdoptionOfferText.Left] = []
    }

    /// As long as this is the same, so is what can be offered.
    struct DraftKey: Hashable, Sendable {
        var definitions: String
        var texts: [String]
        var drift: [AttributedDrift] = []
    }

    func wish(
        _ kind: ChangeOffer.Kind,
        _ managed: ManagedTenant,
        _ standing: OfferStanding,
        _ visit: Visit
    ) async -> OfferWish {
        do {
            switch kind {
            case .drift: return try await driftWish(managed, standing.live, visit)
            case .revert: return try await revertWish(managed, visit)
            case .adoption: return try await adoptionWish(managed, standing.live, visit)
            }
        } catch {
            environment.logger.notice(
                "\(managed.tenant.name): could not find out what to offer. \(Self.trouble(error).message)",
                metadata: ["tenant": "\(managed.tenant.name)", "source": "\(managed.source.name)"]
            )
            return .unknown
        }
    }

    private func driftWish(
        _ managed: ManagedTenant,
        _ live: OfferStanding.Live?,
        _ visit: Visit
    ) async throws -> OfferWish {
        guard let live else { return .unknown }
        let tenant = managed.tenant
        let open = live.drift.filter { !$0.item.accepted }
        guard !open.isEmpty else { return .nothing }
        let files = try await files(of: tenant, visit)
        let applied = try await environment.store.state(of: tenant.name).applied
        let key = DraftKey(
            definitions: files.id,
            texts: [applied.revision ?? "", "\(visit.visibility)", tenant.policy.drift.rawValue],
            drift: open
        )
        let draft = draft(OfferRecord.key(.drift, of: tenant.name, in: name), key) {
            let draft = DriftOffer(
                place: place(of: tenant, visit),
                applied: applied,
                drift: open,
                files: files.files,
                policy: tenant.policy.drift,
                scope: files.scope,
                now: now
            ).draft()
            return KnownDraft(key: key, offer: draft.offer, hindrance: draft.left.first.map(Self.sentence))
        }
        let settle = LanePolicy(tenant).offersDriftAfter
        return wish(draft, since: live.since, settle: settle, isFought: live.isFought, visit)
    }

    private static func sentence(_ left: OfferText.Left) -> String {
        let field = left.field.map { ", \($0)" } ?? ""
        let place = left.place.map { " (\($0))" } ?? ""
        return "\(left.connector)\(field): \(left.reason)\(place)".escapingControls
    }

    func wish(
        _ draft: KnownDraft,
        since: Date,
        settle: Duration = .zero,
        isFought: Bool = false,
        _ visit: Visit
    ) -> OfferWish {
        let policy = OfferPolicy(settle: TimeInterval(settle.components.seconds))
        guard var offer = draft.offer else {
            // What has just been changed or merged may be on its way into the tenant's memory.
            let isStanding = since.addingTimeInterval(policy.settle) <= now
            return OfferWish(wish: .nothing, hindrance: isStanding ? draft.hindrance : nil)
        }
        offer.base = visit.base
        return OfferWish(wish: .offer(offer, since: since), policy: policy, isFought: isFought)
    }

    /// The draft of now, made only where what it is made of has changed.
    func draft(_ name: String, _ key: DraftKey, _ make: () -> KnownDraft) -> KnownDraft {
        if let known = drafts[name], known.key == key { return known }
        let draft = make()
        drafts[name] = draft
        return draft
    }

    func files(of tenant: TenantConfiguration, _ visit: Visit) async throws(GitError) -> TenantFiles {
        try await files(of: tenant, at: visit.base.hex, visit)
    }

    func files(
        of tenant: TenantConfiguration,
        at commit: String,
        _ visit: Visit
    ) async throws(GitError) -> TenantFiles {
        try await TenantFiles.read(
            tenant,
            at: commit,
            in: visit.snapshot.storage,
            tools.shared.files,
            environment.configuration
        )
    }

    func place(of tenant: TenantConfiguration, _ visit: Visit) -> OfferPlace {
        let limits = visit.forge.limits
        let marks = ChangeOffer.commentKey.unicodeScalars.count + 2
        return OfferPlace(
            tenant: tenant.name,
            source: visit.source.name,
            folder: tenant.path,
            base: visit.base,
            instance: environment.configuration.controllerName,
            limits: OfferText.Limits(body: limits.description, comment: limits.comment - marks),
            visibility: visit.visibility
        )
    }
}
