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

/// A desk over a real repository, a simulated tenant and a real store, with a forge in this process.
struct DeskBench: Sendable {
    let laboratory: Laboratory
    let store: SQLiteStore
    /// The same store, as the desk and its runs have it.
    let flaky: FlakyStore
    let forge: PretendedForge
    let desk: RequestDesk
    let shift: Shift
    let troubles: Troubles
    let woken: Woken
    let lanes: Lanes
    let environment: RunEnvironment

    final class Troubles: Sendable {
        private let value = Mutex<[RequestTrouble?]>([])

        var last: RequestTrouble? { value.withLock { $0.last ?? nil } }

        func add(_ trouble: RequestTrouble?) { value.withLock { $0.append(trouble) } }
    }

    /// What stands for the tenants' lanes: carries out orders, or keeps them as a process does that is busy, or has died.
    final class Lanes: Sendable {
        enum Mode: Sendable {
            case working
            /// Orders wait for their turn.
            case busy
            /// Orders are carried out, and no one is told: the process dies between the two.
            case dyingAfter
        }

        struct State: Sendable {
            var mode = Mode.working
            var waiting: [AheadOrder] = []
            var given = 0
            var holds: [String: String] = [:]
            /// By tenant, what its plan rests on in addition to the folders.
            var states: [String: String] = [:]
        }

        let state = Mutex(State())

        func give(_ order: AheadOrder, _ environment: RunEnvironment) async {
            let mode = state.withLock { state in
                state.given += 1
                if state.mode == .busy { state.waiting.append(order) }
                return state.mode
            }
            if mode != .busy { await carryOut(order, environment, isTold: mode == .working) }
        }

        func carryOut(_ order: AheadOrder, _ environment: RunEnvironment, isTold: Bool = true) async {
            var environment = environment
            environment.startedBy = order.wish.run.by
            let used = environment
            guard let managed = used.configuration.tenants.first(where: { $0.tenant.name == order.tenant }) else {
                return
            }
            let result = await order.carryOut(at: used.timing.now) { known, options in
                await Reconciler(used, pass: Pass(used, known: known))
                    .run(managed, TenantRun.applyingAhead, options: options)
            }
            if isTold { await order.ended(result.outcome) }
        }
    }

    static let path = "tenants/contoso/fabrikam.yaml"

    /// - Parameters:
    ///   - source: A further line of the source.
    ///   - prepare: What is done with the laboratory before the configuration is read.
    static func with(
        kind: String = "gitea",
        forge: String = "",
        settings: String = "",
        source: String = "",
        prepare: @Sendable (Laboratory) async throws -> Void = { _ in },
        _ body: @Sendable (DeskBench) async throws -> Void
    ) async throws {
        try await Laboratory.with(settings: settings, files: ["fabrikam.yaml": inbound("first")]) { laboratory in
            try await prepare(laboratory)
            let version = ["github": 3, "gitlab": 4][kind] ?? 1
            let place = "kind: \(kind), url: \"http://127.0.0.1:1/api/v\(version)\""
            try laboratory.addForge("\(place)\(forge.isEmpty ? "" : ", \(forge)")", source: source)
            let shift = Shift()
            let (store, environment) = try await laboratory.environment(shift) { FlakyStore($0) }
            let flaky = try #require(environment.store as? FlakyStore)
            try await body(DeskBench(laboratory, store, flaky, shift, environment))
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
        let troubles = Troubles()
        self.troubles = troubles
        let woken = Woken()
        self.woken = woken
        let lanes = Lanes()
        self.lanes = lanes
        self.forge = forge
        desk = RequestDesk(
            "mail-flow",
            tools: RequestTools(
                environment: { environment },
                shared: SharedResources(environment),
                open: { _ in forge },
                branch: { try? await SourceReader(environment).snapshot(of: $0) },
                states: { _ in lanes.state.withLock(\.states) },
                tell: { _, trouble in troubles.add(trouble) },
                settled: { woken.add($0) },
                apply: { await lanes.give($0, environment) },
                fresh: { try? await SourceReader(environment).snapshot(of: $0) },
                holds: { _ in lanes.state.withLock(\.holds) }
            )
        )
    }

    /// Another desk over the same store, as another process would have.
    ///
    /// - Parameter clock: By which it waits.
    func restarted(by clock: any Clock<Duration> = ContinuousClock()) -> DeskBench {
        let next = RunEnvironment(
            configuration: environment.configuration,
            store: environment.store,
            timing: Timing(clock: clock, now: environment.timing.now, random: environment.timing.random),
            executable: environment.executable,
            version: environment.version,
            logger: environment.logger
        )
        return DeskBench(laboratory, store, flaky, shift, next, forge)
    }

    /// A connector whose comment is what changes, which is no risk.
    static func inbound(_ note: String, slug: String = "fabrikam") -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: InboundConnector
        metadata: {name: \(slug)}
        spec:
          name: From \(slug)
          connectorType: Partner
          senderDomains: [\(slug).example]
          requireTls: true
          restrictDomainsToIPAddresses: true
          senderIPAddresses: [192.0.2.1]
          comment: "\(note)"

        """
    }

    /// A template of a connector, whose comment is what changes.
    static func template(_ note: String, name: String = "partner") -> String {
        """
        apiVersion: mitregate.dev/v1
        kind: Template
        metadata: {name: \(name)}
        spec: {parameters: {partner: {type: slug}}}
        ---

        """
            + inbound(note, slug: "woodgrove").replacing("{name: woodgrove}", with: "{name: \"${partner}\"}")
    }

    static let templatePath = "templates/partner.yaml"

    // MARK: What people do in git

    /// Commits a template, and a definition that uses it, to the branch.
    func useTemplate() async throws {
        let instance = """
            apiVersion: mitregate.dev/v1
            kind: TemplateInstance
            metadata: {name: woodgrove}
            spec: {template: partner, values: {partner: woodgrove}}
            """
        let repository = laboratory.repository
        try repository.write(Self.template("first"), to: Self.templatePath)
        try repository.write(instance, to: "tenants/contoso/woodgrove.yaml")
        try await repository.commit("Use a template")
    }

    /// Pushes a head that changes the connector's comment, where the forge keeps it; the branch is left alone.
    @discardableResult
    func push(
        _ number: Int,
        _ note: String = "second",
        text: String? = nil,
        file: String = path
    ) async throws -> String {
        let repository = laboratory.repository
        try await repository.git("checkout", "-q", "-B", "request-\(number)", "main")
        try repository.write(text ?? Self.inbound(note), to: file)
        let head = try await repository.commit("Request \(number)")
        try await repository.git("update-ref", "refs/pull/\(number)/head", head)
        try await repository.git("checkout", "-q", "main")
        return head
    }

    func request(_ number: Int, _ note: String = "second", isDraft: Bool = false) async throws -> String {
        let head = try await push(number, note)
        try forge.open(number, head: head, isDraft: isDraft)
        return head
    }

    enum Manner { case merge, squash, rebase }

    /// Merges what was pushed last, on the forge unless it is told not to know.
    @discardableResult
    func merge(_ number: Int, _ manner: Manner = .merge, isTold: Bool = true) async throws -> String {
        let repository = laboratory.repository
        let branch = "request-\(number)"
        switch manner {
        case .merge: try await repository.git("merge", "-q", "--no-ff", "-m", "Merge", branch)
        case .squash:
            try await repository.git("merge", "-q", "--squash", branch)
            try await repository.git("commit", "-q", "-m", "Squash")
        case .rebase: try await repository.git("merge", "-q", "--ff-only", branch)
        }
        let tip = try await tip()
        if isTold { forge.merge(number, as: tip) }
        return tip
    }

    func tip(of branch: String = "main") async throws -> String {
        try await laboratory.repository.git("rev-parse", branch).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: What Mitregate does

    func settle() async throws {
        let source = try #require(environment.configuration.sources.first)
        await desk.settle(try await SourceReader(environment).snapshot(of: source))
    }

    /// Settles and applies, as the controller does when the branch has moved.
    @discardableResult
    func apply(approving digest: String? = nil) async throws -> RunEnding {
        try await settle()
        var options = TenantRun.Options()
        if let digest { options.approvals = [TenantRun.Approval(digest: digest)] }
        let managed = try #require(environment.configuration.tenants.first)
        return await Reconciler(environment).run(managed, TenantRun.reconciling, options: options)
    }

    /// Adopts what is on the branch, as a person would who begins to use Mitregate.
    func begin() async throws {
        let first = try await apply()
        let digest = try #require(first.made?.plan?.changesDigest)
        let second = try await apply(approving: digest)
        #expect(second.stop == nil, "\(String(describing: second.stop))")
        laboratory.simulator.clearRequests()
    }

    /// The orders that wait have their turn.
    func takeTurns() async {
        let orders = lanes.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for order in orders { await lanes.carryOut(order, environment) }
    }

    /// Another person approves what is shown, and it is heard.
    func approve(_ number: Int = 7, by name: String = "reviewer") async {
        shift.advance(10)
        forge.review(number, by: name, at: shift.now)
        await desk.look()
    }

    /// A person comments, and is heard.
    @discardableResult
    func comment(
        _ text: String = "mitregate apply",
        on number: Int = 7,
        by name: String = "author"
    ) async -> CommentID {
        shift.advance(10)
        let id = forge.say(text, on: number, by: name, at: shift.now)
        await desk.look()
        return id
    }

    /// Takes a run back, as `mitregate rollback` does.
    func rollBack(_ run: String) async throws {
        let document = await (try await RollbackRun.find(run, environment)).perform()
        #expect(document.exitStatus == .done, "\(document)")
    }

    /// What `doctor` says of the forge.
    func doctor() async -> [DoctorCheck] {
        await ForgeDoctor(environment, open: { [forge] _ in forge }).checks(environment.configuration.sources)
    }

    /// What the store has of a request.
    func stored(_ number: Int) async throws -> RequestMemory {
        let documents = try await store.documents(DocumentQuery(.pullRequest, key: "mail-flow/\(number)"))
        return try JSONDecoder().decode(RequestMemory.self, from: Data(try #require(documents.first).json.utf8))
    }

    /// What was written to the tenant.
    var writes: [String] { laboratory.writes }
}
