import Configuration
import Controller
import ExchangeOnline
import ExchangeSimulator
import Forges
import Foundation
import GitRepositories
import Laboratory
import Logging
import Planning
import PullRequests
import Reconciling
import Reports
import StateStore
import Synchronization
import Testing

/// A desk of offers over a bare repository, a simulated tenant and a real store, with a forge in this process.
struct OfferBench: Sendable {
    let laboratory: Laboratory
    let store: SQLiteStore
    /// The same store, as the desk has it.
    let flaky: FlakyStore
    let forge: PretendedForge
    let desk: OfferDesk
    let shift: Shift
    let news: News
    let woken: Woken
    let blindness: Blindness
    let environment: RunEnvironment

    final class News: Sendable {
        private let value = Mutex<[OfferNews]>([])

        func set(_ news: [OfferNews]) { value.withLock { $0 = news } }

        func of(_ kind: ChangeOffer.Kind) -> OfferNews? { value.withLock { $0.first { $0.kind == kind } } }
    }

    /// Whether the tenant can't be read, and how it is changed.
    final class Blindness: Sendable {
        let isBlind = Mutex(false)
        let isFought = Mutex(false)
    }

    static let path = "tenants/contoso/fabrikam.yaml"
    static let drift = "mitregate/drift/contoso"
    static let revert = "mitregate/revert/contoso"
    static let adoption = "mitregate/adoption/contoso"

    /// A file with comments of people's, as it is to stay.
    static let definition = """
        # Fabrikam: asked for by legal, 2024-03
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: fabrikam}
        spec:
          name: From fabrikam
          connectorType: Partner
          senderDomains: [fabrikam.example]
          requireTls: true   # never without
          restrictDomainsToIPAddresses: true
          senderIPAddresses:
            - 192.0.2.1   # their relay
          comment: "first"   # told on the phone

        """

    static func with(
        offers: String = "drift: pull-request",
        settings: String = "drift: propose",
        visibility: String? = "full",
        more: String = "",
        seed: String = "",
        _ body: @Sendable (OfferBench) async throws -> Void
    ) async throws {
        try await Laboratory.with(tenant: seed, settings: settings, files: ["fabrikam.yaml": definition]) {
            laboratory in
            try await laboratory.repository.git("clone", "-q", "--bare", ".", "../forge.git")
            try await laboratory.repository.git("remote", "add", "origin", "../forge.git")
            try laboratory.configure(settings: settings, url: "forge.git")
            let shown = visibility.map { "visibility: \($0), " } ?? ""
            try laboratory.addForge(
                "kind: gitea, url: \"http://127.0.0.1:1/api/v1\", \(shown)review: optional, \(offers)",
                more: more
            )
            let shift = Shift()
            let (store, environment) = try await laboratory.environment(shift) { FlakyStore($0) }
            let flaky = try #require(environment.store as? FlakyStore)
            let bench = OfferBench(laboratory, store, flaky, shift, environment)
            let repository = bench.server
            bench.forge.state.withLock { state in
                state.tips = { branch in
                    let text = try? await repository.git("rev-parse", "--verify", "-q", "refs/heads/\(branch)")
                    return text?.trimmingCharacters(in: .whitespacesAndNewlines)
                }
            }
            try await bench.apply()
            laboratory.simulator.clearRequests()
            try await body(bench)
            await store.close()
        }
    }

    private init(
        _ laboratory: Laboratory,
        _ store: SQLiteStore,
        _ flaky: FlakyStore,
        _ shift: Shift,
        _ environment: RunEnvironment,
        _ forge: PretendedForge = PretendedForge()
    ) {
        self.laboratory = laboratory
        self.store = store
        self.flaky = flaky
        self.shift = shift
        self.environment = environment
        self.forge = forge
        let (news, woken, blindness) = (News(), Woken(), Blindness())
        (self.news, self.woken, self.blindness) = (news, woken, blindness)
        desk = OfferDesk(
            "mail-flow",
            tools: OfferTools(
                environment: { environment },
                shared: SharedResources(environment),
                open: { _ in forge },
                branch: { try? await SourceReader(environment).snapshot(of: $0) },
                standing: { managed in await Self.standing(managed, environment, blindness, at: shift.now) },
                tell: { _, entries in news.set(entries) },
                stirred: { woken.add($0) }
            )
        )
    }

    /// Another desk over the same store, as another process would have.
    func restarted() -> OfferBench { OfferBench(laboratory, store, flaky, shift, environment, forge) }

    /// As a lane would know it, read from the tenant itself; what deviates has done so for an hour.
    private static func standing(
        _ managed: ManagedTenant,
        _ environment: RunEnvironment,
        _ blindness: Blindness,
        at now: Date
    ) async -> OfferStanding {
        guard !blindness.isBlind.withLock({ $0 }) else { return OfferStanding(live: nil) }
        let reconciler = Reconciler(environment)
        guard let drift = await reconciler.drift([managed]).tenants.first, drift.error == nil else {
            return OfferStanding(live: nil)
        }
        var options = TenantRun.Options()
        options.judgesPartners = false
        let ending = await reconciler.run(managed, TenantRun.planning, options: options)
        return OfferStanding(
            live: OfferStanding.Live(
                drift: drift.items,
                since: now.addingTimeInterval(-3_600),
                isFought: blindness.isFought.withLock { $0 },
                unmanaged: ending.made?.plan?.unmanaged ?? []
            )
        )
    }

    // MARK: Git

    /// The forge's own repository.
    var server: Repository { Repository(opening: laboratory.folder.appending(path: "forge.git")) }

    func tip(of branch: String) async throws -> String {
        let text = try? await server.git("rev-parse", "--verify", "-q", "refs/heads/\(branch)")
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }

    func text(_ path: String = path, on branch: String) async throws -> String {
        try await server.git("show", "\(branch):\(path)")
    }

    /// A person commits to the branch that is applied.
    @discardableResult
    func commit(_ text: String?, to path: String = path, _ subject: String = "Change") async throws -> String {
        let repository = laboratory.repository
        try repository.write(text, to: path)
        let commit = try await repository.commit(subject)
        try await repository.git("push", "-q", "origin", "main")
        return commit
    }

    /// A person commits to a branch of ours.
    @discardableResult
    func commit(_ text: String, onto branch: String) async throws -> String {
        let repository = laboratory.repository
        try await repository.git("fetch", "-q", "origin")
        try await repository.git("checkout", "-q", "-B", "theirs", "origin/\(branch)")
        try repository.write(text, to: Self.path)
        let commit = try await repository.commit("Mine")
        try await repository.git("push", "-q", "origin", "theirs:\(branch)")
        try await repository.git("checkout", "-q", "main")
        return commit
    }

    /// A person merges a request of ours.
    func merge(_ number: Int, _ branch: String) async throws {
        let repository = laboratory.repository
        try await repository.git("fetch", "-q", "origin")
        try await repository.git("merge", "-q", "--no-ff", "-m", "Merge", "origin/\(branch)")
        try await repository.git("push", "-q", "origin", "main")
        forge.merge(number, as: try await tip(of: "main"))
    }

    // MARK: The tenant

    @discardableResult
    func apply(approving digest: String? = nil) async throws -> RunEnding {
        var options = TenantRun.Options()
        options.isAttended = true
        if let digest { options.approvals = [TenantRun.Approval(digest: digest)] }
        let managed = try #require(environment.configuration.tenants.first)
        return await Reconciler(environment).run(managed, TenantRun.reconciling, options: options)
    }

    func plan() async throws -> RunEnding {
        let managed = try #require(environment.configuration.tenants.first)
        return await Reconciler(environment).run(managed, TenantRun.planning)
    }

    /// Someone changes the connector by hand.
    func tamper(_ parameters: String = #"{"Identity": "From fabrikam", "Comment": "hers"}"#) throws {
        try laboratory.simulator.edit(
            tenant: Laboratory.tenantID,
            userId: "eve@contoso.com",
            cmdlet: "Set-InboundConnector",
            parameters: parameters
        )
    }

    /// What was written to the tenant by us.
    var writes: [String] { laboratory.writes }

    /// Every request that is not closed, in the order of their numbers.
    var open: [PullRequest] {
        forge.state.withLock { $0.requests.values.filter { $0.state == .open } }.sorted { $0.number < $1.number }
    }

    func proposal(_ number: Int) throws -> Proposal {
        try #require(forge.state.withLock { $0.proposals[number] })
    }

    func stored(_ kind: ChangeOffer.Kind) async throws -> OfferRecord? {
        let key = OfferRecord.key(kind, of: "contoso", in: "mail-flow")
        let documents = try await store.documents(DocumentQuery(.offer, key: key))
        return try documents.first.map { try JSONDecoder().decode(OfferRecord.self, from: Data($0.json.utf8)) }
    }
}
