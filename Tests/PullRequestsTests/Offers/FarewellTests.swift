import Forges
import Foundation
import PullRequests
import TestSupport
import Testing

/// A request that we close says why, also where the process dies or an answer is lost in between.
struct FarewellTests {
    private func record() -> OfferRecord {
        var record = OfferRecord(.drift, of: "contoso")
        record.memory.did(.fixture(["a"]), as: 4, at: .fixture)
        record.willClose(4, tip: CommitID(digit: "1"))
        return record
    }

    @Test func `what is closed is said once the forge has closed it`() {
        var record = record()
        #expect(record.farewell(.open) == .wait)
        #expect(record.farewell(.closed) == .say(OfferRecord.Farewell(number: 4, tip: CommitID(digit: "1"))))
        _ = record.memory.decide(
            OfferFacts(wish: .nothing, tip: nil, request: .offer(4, state: .closed)),
            OfferPolicy(),
            at: .fixture
        )
        #expect(record.memory.number == nil)
        #expect(record.farewell(.closed) == .say(OfferRecord.Farewell(number: 4, tip: CommitID(digit: "1"))))
        record.didClose()
        #expect(record.farewell == nil)
        #expect(record.farewell(.closed) == .forget)
    }

    @Test func `nothing is said where it was merged, is gone, or was kept after all`() {
        var record = record()
        #expect(record.farewell(.merged(as: nil, at: nil)) == .forget)
        #expect(record.farewell(nil) == .forget)
        // There is something to offer again, so it is not closed; and if a person closes it then, that was the person.
        record.memory.did(.fixture(["b"]), as: 4, at: .fixture)
        #expect(record.farewell(.open) == .forget)
        #expect(record.farewell(.closed) == .forget)
    }

    @Test func `a record of an earlier version has nothing to say`() throws {
        let json = try JSONEncoder().encode(OfferRecord(.drift, of: "contoso"))
        #expect(!String(decoding: json, as: UTF8.self).contains("farewell"))
        #expect(try JSONDecoder().decode(OfferRecord.self, from: json).farewell == nil)
    }
}
