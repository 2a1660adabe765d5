import Connectors
import Controller
import ExchangeSimulator
import Forges
import Foundation
import Laboratory
import Planning
import PullRequests
import Reconciling
import StateStore
import Synchronization
import Testing

/// What meets a request that is ahead of git: other requests, a later head, a change by hand.
@Suite struct AheadRequestsTests {
    @Test func `two requests that change the same connector are not both ahead`() async throws {
        try await DeskBench.withApproved { bench in
            let head = try await bench.push(8, "third")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.comment()
            await bench.desk.look()
            bench.shift.advance(7 * 3_600)
            await bench.desk.look()
            await bench.approve(8)
            bench.laboratory.simulator.clearRequests()
            await bench.comment(on: 8)
            #expect(bench.writes.isEmpty)
            let asked = try #require(try await bench.stored(8).applying?.tenants["contoso"])
            #expect(
                asked.outcome.state == .held && asked.outcome.text.contains("runs ahead of git already"),
                "\(asked)"
            )
        }
    }

    @Test func `two requests that change different connectors may both be ahead`() async throws {
        try await DeskBench.withApproved { bench in
            let text = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: text, file: "tenants/contoso/litware.yaml")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.approve(8)
            await bench.comment()
            await bench.desk.look()
            await bench.comment(on: 8)
            #expect(bench.writes.sorted() == ["New-InboundConnector", "Set-InboundConnector"])
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil && bench.writes.isEmpty, "\(String(describing: ending.stop))")
            #expect(ending.ahead?.count == 2 && ending.drift.isEmpty)
        }
    }

    @Test func `a later head of the same request is shown against what was applied, and applied over it`() async throws
    {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            bench.forge.push(try await bench.push(7, "third"), to: 7)
            await bench.desk.look()
            await bench.approve()
            await bench.comment()
            #expect(bench.writes == ["Set-InboundConnector", "Set-InboundConnector"])
            let ahead = try await bench.apply().ahead
            #expect(ahead?.count == 2)
            try await bench.merge(7)
            bench.laboratory.simulator.clearRequests()
            let ending = try await bench.apply()
            #expect(ending.stop == nil && bench.writes.isEmpty && ending.ahead == [])
        }
    }

    @Test func `what another request brought to the branch meanwhile is applied, and what is ahead stays`() async throws
    {
        try await DeskBench.withApproved { bench in
            let text = DeskBench.inbound("new", slug: "litware")
            let head = try await bench.push(8, text: text, file: "tenants/contoso/litware.yaml")
            try bench.forge.open(8, head: head)
            await bench.desk.look()
            await bench.comment()
            bench.laboratory.simulator.clearRequests()
            try await bench.merge(8)
            let ending = try await bench.apply()
            #expect(ending.stop == nil, "\(String(describing: ending.stop))")
            #expect(bench.writes == ["New-InboundConnector"])
            #expect(ending.ahead?.map(\.run.request) == [7])
        }
    }

    @Test func `a change by hand of what is ahead is drift`() async throws {
        try await DeskBench.withApproved { bench in
            await bench.comment()
            try await bench.setComment("by hand")
            let ending = try await bench.apply()
            #expect(ending.drift.map(\.name) == ["fabrikam"])
            #expect(ending.drift.first?.fields.map(\.path) == ["comment"])
        }
    }
}
