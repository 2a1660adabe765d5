import Connectors
import Controller
import Foundation
import MailWatch
import Planning
import PullRequests
import Reports
import TestSupport
import Testing

/// What is written on a request after its merge.
@Suite struct OutcomeTests {
    /// 2026-11-22T10:12:00Z.
    private static let applied = Date(timeIntervalSince1970: 1_795_342_320)

    /// A watch over a connector that began to demand TLS, as it ended.
    private static func watch(_ state: WatchState, _ reason: WatchReason? = nil, run: String = "R1") throws -> Watch {
        let object = WatchedChange.Object(
            key: ConnectorKey(kind: .outboundConnector, name: "fabrikam"),
            guid: "11111111-0000-0000-0000-000000000001",
            displayName: "To fabrikam",
            before: ["recipientDomains": ["fabrikam.example"]],
            after: ["recipientDomains": ["fabrikam.example"], "tlsSettings": "EncryptionOnly"]
        )
        let began = Watch(
            id: "w1",
            tenant: "contoso",
            run: run,
            revision: "1c9e5d2f00000000000000000000000000000000",
            change: WatchedChange(connector: object),
            policy: WatchPolicy(),
            appliedAt: applied,
            key: WatchKey([UInt8](repeating: 7, count: 32))
        )
        let data = try JSONEncoder().encode(began)
        var members = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        members["state"] = state.rawValue
        members["reason"] = reason?.rawValue
        let isBad = state == .regressedHeld || state == .regressedTakenBack
        members["counters"] =
            ["good": 6, "bad": isBad ? 14 : 0, "open": 0, "excluded": [String: Int]()] as [String: Any]
        members["takeBackRun"] = "R2"
        members["note"] = state == .superseded ? "run R3 touched it since" : "ended by ops: the partner knows"
        if isBad {
            members["verdict"] =
                [
                    "witness": "statistic", "cause": "tls-absent", "code": "450 4.4.317",
                    "host": ["name": "mx1.fabrikam.example"], "before": "it asked for no TLS",
                    "weakenings": ["TLS is no longer demanded."],
                ] as [String: Any]
        }
        return try JSONDecoder().decode(Watch.self, from: JSONSerialization.data(withJSONObject: members))
    }

    private static func ending(
        _ state: WatchState,
        _ reason: WatchReason? = nil,
        run: String = "R1"
    ) throws -> TenantOutcome {
        try #require(
            TenantOutcome(try watch(state, reason, run: run), tenant: "contoso", at: applied.addingTimeInterval(86_400))
        )
    }

    private func text(_ outcomes: TenantOutcome...) -> String {
        OutcomeComment(instance: "mitregate", rows: outcomes.map { OutcomeComment.Row($0) }).text()
    }

    // MARK: On the request

    private static let watching = TenantOutcome(
        tenant: "contoso",
        state: .watching,
        text: "1 change was applied.",
        run: "R1",
        at: applied
    )

    @Test(
        arguments: [
            (
                WatchState.flows, nil, "merged: applied, and mail flows in",
                "Mail to fabrikam.example flows: 6 good, 0 bad"
            ),
            (.regressedHeld, .wouldWeaken, "merged: applied, but mail flows worse", "14 of 20 messages"),
            (.regressedTakenBack, nil, "merged: rolled back", "Run R2 took the change back"),
            (.notJudged, .tooLittleMail, "merged: applied in", "was not judged: too little mail: 6 messages counted"),
            (.superseded, .newerRun, "merged: applied in", "The watch is over: run R3 touched it since"),
            (.endedByPerson, nil, "merged: applied in", "The watch is over: ended by ops"),
        ] as [(WatchState, WatchReason?, String, String)]
    )
    func `how a watch ended takes the place of what stood there, with its figures`(
        state: WatchState,
        reason: WatchReason?,
        title: String,
        figures: String
    ) async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let tip = try await bench.merge(7)
            try await bench.settle()
            await bench.desk.ended(Self.watching, revision: tip)
            let first = bench.forge.texts(on: 7)
            #expect(
                first.count == 2 && first.last?.contains("merged: applied, and its mail is watched") == true,
                "\(first)"
            )

            // A run of a later commit is not this request's.
            await bench.desk.ended(try Self.ending(.regressedTakenBack, run: "R9"), revision: tip)
            #expect(bench.forge.texts(on: 7) == first)

            await bench.desk.ended(try Self.ending(state, reason), revision: tip)
            let texts = bench.forge.texts(on: 7)
            let last = try #require(texts.last)
            #expect(texts.count == 2 && last.contains(title), "\(last)")
            #expect(last.contains(figures), "\(last)")
            #expect(!last.contains("is watched"))
            #expect(bench.troubles.last == nil)
        }
    }

    @Test func `what a round found that looked at a commit before the merge is not the request's`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            let before = try await bench.tip()
            let tip = try await bench.merge(7)
            try await bench.settle()
            await bench.desk.ended(Self.watching, revision: before)
            #expect(bench.forge.texts(on: 7).count == 1)
            await bench.desk.ended(Self.watching, revision: tip)
            #expect(bench.forge.texts(on: 7).count == 2)
        }
    }

    @Test func `of a run's several watches the worst ending stands, in whatever order they end`() async throws {
        let endings = [
            try Self.ending(.flows), try Self.ending(.regressedTakenBack), try Self.ending(.notJudged, .tooLittleMail),
        ]
        for order in [endings, endings.reversed()] {
            try await DeskBench.with { bench in
                try await bench.begin()
                _ = try await bench.request(7)
                await bench.desk.look()
                let tip = try await bench.merge(7)
                try await bench.settle()
                await bench.desk.ended(Self.watching, revision: tip)
                for ending in order { await bench.desk.ended(ending, revision: tip) }
                #expect(bench.forge.texts(on: 7).last?.contains("merged: rolled back") == true)
            }
        }
    }

    @Test(arguments: [WatchState.settling, .watching, .suspended, .takingBack])
    func `a watch that goes on has not ended`(state: WatchState) throws {
        #expect(TenantOutcome(try Self.watch(state), tenant: "contoso", at: Self.applied) == nil)
    }

    // MARK: As people read it

    @Test(arguments: TenantOutcome.State.allCases)
    func `the comment of each state`(state: TenantOutcome.State) throws {
        var outcome = Self.watching
        outcome.state = state
        switch state {
        case .flows: outcome = try Self.ending(.flows)
        case .regressed: outcome = try Self.ending(.regressedHeld, .wouldWeaken)
        case .rolledBack: outcome = try Self.ending(.regressedTakenBack)
        case .applied, .watching: break
        case .unchanged: outcome.text = "contoso is in sync."
        case .waiting: outcome.text = "The rollout has not come to it."
        case .held: outcome.text = "Held by guard freeze: until 2026-11-23T06:00Z (weekend)."
        case .blocked: outcome.text = "The gate blocks To fabrikam: mx1.fabrikam.example does not offer STARTTLS."
        case .failed: outcome.text = "Exchange Online refused the change: A|B `c` @admin #1."
        case .partlyApplied: outcome.text = "1 of 2 changes was applied; the other could not be rolled back."
        }
        try expectGolden(text(outcome), "outcome-\(state.rawValue).md")
    }

    @Test(arguments: [WatchState.notJudged, .superseded, .endedByPerson])
    func `the comment where a watch ended without a verdict`(state: WatchState) throws {
        let reason: WatchReason? = state == .notJudged ? .tooLittleMail : nil
        try expectGolden(text(try Self.ending(state, reason)), "outcome-applied-\(state.rawValue).md")
    }

    @Test func `several tenants are counted, the gravest first`() throws {
        var other = try Self.ending(.flows)
        other.tenant = "lucerne"
        try expectGolden(text(other, try Self.ending(.regressedTakenBack)), "outcome-several.md")
    }
}
