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

/// Ctrl-C at each point of a run.
@Suite struct InterruptionTests {
    private static let files = [
        "adatum.yaml": Definition.inbound("adatum"), "fabrikam.yaml": Definition.outbound("fabrikam"),
        "litware.yaml": Definition.outbound("litware"),
    ]

    @Test(arguments: 1...2)
    func `an interruption finishes the write in flight, and takes back what was written`(writes: Int) async throws {
        try await Bench.with(files: Self.files) { bench in
            let before = try bench.picture()
            let ended = try await bench.apply { bench.writes.count >= writes }
            #expect(ended.exitStatus == .interrupted)
            #expect(ended.result == .interrupted)
            #expect(ended.message.contains("interrupted"))
            #expect(
                bench.writes.count == 2 * writes,
                "each write of the first \(writes), and its undoing: \(bench.writes)"
            )
            #expect(try bench.picture() == before)
            #expect(try await bench.remembered().isEmpty)
            #expect(try await bench.unfinished() == nil)
            #expect(try await bench.runs().first?.result == .interrupted)
            #expect(try await bench.quarantine() == nil, "it was no fault of the commit")
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `an interruption during the last write comes too late, and the run is done`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let ended = try await bench.apply { bench.writes.count >= 3 }
            #expect(ended.exitStatus == .done)
            #expect(ended.result == .applied)
            #expect(try await bench.remembered() == ["adatum", "fabrikam", "litware"])
        }
    }

    @Test func `an interruption before the first write writes nothing`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let ended = try await bench.apply { true }
            #expect(ended.exitStatus == .interrupted)
            #expect(ended.result == nil)
            #expect(bench.simulator.requests().isEmpty)
            #expect(try await bench.runs().isEmpty)
        }
    }

    @Test func `an interruption while an ambiguous write is looked for first finds out what became of it`() async throws
    {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.fault("New-InboundConnector", #""drop": "after""#))
            let ended = try await bench.apply { !bench.writes.isEmpty }
            #expect(ended.exitStatus == .interrupted)
            #expect(try bench.objects("inboundConnectors").isEmpty)
        }
    }

    @Test func `a controller that has to end leaves the wait for a lost write to its next start`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.fault("New-OutboundConnector", object: "To fabrikam", #""drop": "before""#))
            let ended = try await bench.apply(leavesWaits: true) {
                bench.simulator.requests().contains { $0.fault != nil }
            }
            #expect(ended.exitStatus == .interrupted)
            #expect(bench.writes.count == 2, "nothing was taken back: \(bench.writes)")
            #expect(try await bench.unfinished() != nil)
            #expect(try await bench.quarantine() == nil)
            #expect(try await bench.apply().exitStatus == .done)
            #expect(try await bench.remembered() == ["adatum", "fabrikam", "litware"])
        }
    }

    @Test func `an interrupted rollback leaves what it was to take back, and no quarantine`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let run = try #require(try await bench.apply().run)
            let before = try bench.picture(withIdentities: false)
            bench.forget()
            let ended = try await bench.rollback(run) { bench.writes.count >= 2 }
            #expect(ended.exitStatus == .interrupted)
            #expect(try bench.picture(withIdentities: false) == before)
            #expect(try await bench.remembered() == ["adatum", "fabrikam", "litware"])
            #expect(try await bench.quarantine() == nil)
            #expect(try await bench.plan().plan?.changes.isEmpty == true)
        }
    }
}
