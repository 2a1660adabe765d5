import Foundation
import Planning
import StateStore
import Testing

@Suite struct LeaseTests {
    @Test func `one holder at a time, and each new one has a higher number`() async throws {
        try await withStore { store in
            let first = try await store.acquireLease(
                tenant: "contoso",
                holder: "a",
                now: .start,
                duration: .seconds(60)
            )
            let second = try await store.acquireLease(
                tenant: "contoso",
                holder: "b",
                now: .start,
                duration: .seconds(60)
            )
            let elsewhere = try await store.acquireLease(
                tenant: "adatum",
                holder: "b",
                now: .start,
                duration: .seconds(60)
            )
            #expect(first == 1)
            #expect(second == nil)
            #expect(elsewhere == 1)
            #expect(try await store.leaseHolder(tenant: "contoso", now: .start) == "a")
            try await store.releaseLease(tenant: "contoso", fence: 1)
            #expect(try await store.leaseHolder(tenant: "contoso", now: .start) == nil)
            #expect(
                try await store.acquireLease(tenant: "contoso", holder: "b", now: .start, duration: .seconds(1)) == 2
            )
        }
    }

    @Test func `a lease that ran out is taken over, and its old holder can neither renew nor release it`() async throws
    {
        try await withStore { store in
            let end = Date.start.addingTimeInterval(60)
            #expect(try await store.acquireLease(tenant: "t", holder: "a", now: .start, duration: .seconds(60)) == 1)
            #expect(try await store.renewLease(tenant: "t", fence: 1, now: .start, duration: .seconds(60)))
            #expect(try await store.acquireLease(tenant: "t", holder: "b", now: end, duration: .seconds(60)) == 2)
            #expect(try await store.renewLease(tenant: "t", fence: 1, now: end, duration: .seconds(60)) == false)
            try await store.releaseLease(tenant: "t", fence: 1)
            #expect(try await store.leaseHolder(tenant: "t", now: end) == "b")
        }
    }

    @Test func `a lease that nobody took can be renewed late, a released one cannot`() async throws {
        try await withStore { store in
            let late = Date.start.addingTimeInterval(600)
            #expect(try await store.acquireLease(tenant: "t", holder: "a", now: .start, duration: .seconds(60)) == 1)
            #expect(try await store.renewLease(tenant: "t", fence: 1, now: late, duration: .seconds(60)))
            try await store.releaseLease(tenant: "t", fence: 1)
            #expect(try await store.renewLease(tenant: "t", fence: 1, now: late, duration: .seconds(60)) == false)
        }
    }

    @Test func `a journal under a lease that was lost is refused`() async throws {
        try await withStore { store in
            #expect(try await store.acquireLease(tenant: "contoso", holder: "a", now: .start, duration: .zero) == 1)
            try await store.saveJournal(.fixture("01"), fence: 1)
            #expect(try await store.acquireLease(tenant: "contoso", holder: "b", now: .start, duration: .zero) == 2)
            await #expect(throws: StateStoreError.leaseLost(tenant: "contoso")) {
                try await store.saveJournal(.fixture("01", phase: .finished), fence: 1)
            }
            #expect(try await store.journal(run: "01") == .fixture("01"))
        }
    }
}
