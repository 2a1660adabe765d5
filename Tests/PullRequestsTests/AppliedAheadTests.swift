import Forges
import Foundation
import Planning
import PullRequests
import Testing

/// How a request stands for a tenant that runs ahead of git because of it.
@Suite struct AppliedAheadTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var commit: CommitID?
        var isBehind: Bool?
        var seconds: TimeInterval
        var standing: AheadStanding.Request?
    }

    @Test(arguments: [
        Row(testDescription: "no commit is told yet", seconds: 899, standing: .open),
        Row(testDescription: "no commit is told for long", seconds: 900, standing: .merged),
        Row(testDescription: "behind", commit: .merge, isBehind: true, seconds: 0, standing: nil),
        Row(testDescription: "git does not tell", commit: .merge, seconds: 0, standing: .open),
        Row(testDescription: "not there yet", commit: .merge, isBehind: false, seconds: 899, standing: .open),
        Row(testDescription: "lost", commit: .merge, isBehind: false, seconds: 900, standing: .mergeLost),
    ])
    func `a merge is awaited for a quarter of an hour, and git has spoken only once it lies behind the tip`(row: Row) {
        var memory = RequestMemory.shown()
        memory.merged(as: row.commit, at: .fixture)
        #expect(memory.standingAhead(isBehind: row.isBehind, at: .fixture.after(row.seconds)) == row.standing)
    }

    @Test func `a request that is closed without a merge is not awaited`() {
        var memory = RequestMemory.shown()
        #expect(memory.standingAhead(isBehind: nil, at: .fixture.after(9_000)) == .open)
        _ = memory.look(.fixture(.fixture(state: .closed)), RequestPolicy(), at: .fixture)
        #expect(memory.standingAhead(isBehind: nil, at: .fixture) == .closed)
    }

    @Test(arguments: [TenantOutcome.State.applied, .partlyApplied])
    func `what a tenant has, in whole or in part, can be taken back, once`(state: TenantOutcome.State) {
        var memory = ApplyRulingTests.memory()
        memory.begin(ApplyRulingTests.ask(state))
        #expect(memory.applying?.tenants["contoso"]?.isInForce == true)
        let news = ["R2", "R1", "R1"].map { memory.tookBack("contoso", run: $0, at: .fixture.after(200)) }
        #expect(news == [false, true, false])
        #expect(memory.applying?.tenants["contoso"]?.outcome.state == .rolledBack)
    }
}

extension CommitID {
    fileprivate static let merge = CommitID(digit: "d")
}
