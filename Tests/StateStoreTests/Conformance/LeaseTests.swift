import Foundation
import StateStore
import Testing

/// One tenant, one run at a time, in every store.
@Suite struct LeaseTests {
    @Test(arguments: StoreKind.all)
    func `rule 14: one run at a time, and each new lease has a higher number`(kind: StoreKind) async throws {
        try await kind.with { store, clock in
            let first = try await store.lease(by: "01")
            let held = HeldLease(holder: .fixture("01"), since: clock.now, until: clock.now.addingTimeInterval(60))
            #expect(try await store.acquire("contoso", by: .fixture("02"), for: .seconds(60)) == .held(held))
            #expect(try await store.state(of: "contoso").lease == held)
            #expect(try await store.lease("adatum", by: "02").fence == 1)
            try await store.release(first)
            #expect(try await store.state(of: "contoso").lease == nil)
            #expect(try await store.lease(by: "02").fence > first.fence)
        }
    }

    @Test(arguments: StoreKind.all)
    func `a lease is never given twice, not even to the same holder`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let own = RunHolder.current(run: "01")
            guard case .granted = try await store.acquire("contoso", by: own, for: .seconds(60)) else {
                Issue.record("the lease was free")
                return
            }
            for run in ["01", "02"] {
                let answer = try await store.acquire("contoso", by: .current(run: run), for: .seconds(60))
                guard case .held(let held) = answer else {
                    Issue.record("run \(run) got it too")
                    continue
                }
                #expect(held.holder == own)
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `of many who ask at once one gets it`(kind: StoreKind) async throws {
        try await kind.withEmptyStore { bed in
            let stores = [try await bed.open(), try await bed.open()]
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let answer = try await stores[number % 2].acquire(
                            "contoso",
                            by: .current(run: "\(number)"),
                            for: .seconds(60)
                        )
                        guard case .granted = answer else { return false }
                        return true
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(granted == 1)
            for store in stores { await store.close() }
        }
    }

    @Test(arguments: StoreKind.all)
    func `a lease that ran out is taken over, and its old holder can neither renew nor release it`(
        kind: StoreKind
    )
        async throws
    {
        try await kind.with { store, clock in
            let old = try await store.lease(by: "01")
            clock.advance(by: 59)
            #expect(try await store.renew(old))
            clock.advance(by: 59)
            #expect(try await store.state(of: "contoso").lease?.holder.run == "01", "it was renewed")
            clock.advance(by: 1)
            #expect(try await store.state(of: "contoso").lease == nil)
            let new = try await store.lease(by: "02")
            #expect(new.fence > old.fence)
            #expect(try await store.renew(old) == false)
            try await store.release(old)
            #expect(try await store.state(of: "contoso").lease?.holder.run == "02")
        }
    }

    @Test(arguments: StoreKind.all)
    func `a change renews the lease`(kind: StoreKind) async throws {
        try await kind.with { store, clock in
            let lease = try await store.lease()
            clock.advance(by: 59)
            try await store.commit(StateChange(), under: lease)
            clock.advance(by: 59)
            #expect(try await store.state(of: "contoso").lease != nil)
        }
    }

    @Test(arguments: StoreKind.all)
    func `a lease that no other run took can be renewed late, one that was given back cannot`(
        kind: StoreKind
    )
        async throws
    {
        try await kind.with { store, clock in
            let lease = try await store.lease()
            clock.advance(by: 600)
            #expect(try await store.renew(lease))
            try await store.release(lease)
            #expect(try await store.renew(lease) == false)
        }
    }

    @Test(arguments: StoreKind.all)
    func `the lease of a process that has surely ended is taken over at once`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            var gone = RunHolder.current(run: "01")
            gone.process = try deadProcess()
            guard case .granted(let old) = try await store.acquire("contoso", by: gone, for: .seconds(300)) else {
                Issue.record("the lease was free")
                return
            }
            #expect(try await store.state(of: "contoso").lease == nil)
            let new = try await store.lease(by: "02")
            #expect(new.fence > old.fence)
            #expect(try await store.renew(old) == false)
        }
    }
}
