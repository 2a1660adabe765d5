import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

/// How a run that wrote nothing says when to look again, and why.
@Suite struct EndingTests {
    @Test func `a freeze says when it ends`() async throws {
        let freeze = #"freezes: [{cron: "* * * * *", duration: 2h, timeZone: UTC}]"#
        try await Bench.with(settings: freeze, files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            let ended = try await bench.apply()
            #expect(ended.error?.id == "freeze")
            let record = try #require(try await bench.runs().first)
            #expect(record.cause == .frozen)
            guard case .at(let end)? = record.nextLook else {
                Issue.record("\(String(describing: record.nextLook))")
                return
            }
            let left = end.timeIntervalSinceNow
            #expect(left > 7_000)
            // The freeze begins again each minute, so it may end a minute later by now.
            let until = try #require(try await bench.plan().plan?.guards.first?.until)
            #expect((0...120).contains(until.timeIntervalSince(end)))
        }
    }

    @Test func `a partner that cannot be judged is asked for after 1, 5 and 15 minutes; then a person is`() async throws
    {
        let file = Definition.document(
            "OutboundConnector",
            "adatum",
            "name: To adatum, connectorType: Partner, useMXRecord: false, smartHosts: [127.0.0.1], "
                + "recipientDomains: [adatum.example], tlsSettings: EncryptionOnly"
        )
        try await Bench.with(files: ["a.yaml": file]) { bench in
            try bench.laboratory.configure(gate: "networks: any, port: \(try FreePort.next()), timeout: 2s")
            for minutes in [1.0, 5, 15] {
                let ended = try await bench.apply(TenantRun.Options())
                #expect(ended.error?.id == "gate-undecided", "\(ended)")
                let record = try #require(try await bench.runs().first)
                guard case .at(let instant)? = record.nextLook else {
                    Issue.record("\(record)")
                    return
                }
                let wait = instant.timeIntervalSince(record.startedAt)
                #expect(abs(wait - minutes * 60) < 45, "\(wait)")
                let count = try await bench.runs().count
                #expect(try await bench.apply(TenantRun.Options()).error?.id == "gate-undecided")
                #expect(try await bench.runs().count == count, "a try before its time does not count")
                bench.shift.advance(by: minutes * 60 + 60)
            }
            let ended = try await bench.apply(TenantRun.Options())
            #expect(ended.error?.id == "gate-approval")
            #expect(try await bench.runs().first?.nextLook == .afterPerson)
        }
    }

    @Test func `a tenant that asks for less load says until when`() async throws {
        try await Bench.with(files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            try bench.faults(
                #"[{"match": {"cmdlet": "Get-*"}, "times": "always", "effect": {"throttle": {}, "retryAfter": 400}}]"#
            )
            _ = try await bench.apply()
            let record = try #require(try await bench.runs().first)
            #expect(record.cause == .throttled)
            guard case .at(let instant)? = record.nextLook else {
                Issue.record("\(record)")
                return
            }
            #expect(abs(instant.timeIntervalSince(record.startedAt) - 400) < 60)
        }
    }

    @Test func `what was known beforehand to come to nothing is in the history, too`() async throws {
        try await Bench.with(files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            var saved = try await bench.planDocument()
            saved.tenants[0].plan?.changes[0].fields.removeLast()
            let ended = try await bench.apply(Bench.options { $0.isAttended = true }, saved: saved)
            #expect(ended.error?.id == "plan-seal-broken")
            let record = try #require(try await bench.runs().first)
            #expect(record.id == ended.run && record.result == .held && record.cause == .stale)
            #expect(record.message.contains("its seal does not fit"), "\(record.message)")

            try bench.repository.write(Definition.outbound("adatum", "nonsense: 1"), to: "tenants/contoso/a.yaml")
            let broken = try await bench.repository.commit("Break it")
            let (reconciler, tenants) = try bench.reconciler()
            let shown = await reconciler.plan(tenants, options: Bench.options())
            let expected = Dictionary(uniqueKeysWithValues: shown.map { ($0.tenant, $0.expected) })
            let endings = await reconciler.apply(tenants, options: Bench.options(), expected: expected)
            #expect(endings.map { $0.stop?.id } == ["definitions-invalid"])
            let last = try #require(try await bench.runs().first)
            #expect(last.revision == broken && last.result == .failed && last.cause == .definitionsInvalid)
            #expect(bench.writes.isEmpty)
        }
    }

    @Test func `a record that a dead process left open is closed, although a refusal came after it`() async throws {
        try await Bench.with(files: ["a.yaml": Definition.outbound("adatum")]) { bench in
            let began = Date(timeIntervalSinceNow: -60)
            let record = RunRecord(
                id: RunID.make(now: began),
                tenant: Bench.tenant,
                command: .apply,
                revision: String(repeating: "a", count: 40),
                startedAt: began
            )
            var saved = try await bench.planDocument()
            saved.tenants[0].plan = nil
            try await bench.commit(StateChange(run: record))
            #expect(try await bench.apply(saved: saved).exitStatus == .stale)
            #expect(try await bench.runs().map(\.result) == [.held, nil])
            try await bench.finish()
            #expect(try await bench.runs().map(\.result) == [.held, .failed])
        }
    }

    @Test func `a lease that another run took is not one that another run holds`() {
        #expect(RunStop(StateStoreError.leaseLost(tenant: "contoso")).cause == .leaseLost)
    }

    @Test(arguments: StopCause.allCases) func `every cause says when to look again`(cause: StopCause) {
        let instant = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(cause.nextLook(until: instant) == .at(instant))
        let mayPass: Set<StopCause> = [.passing, .throttled, .outage, .noToken, .leased, .leaseLost, .unreadable]
        #expect(cause.nextLook() == .afterBackoff || !mayPass.contains(cause))
    }
}
