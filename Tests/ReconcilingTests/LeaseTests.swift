import TestSupport
import ExchangeSimulator
import Connectors
import Configuration
import Foundation
import Glibc
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing

/// One tenant, one run at a time.
@Suite struct LeaseTests {
    private static let files = ["fabrikam.yaml": Definition.outbound("fabrikam")]

    /// Who would hold the lease if a process of this machine with another id did.
    private static func holder(_ process: Int32) throws -> String {
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return "process \(process) on \(ProcessInfo.processInfo.hostName), boot \(boot.prefix { $0 != "-" })"
    }

    @Test func `a second run is held while the first is at work, and goes on after it`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let other = try Self.holder(1)
            let fence = try await bench.store.acquireLease(
                tenant: Bench.tenant,
                holder: other,
                now: Date(),
                duration: .seconds(300)
            )
            let held = try await bench.apply()
            #expect(held.exitStatus == .held)
            #expect(held.error?.id == "run-in-progress")
            #expect(held.error?.message.contains("process 1 on") == true)
            #expect(bench.writes.isEmpty)
            #expect(try await bench.plan().exitStatus == .done, "a plan needs no lease")
            try await bench.store.releaseLease(tenant: Bench.tenant, fence: try #require(fence))
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `the lease of a process that is dead is taken over at once`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let died = LockedValue<Int32>(0)
            _ = try await Program("/bin/true", in: bench.laboratory.folder).run([]) { died.set($0.process) }
            let other = try Self.holder(died.value)
            let fence = try await bench.store.acquireLease(
                tenant: Bench.tenant,
                holder: other,
                now: Date(),
                duration: .seconds(300)
            )
            #expect(fence != nil)
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `the lease of a machine that is gone ends by itself`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let other = "process 7 on elsewhere, boot 01234567"
            _ = try await bench.store.acquireLease(
                tenant: Bench.tenant,
                holder: other,
                now: Date(),
                duration: .seconds(300)
            )
            #expect(try await bench.apply().error?.id == "run-in-progress")
            bench.shift.advance(by: 301)
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `a run that lost its lease writes nothing more`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let steal: TenantRun.Step = { run throws(RunStop) in
                bench.shift.advance(by: 301)
                let now = Date().addingTimeInterval(301)
                let fence = try? await bench.store.acquireLease(
                    tenant: run.tenant.name,
                    holder: "another",
                    now: now,
                    duration: .seconds(300)
                )
                #expect(fence != nil)
            }
            var steps = TenantRun.reconciling
            steps.insert(steal, at: steps.count - 4)
            let ended = await reconciler.run(try #require(tenants.first), steps, options: Bench.options())
            #expect(ended.outcome.exitStatus == .error)
            #expect(ended.outcome.error?.id == "lease-lost")
            #expect(bench.writes.isEmpty)
            let now = Date().addingTimeInterval(301)
            #expect(try await bench.store.leaseHolder(tenant: Bench.tenant, now: now) == "another")
        }
    }

    @Test func `the lease is given back however the run ends`() async throws {
        try await Bench.with(files: Self.files) { bench in
            for faults in [Fault.refusing("New-OutboundConnector"), "[]"] {
                try bench.faults(faults)
                try await bench.apply()
                #expect(try await bench.store.leaseHolder(tenant: Bench.tenant, now: Date()) == nil)
            }
        }
    }
}
