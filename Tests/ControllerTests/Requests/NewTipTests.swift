import Controller
import Forges
import Foundation
import PullRequests
import TestSupport
import Testing

/// What is found out of the branch's new tip while the forge does not answer.
@Suite(.timeLimit(.minutes(5))) struct NewTipTests {
    @Test func `a forge that did not answer is asked once more about the same tip, and then no more`() async throws {
        try await DeskBench.with { bench in
            try await bench.begin()
            // No look ever saw it.
            try bench.forge.open(7, head: try await bench.push(7))
            bench.forge.fail(.unavailable)
            try await bench.merge(7)
            try await bench.settle()
            #expect(bench.woken.all.isEmpty)
            bench.forge.fail(nil)
            try await bench.settle()
            #expect(try await bench.stored(7).isMerged)
            #expect(bench.woken.all == [["contoso"]])
            _ = bench.forge.takeCalls()
            try await bench.settle()
            #expect(bench.forge.takeCalls().isEmpty)
        }
    }

    @Test func `a forge that never answers holds up a new tip for ten seconds, and git tells of the merge`()
        async throws
    {
        try await DeskBench.with { bench in
            try await bench.begin()
            _ = try await bench.request(7)
            await bench.desk.look()
            try await bench.merge(7, isTold: false)
            let (clock, never) = (HeldClock(), HeldClock())
            let next = bench.restarted(by: clock)
            bench.forge.meanwhile("merged") { try? await never.sleep(for: .seconds(1)) }
            let settling = Task { try await next.settle() }
            await eventually { clock.sleeping == 2 }
            clock.advance(by: .seconds(10))
            let isHeldUp = clock.sleeping == 2
            #expect(!isHeldUp)
            if isHeldUp { settling.cancel() }
            try await settling.value
            #expect(try await bench.stored(7).isMerged)
        }
    }
}
