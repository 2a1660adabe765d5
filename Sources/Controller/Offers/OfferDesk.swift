import Configuration
import Connectors
import ExchangeOnline
import Forges
import FoundationEssentials
import GitRepositories
import Logging
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore

/// The changes that we offer to one source: finds out what there is to offer, opens requests for it, and closes them again.
///
/// What becomes of an offer is decided by `OfferMemory`. Each step that others see is stored before it is taken, so that a crash
/// or a lost answer leads to the same step once more, and to no second request.
package actor OfferDesk {
    package nonisolated let name: String
    let tools: OfferTools
    /// What was made of what, until something of it changes.
    var drafts: [String: KnownDraft] = [:]
    /// Offers that failed, and until when they are left alone.
    var rests: [String: Rest] = [:]
    /// Offers whose request may show other words than are remembered, as what was proposed last could not be stored.
    var doubtful: Set<String> = []
    /// Whether anyone may read the repository, as the forge said it in this look; `nil` where it did not say.
    private var isPublic: Bool?
    /// Whether the forge was asked for it in this look.
    private var knowsReaders = false
    private var forge: (settings: SourceForge, value: any Forge)?

    struct Rest: Sendable {
        var tries: Int
        var until: Date
        var trouble: RequestTrouble
    }

    /// Offers that are worked on at once: each waits for the forge and for git.
    private static let window = 4
    /// How often a look is made once more because another process or a person was quicker.
    static let turns = 3
    /// After a failure the first pause, in seconds; it doubles with each, up to the longest.
    private static let firstPause: TimeInterval = 60
    private static let longestPause: TimeInterval = 3_600

    package init(_ source: String, tools: OfferTools) {
        name = source
        self.tools = tools
    }

    var environment: RunEnvironment { tools.environment() }
    var now: Date { environment.timing.now() }

    /// What all offers of one look share.
    struct Visit: Sendable {
        var source: Source
        var settings: SourceForge
        var snapshot: SourceSnapshot
        var base: CommitID
        var forge: any Forge
        var visibility: PlanComment.Visibility
        /// The open requests against the branch.
        var open: [PullRequest] = []
    }

    /// One kind of offer to one tenant.
    struct Work: Sendable {
        var managed: ManagedTenant
        var kind: ChangeOffer.Kind
        var record: OfferRecord
        var wish: OfferWish
        /// The record as it was stored last, and how it lies in the store; `nil` where it does not.
        var stored: OfferRecord
        var json: String?

        init(managed: ManagedTenant, kind: ChangeOffer.Kind, kept: KeptOffer?, wish: OfferWish) {
            self.managed = managed
            self.kind = kind
            self.wish = wish
            record = kept?.record ?? OfferRecord(kind, of: managed.tenant.name)
            stored = record
            json = kept?.json
        }

        var key: String { OfferRecord.key(kind, of: managed.tenant.name, in: managed.source.name) }
    }

    /// Looks for changes to offer.
    ///
    /// With nothing to offer and no open request of ours, the forge is not asked.
    package func look() async {
        for turn in 1...Self.turns {
            guard await look(isLast: turn == Self.turns), !Task.isCancelled else { return }
        }
    }

    /// - Parameter isLast: Whether the outcome is told even where other processes were quicker.
    /// - Returns: Whether to look once more.
    private func look(isLast: Bool) async -> Bool {
        guard let source = environment.configuration.sources.first(where: { $0.name == name }),
            let settings = source.forge, settings.offers.isOn, let snapshot = await tools.branch(source),
            let base = CommitID(snapshot.commit.id)
        else { return false }
        // A repository may have been opened to the public since: it is asked in each look.
        (isPublic, knowsReaders) = (nil, false)
        do {
            let records = try await load()
            let forge = try connect(source, settings)
            var visit = Visit(
                source: source,
                settings: settings,
                snapshot: snapshot,
                base: base,
                forge: forge,
                visibility: .summary
            )
            var unknown: [OfferNews] = []
            let works = try await works(&visit, records, &unknown)
            if works.contains(where: { $0.record.memory.number != nil || $0.wish.isOffer }) {
                visit.open = try await forge.open(into: source.branch, since: nil)
            }
            let shared = visit
            let attempts = await works.concurrently(window: Self.window) { await self.attempt($0, shared) }
            if !isLast, attempts.contains(where: \.isOvertaken) { return true }
            await tools.tell(source, attempts.map(\.news) + unknown)
        } catch {
            if Task.isCancelled { return false }
            // The requests' own desk tells of a forge that does not answer.
            environment.logger.notice(
                "\(name): did not look for changes to offer. \(Self.trouble(error).message)",
                metadata: ["source": "\(name)"]
            )
        }
        return false
    }

    /// - Parameter unknown: Gets what is not known of offers that were looked at before.
    private func works(
        _ visit: inout Visit,
        _ records: [String: KeptOffer],
        _ unknown: inout [OfferNews]
    ) async throws -> [Work] {
        var works: [Work] = []
        for tenant in visit.source.tenants {
            let managed = ManagedTenant(source: visit.source, tenant: tenant)
            let standing = await tools.standing(managed)
            for kind in ChangeOffer.Kind.allCases where visit.settings.offers.offers(kind) {
                let key = OfferRecord.key(kind, of: tenant.name, in: name)
                guard records[key] != nil || standing.mayWant(kind) else {
                    // One that cannot be read may still have what was found there.
                    if standing.live != nil || kind == .revert {
                        drafts[key] = nil
                    } else {
                        unknown.append(OfferNews(tenant: tenant.name, kind: kind, isUnknown: true))
                    }
                    continue
                }
                visit.visibility = try await visibility(visit)
                works.append(
                    Work(
                        managed: managed,
                        kind: kind,
                        kept: records[key],
                        wish: await wish(kind, managed, standing, visit)
                    )
                )
            }
        }
        return works
    }

    private func shown(_ settings: SourceForge) -> PlanComment.Visibility {
        switch settings.visibility {
        case .full: .full
        case .summary: .summary
        case nil: isPublic == false ? .full : .summary
        }
    }

    /// How much a request shows; the forge is asked once a look whether anyone may read it.
    func visibility(_ visit: Visit) async throws -> PlanComment.Visibility {
        if visit.settings.visibility == nil, !knowsReaders {
            isPublic = try await visit.forge.terms(of: visit.source.branch, requiring: RequestCheck.gate.context)
                .isPublic
            knowsReaders = true
        }
        return shown(visit.settings)
    }

    /// Signed in as the configuration in force says.
    private func connect(_ source: Source, _ settings: SourceForge) throws -> any Forge {
        if let forge, forge.settings == settings { return forge.value }
        let value = try tools.open(source)
        forge = (settings, value)
        knowsReaders = false
        rests = [:]
        return value
    }

    // MARK: What failed

    /// Leaves an offer alone for a while.
    func rest(_ key: String, after error: any Error) -> RequestTrouble {
        let trouble = Self.trouble(error)
        let tries = (rests[key]?.tries ?? 0) + 1
        let pause = min(Self.firstPause * TimeInterval(1 << min(tries - 1, 10)), Self.longestPause)
        let told = (error as? ForgeError)?.retryAt
        rests[key] = Rest(tries: tries, until: max(told ?? now, now.addingTimeInterval(pause)), trouble: trouble)
        return trouble
    }

    package static func trouble(_ error: any Error) -> RequestTrouble {
        switch error {
        case let error as ForgeError: RequestTrouble(error)
        case let error as GitError: RequestTrouble(offering: error)
        case let error as StateStoreError:
            RequestTrouble(reason: "StoreFailed", message: error.message, remedy: error.remedy)
        case let error as ConfigurationError:
            RequestTrouble(
                reason: "AuthenticationFailed",
                message: error.problems.first?.message ?? "A secret of the configuration cannot be read.",
                remedy: error.problems.first?.remedy ?? ""
            )
        case let stop as RunStop: RequestTrouble(reason: "Refused", message: stop.message, remedy: stop.remedy)
        case let overtaken as OfferOvertaken:
            RequestTrouble(
                reason: "Overtaken",
                message: "\(overtaken.what), again and again while it was offered.",
                remedy: "Nothing has to be done: it is looked at again."
            )
        case is CancellationError:
            RequestTrouble(
                reason: "Interrupted",
                message: "Mitregate was stopped, or its configuration read again, before the offer was made.",
                remedy: "Nothing has to be done: it is made again."
            )
        default:
            RequestTrouble(
                reason: "Failed",
                message: "The offer could not be made: \("\(error)".escapingControls).",
                remedy: "It is tried again. Where it stays, report it with this message."
            )
        }
    }
}

extension OfferSettings {
    func offers(_ kind: ChangeOffer.Kind) -> Bool {
        switch kind {
        case .drift: drift == .pullRequest
        case .revert: rollback == .pullRequest
        case .adoption: unmanaged == .pullRequest
        }
    }
}

extension OfferStanding {
    /// Whether there may be something to offer.
    fileprivate func mayWant(_ kind: ChangeOffer.Kind) -> Bool {
        switch kind {
        case .drift: live?.drift.contains { !$0.item.accepted } ?? false
        case .revert: mayBeQuarantined
        case .adoption: live?.unmanaged.isEmpty == false
        }
    }
}

extension RequestTrouble {
    /// Why a commit of ours did not get onto its branch.
    init(offering error: GitError) {
        let reason =
            switch error {
            case .branchMoved: "ForeignCommit"
            case .pushRefused: "PushRefused"
            case .authenticationFailed, .credentialsMissing: "AuthenticationFailed"
            case .signingFailed, .invalidIdentity: "IdentityUnusable"
            case .symbolicLink, .submodule, .notAFile, .limitPassed: "NotEditable"
            default: "PushFailed"
            }
        self.init(reason: reason, message: error.message, remedy: error.remedy)
    }
}
