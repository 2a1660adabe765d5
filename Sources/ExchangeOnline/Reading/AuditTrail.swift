package import Connectors
package import FoundationEssentials

/// What the audit log told of a span of time, and whether anything is recorded at all.
package struct AuditTrail: Hashable, Sendable {
    /// The latest first.
    package let records: [AuditRecord]
    package let isAuditingOn: Bool

    /// How long after a change was seen the log is asked for its author.
    package static let patience: TimeInterval = 86_400

    /// How far the service's clock and ours may be apart, in seconds.
    private static let clockTolerance: TimeInterval = 120

    /// Both together; auditing is off where either says so.
    package func merging(_ other: AuditTrail) -> AuditTrail {
        var records = Dictionary(self.records.map { ($0.id, $0) }) { first, _ in first }
        for record in other.records { records[record.id] = record }
        return AuditTrail(
            records: records.values.sorted { ($1.at, $1.id) < ($0.at, $0.id) },
            isAuditingOn: isAuditingOn && other.isAuditingOn
        )
    }

    /// The last change by someone else to an object.
    ///
    /// - Parameters:
    ///   - names: Every name that the object had, and its GUID.
    ///   - since: When the object was last known to be as it should; earlier changes are not the one that is asked for.
    ///   - seen: When the change was first seen.
    package func author(
        of kind: ConnectorKind,
        names: [String],
        since: Date,
        seen: Date,
        now: Date
    ) -> ChangeAuthor {
        let start = since.addingTimeInterval(-Self.clockTolerance)
        let found = records.filter {
            $0.isForeign && !$0.user.isEmpty && $0.at >= start && $0.concerns(kind, names: names)
        }
        .max { $0.at < $1.at }
        if let found { return found.author }
        guard isAuditingOn else { return .auditingOff }
        return now.timeIntervalSince(seen) >= Self.patience ? .notFound : .notYetKnown
    }

    /// The last change by someone else to each field of an object, where the log names the field.
    ///
    /// - Parameters:
    ///   - names: Every name that the object had, and its GUID.
    ///   - since: When the object was last known to be as it should.
    package func fieldAuthors(of kind: ConnectorKind, names: [String], since: Date) -> [String: ChangeAuthor] {
        records.lastChanges(of: kind, names: names, since: since.addingTimeInterval(-Self.clockTolerance))
            .mapValues(\.author)
    }
}

extension TenantReader {
    /// Who changed connectors and rules in a span of time; that nothing is recorded is an answer too.
    package func auditTrail(since start: Date, until end: Date) async -> Reading<AuditTrail> {
        switch await auditRecords(since: start, until: end) {
        case .known(let records): return .known(AuditTrail(records: records, isAuditingOn: true))
        case .unknown(let error):
            guard error.reason == .auditingOff else { return .unknown(error) }
            return .known(AuditTrail(records: [], isAuditingOn: false))
        }
    }
}
