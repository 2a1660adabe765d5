import Forges
import Foundation
import Testing

@Suite struct DeliveryMemoryTests {
    private let start = Date(timeIntervalSince1970: 1_795_608_000)

    /// A memory that may be asked inside of an expectation.
    private final class Kept {
        private var memory = DeliveryMemory()

        var count: Int { memory.count }

        func isNew(_ id: String, source: String, at time: Date) -> Bool { memory.isNew(id, source: source, at: time) }
    }

    @Test func `a delivery that comes again within a day is known`() {
        let memory = Kept()
        #expect(memory.isNew("1", source: "a", at: start))
        #expect(!memory.isNew("1", source: "a", at: start.addingTimeInterval(86_399)))
        #expect(memory.isNew("1", source: "b", at: start))
        #expect(memory.isNew("2", source: "a", at: start))
    }

    @Test func `after a day it is forgotten`() {
        let memory = Kept()
        #expect(memory.isNew("1", source: "a", at: start))
        #expect(memory.isNew("1", source: "a", at: start.addingTimeInterval(86_400)))
        #expect(memory.count == 1)
    }

    @Test func `a repeated one does not stay longer for it`() {
        let memory = Kept()
        #expect(memory.isNew("1", source: "a", at: start))
        #expect(!memory.isNew("1", source: "a", at: start.addingTimeInterval(80_000)))
        #expect(memory.isNew("1", source: "a", at: start.addingTimeInterval(90_000)))
    }

    @Test func `past ten thousand the oldest is forgotten`() {
        let memory = Kept()
        for number in 0..<25_000 { #expect(memory.isNew("\(number)", source: "a", at: start)) }
        #expect(memory.count == DeliveryMemory.maximum)
        #expect(!memory.isNew("15000", source: "a", at: start))
        #expect(memory.isNew("14999", source: "a", at: start))
    }

    @Test func `a clock that goes back forgets nothing`() {
        let memory = Kept()
        #expect(memory.isNew("1", source: "a", at: start))
        #expect(!memory.isNew("1", source: "a", at: start.addingTimeInterval(-1_000_000)))
        #expect(!memory.isNew("1", source: "a", at: start))
    }
}
