import Configuration
import Connectors
import ExchangeSimulator
import Foundation
import Glibc
import Laboratory
import Planning
import Reconciling
import Reports
import StateStore
import Testing
import TestSupport

/// One tenant, one run at a time.
@Suite(.timeLimit(.minutes(10))) struct LeaseTests {
    private static let files = ["fabrikam.yaml": Definition.outbound("fabrikam")]

    /// A run of a process of this machine, in this pid namespace; what started when is not known.
    private static func holder(_ process: Int32) -> RunHolder {
        var holder = RunHolder.current(run: "01AAAAAAAAAAAAAAAAAAAAAAAA")
        holder.process = process
        holder.startTime = 0
        return holder
    }

    @Test func `rule 14: a second run is held while the first is at work, and goes on after it`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let lease = try await bench.lease(by: Self.holder(1))
            let held = try await bench.apply()
            #expect(held.exitStatus == .held)
            #expect(held.error?.id == "run-in-progress")
            #expect(held.error?.message.contains("process 1 on") == true)
            #expect(bench.writes.isEmpty)
            #expect(try await bench.plan().exitStatus == .done, "a plan needs no lease")
            #expect(try await bench.runs().isEmpty, "what could not begin leaves nothing in the history")
            try await bench.store.release(lease)
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `rule 14: two runs of one process are two runs`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let tenant = try #require(tenants.first)
            let second = LockedValue<RunEnding?>(nil)
            let meanwhile: TenantRun.Step = { run throws(RunStop) in
                second.set(await reconciler.run(tenant, TenantRun.reconciling, options: Bench.options()))
            }
            var steps = TenantRun.reconciling
            steps.insert(meanwhile, at: steps.count - 4)
            let first = await reconciler.run(tenant, steps, options: Bench.options())
            #expect(second.value?.stop?.id == "run-in-progress")
            #expect(first.outcome.exitStatus == .done)
            #expect(bench.writes.count == 1)
        }
    }

    @Test func `the lease of a process that is dead is taken over at once`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let died = LockedValue<Int32>(0)
            _ = try await Program("/bin/true", in: bench.laboratory.folder).run([]) { died.set($0.process) }
            _ = try await bench.lease(by: Self.holder(died.value))
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `the lease of a machine that is gone ends by itself`() async throws {
        try await Bench.with(files: Self.files) { bench in
            var other = Self.holder(7)
            other.machine = "elsewhere"
            _ = try await bench.lease(by: other)
            #expect(try await bench.apply().error?.id == "run-in-progress")
            bench.shift.advance(by: 301)
            #expect(try await bench.apply().exitStatus == .done)
        }
    }

    @Test func `rule 14: a run that lost its lease writes nothing more`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let (reconciler, tenants) = try bench.reconciler()
            let steal: TenantRun.Step = { run throws(RunStop) in
                bench.shift.advance(by: 301)
                let lease = try? await bench.lease(by: Self.holder(1))
                #expect(lease != nil)
            }
            var steps = TenantRun.reconciling
            steps.insert(steal, at: steps.count - 4)
            let ended = await reconciler.run(try #require(tenants.first), steps, options: Bench.options())
            #expect(ended.outcome.exitStatus == .error)
            #expect(ended.outcome.error?.id == "lease-lost")
            #expect(bench.writes.isEmpty)
            #expect(try await bench.state().lease?.holder.process == 1)
            #expect(try await bench.runs().isEmpty, "nor does it write to the history")
        }
    }

    @Test func `a run that loses its lease after it sent a write says that it was sent`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.fault("New-OutboundConnector", #""hold": "head""#))
            async let ended = bench.apply()
            while !bench.simulator.requests().contains(where: { $0.cmdlet == "New-OutboundConnector" }) {
                await Task.yield()
            }
            bench.shift.advance(by: 301)
            _ = try await bench.lease(by: Self.holder(1))
            bench.simulator.release()
            let outcome = try await ended
            #expect(outcome.error?.id == "lease-lost")
            #expect(outcome.journal?.steps.map(\.state) == [.sending], "sent, and its outcome not known")
            let text = ApplyReport.text(ApplyDocument(tenants: [outcome]))
            #expect(text.contains("sent, outcome not known: the next run finds out by reading"), "\(text)")
        }
    }

    @Test func `the lease is given back however the run ends`() async throws {
        try await Bench.with(files: Self.files) { bench in
            for (faults, status) in [(Fault.refusing("New-OutboundConnector"), ExitStatus.rolledBack), ("[]", .held)] {
                try bench.faults(faults)
                #expect(try await bench.apply().exitStatus == status)
                #expect(try await bench.state().lease == nil)
            }
        }
    }

    @Test func `while a run is at work, status and plan say so`() async throws {
        try await Bench.with(files: Self.files) { bench in
            try bench.faults(Fault.fault("New-OutboundConnector", #""hold": "head""#))
            async let ended = bench.apply()
            while !bench.simulator.requests().contains(where: { $0.cmdlet == "New-OutboundConnector" }) {
                await Task.yield()
            }
            let status = try await bench.status(observes: false)
            #expect(status.state == .applying)
            let text = StatusReport.text(StatusDocument(tenants: [status]))
            #expect(text.contains("Applying since"), "\(text)")
            #expect(text.contains("(process \(getpid()) on \(ProcessInfo.processInfo.hostName))"), "\(text)")
            #expect(!text.contains("cut off"))
            let plan = try await bench.plan()
            let message = plan.plan?.guards.first { $0.id == "unfinished-run" }?.message ?? ""
            #expect(message.contains("at work") && message.contains("process \(getpid())"), "\(message)")
            bench.simulator.release()
            #expect(try await ended.exitStatus == .done)
            #expect(try await bench.status(observes: false).state == .applied)
        }
    }

    @Test func `a retry waits for the run that is at work`() async throws {
        try await Bench.with(files: Self.files) { bench in
            let quarantine = Quarantine(tenant: Bench.tenant, revision: "f00", run: "01", reason: "r", since: Date())
            try await bench.commit(StateChange(quarantine: .set(quarantine)))
            let (reconciler, tenants) = try bench.reconciler()
            let tenant = try #require(tenants.first)
            let lease = try await bench.lease(by: Self.holder(1))
            let stop = await #expect(throws: RunStop.self) { try await reconciler.retry(tenant) }
            #expect(stop?.id == "run-in-progress")
            #expect(try await bench.quarantine() == quarantine)
            try await bench.store.release(lease)
            #expect(try await reconciler.retry(tenant) == quarantine)
            #expect(try await bench.quarantine() == nil)
            #expect(try await reconciler.retry(tenant) == nil)
            #expect(try await bench.state().lease == nil)
        }
    }
}
