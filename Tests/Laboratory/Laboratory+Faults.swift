package import ExchangeSimulator
import Foundation

extension Laboratory {
    /// Waits until the simulator's faults have struck so many requests, all told.
    ///
    /// - Throws: When that did not come to pass for half a minute: the program never sent such a request.
    package func struck(_ count: Int = 1) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while simulator.requests().count(where: { $0.fault != nil }) < count {
            guard ContinuousClock.now < deadline else {
                throw LaboratoryError(text: "no fault struck: \(simulator.requests().map(\.summary))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The requests that changed the tenant, in their order.
    package var changes: [LoggedRequest] { simulator.requests().filter(\.changedTenant) }

    /// The tenant's connectors and rules as text, a line each and sorted, without what changes by itself.
    package func objects() throws -> [String] {
        let tenant = try tenantState()
        let volatile: Set<String> = ["Guid", "WhenCreatedUTC", "WhenChangedUTC", "Priority"]
        return try ["inboundConnectors", "outboundConnectors", "transportRules"].flatMap { kind in
            try (tenant[kind] as? [[String: Any]] ?? []).map { row in
                let settings = row.filter { !volatile.contains($0.key) }
                let data = try JSONSerialization.data(withJSONObject: settings, options: [.sortedKeys])
                return "\(kind) \(String(decoding: data, as: UTF8.self))"
            }
        }.sorted()
    }
}
