import Connectors
import FoundationEssentials

/// One message to one recipient domain, with all its rows: what is judged.
///
/// It lives in memory only.
struct MailUnit: Hashable, Sendable {
    let messageTraceId: String
    let domain: DomainName
    /// In lower case; empty for a report of non-delivery.
    let sender: String
    /// The earliest that a row says.
    let received: Date
    /// A row that failed or is pending: whose text says why.
    let candidate: Candidate?
    let isDelivered: Bool

    struct Candidate: Hashable, Sendable {
        let recipient: String
        /// In lower case.
        let status: String
    }

    var isCandidate: Bool { candidate != nil }
}

/// The rows of one or more listings, put together: repeated rows are one, and the last one read wins.
struct TraceTable {
    private struct RowID: Hashable {
        let message: String
        let recipient: String
    }

    private struct UnitID: Hashable {
        let message: String
        let domain: String
    }

    private var rows: [RowID: TraceRow] = [:]
    private var order: [RowID] = []
    private var names: [Substring: DomainName?] = [:]

    init(_ rows: [TraceRow]) {
        for row in rows {
            let id = RowID(message: row.messageTraceId.lowercased(), recipient: row.recipient.lowercased())
            if self.rows.updateValue(row, forKey: id) == nil { order.append(id) }
        }
    }

    /// The units by recipient domain, in the order in which they were received.
    mutating func units() -> [MailUnit] {
        var groups: [UnitID: [TraceRow]] = [:]
        var domains: [UnitID: DomainName] = [:]
        var ids: [UnitID] = []
        for id in order {
            guard let row = rows[id], let domain = domain(of: id.recipient) else { continue }
            let unit = UnitID(message: id.message, domain: domain.description)
            if groups[unit] == nil {
                ids.append(unit)
                domains[unit] = domain
            }
            groups[unit, default: []].append(row)
        }
        return ids.compactMap { id in
            guard let domain = domains[id], let rows = groups[id] else { return nil }
            return MailUnit(id.message, domain, rows)
        }.sorted { one, other in
            one.received != other.received
                ? one.received < other.received
                : one.messageTraceId.utf8.lexicographicallyPrecedes(other.messageTraceId.utf8)
        }
    }

    /// Messages by their sender's domain, with when they were received.
    mutating func senders() -> [(message: String, domain: DomainName, received: Date)] {
        var seen: Set<UnitID> = []
        var result: [(message: String, domain: DomainName, received: Date)] = []
        for id in order {
            guard let row = rows[id], let domain = domain(of: row.sender.lowercased()) else { continue }
            guard seen.insert(UnitID(message: id.message, domain: domain.description)).inserted else { continue }
            result.append((id.message, domain, row.received))
        }
        return result
    }

    private mutating func domain(of address: String) -> DomainName? {
        guard let at = address.lastIndex(of: "@") else { return nil }
        let text = address[address.index(after: at)...]
        if let known = names[text] { return known }
        let name = DomainName(String(text))
        names[text] = .some(name)
        return name
    }
}

extension MailUnit {
    fileprivate init?(_ message: String, _ domain: DomainName, _ rows: [TraceRow]) {
        guard let received = rows.map(\.received).min(), let first = rows.first else { return nil }
        let failed = rows.filter { ["failed", "pending"].contains($0.status.lowercased()) }
        let chosen = failed.min { $0.recipient.utf8.lexicographicallyPrecedes($1.recipient.utf8) }
        self.init(
            messageTraceId: message,
            domain: domain,
            sender: first.sender.lowercased(),
            received: received,
            candidate: chosen.map { Candidate(recipient: $0.recipient, status: $0.status.lowercased()) },
            isDelivered: rows.contains { $0.status.lowercased() == "delivered" }
        )
    }
}
