import Connectors
import ExchangeSimulator
import Foundation
import Laboratory
import Planning
import StateStore
import TestSupport
import Testing

/// The tenant as the simulator holds it, and what was asked of it.
extension Bench {
    /// One request that changes a tenant, as it was sent.
    struct Sent: Equatable, CustomStringConvertible {
        let cmdlet: String
        /// Without `Identity` and `Confirm`.
        let parameters: [String]
        let object: String

        var description: String { "\(cmdlet) \(object) \(parameters)" }
    }

    /// Every write since the last `forget`, in the order of arrival.
    var writes: [Sent] {
        simulator.requests().compactMap { request in
            guard let cmdlet = request.cmdlet, !cmdlet.hasPrefix("Get-"), !cmdlet.hasPrefix("Search-"),
                !cmdlet.hasPrefix("Validate-")
            else { return nil }
            let members = Self.members(request.parameters)
            let object = members["Identity"] as? String ?? members["Name"] as? String ?? ""
            let names = members.keys.filter { $0 != "Identity" && $0 != "Confirm" }.sorted()
            return Sent(cmdlet: cmdlet, parameters: names, object: name(of: object))
        }
    }

    /// The values that the last request for a cmdlet carried.
    func parameters(of cmdlet: String) -> [String: Any] {
        Self.members(simulator.requests().last { $0.cmdlet == cmdlet }?.parameters)
    }

    private static func members(_ text: String?) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data((text ?? "{}").utf8))) as? [String: Any] ?? [:]
    }

    /// Forgets the requests and the sleeps so far.
    func forget() {
        simulator.clearRequests()
        clock.forget()
    }

    func faults(_ json: String) throws { try simulator.setFaults(json) }

    /// Another administrator's change.
    func edit(_ cmdlet: String, _ parameters: String, by user: String = "eve@contoso.com") throws {
        try simulator.edit(tenant: Laboratory.tenantID, userId: user, cmdlet: cmdlet, parameters: parameters)
    }

    /// The rows of one kind, by name.
    func objects(_ member: String) throws -> [String: [String: Any]] {
        let rows = try laboratory.tenantState()[member] as? [[String: Any]] ?? []
        return Dictionary(rows.map { ($0["Name"] as? String ?? "", $0) }) { first, _ in first }
    }

    func outbound(_ name: String) throws -> [String: Any] {
        try #require(try objects("outboundConnectors")[name], "there is no outbound connector \(name)")
    }

    /// All that an administrator would see, without times and without identities, which a re-creation changes.
    func picture(withIdentities: Bool = true) throws -> String {
        var picture: [String: Any] = [:]
        for member in ["inboundConnectors", "outboundConnectors", "transportRules"] {
            picture[member] = try objects(member).mapValues { row in
                row.filter {
                    !["WhenCreatedUTC", "WhenChangedUTC"].contains($0.key) && (withIdentities || $0.key != "Guid")
                }
            }
        }
        return String(
            decoding: try JSONSerialization.data(withJSONObject: picture, options: .sortedKeys),
            as: UTF8.self
        )
    }

    /// The name of an object by its identity; what is gone keeps the identity.
    private func name(of identity: String) -> String {
        for member in ["inboundConnectors", "outboundConnectors", "transportRules"] {
            let rows = (try? objects(member)) ?? [:]
            let named = rows.first { ($0.value["Guid"] as? String)?.lowercased() == identity.lowercased() }
            if let named { return named.key }
        }
        return identity
    }
}

/// What the store holds of the one tenant.
extension Bench {
    static let tenant = "contoso"

    func state() async throws -> TenantState { try await store.state(of: Self.tenant) }
    func applied() async throws -> AppliedTenant { try await state().applied }
    func quarantine() async throws -> Quarantine? { try await state().quarantine }
    func unfinished() async throws -> Journal? { try await state().unfinished }
    /// Newest first.
    func runs() async throws -> [RunRecord] { try await store.runs(RunQuery(tenant: Self.tenant, limit: 50)) }

    /// Stores a change as a run would, under a lease of its own.
    func commit(_ change: StateChange) async throws {
        let lease = try await lease(by: .current(run: "test"))
        try await store.commit(change, under: lease)
        try await store.release(lease)
    }

    /// The tenant's lease, for as long as a run's.
    func lease(by holder: RunHolder) async throws -> Lease {
        let answer = try await store.acquire(Self.tenant, by: holder, for: .seconds(300))
        guard case .granted(let lease) = answer else { throw Held(answer: answer) }
        return lease
    }

    struct Held: Error { let answer: LeaseAnswer }

    /// The slugs that are remembered, in order.
    func remembered() async throws -> [String] { try await applied().connectors.map(\.key.name).sorted() }
}
