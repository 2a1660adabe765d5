package import Connectors
package import FoundationEssentials

/// All requests of one source that are remembered: the open ones, and those whose ending may still be asked for.
package struct RequestBook: Hashable, Sendable {
    package private(set) var memories: [Int: RequestMemory]

    package init(_ memories: some Sequence<RequestMemory> = []) {
        self.memories = Dictionary(memories.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(number: Int) -> RequestMemory? {
        get { memories[number] }
        set { memories[number] = newValue }
    }

    /// How long a closed request is remembered.
    package static let closedFor: TimeInterval = 7 * 86_400
    /// How long a merged one is: a tenant that was out of reach for a quarter still finds what was reviewed for it.
    package static let mergedFor: TimeInterval = 90 * 86_400
    /// At most so many that are not open are remembered, the youngest; open ones are as many as the forge's face lists.
    package static let closedLimit = 2_000

    /// Forgets what is no longer needed, and answers with the numbers of those.
    ///
    /// What is forgotten counts as not shown, so it errs to the safe side.
    package mutating func prune(at now: Date) -> [Int] {
        let closed = memories.values.filter { !$0.isOpen }
            .sorted { ($0.closedAt ?? now, $0.number) > ($1.closedAt ?? now, $1.number) }
        var gone: [Int] = []
        for (index, memory) in closed.enumerated() {
            let age = now.timeIntervalSince(memory.closedAt ?? now)
            let limit = memory.isMerged ? Self.mergedFor : Self.closedFor
            guard index >= Self.closedLimit || age > limit else { continue }
            memories[memory.number] = nil
            gone.append(memory.number)
        }
        return gone.sorted()
    }

    /// The other open requests that touch the same connectors of a tenant, by connector.
    package func alsoTouched(by number: Int, in tenant: String) -> [ConnectorKey: [Int]] {
        let own = Set(memories[number]?.looks[tenant]?.plan?.changes.map(\.connector) ?? [])
        guard !own.isEmpty else { return [:] }
        var result: [ConnectorKey: [Int]] = [:]
        for other in memories.values where other.number != number && other.isOpen {
            for change in other.looks[tenant]?.plan?.changes ?? [] where own.contains(change.connector) {
                result[change.connector, default: []].append(other.number)
            }
        }
        return result.mapValues { Array(Set($0).sorted().prefix(5)) }
    }

    /// The requests whose "also touched by" may read otherwise since one changed: those that touch the same tenants.
    package func neighbours(of number: Int) -> [Int] {
        let names = Set(memories[number]?.touched.map(\.tenant) ?? [])
        return memories.values.filter { other in
            other.number != number && other.isOpen && other.touched.contains { names.contains($0.tenant) }
        }.map(\.number).sorted()
    }
}
