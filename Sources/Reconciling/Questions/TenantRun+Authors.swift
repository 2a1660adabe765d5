import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import Logging
import Planning
import Reports

/// Who changed what by hand, as the audit log tells it.
extension TenantRun {
    /// How far the audit log is asked back; it is kept for 180 days, and drift is looked for more often than that.
    private static let auditWindow: TimeInterval = 7 * 86_400

    /// How far the service's clock and ours may be apart, in seconds.
    private static let clockTolerance: TimeInterval = 120

    /// Asks the audit log who made the plan's drift; only for people to read, so `apply` on its own does without.
    static let attribute: Step = { run throws(RunStop) in
        let plan = try run.known(run.plan, "the plan")
        guard !plan.drift.isEmpty else { return }
        let asking = run
        run.attributedDrift = try await run.environment.untilInterrupted { () throws(RunStop) in
            await asking.attributed(plan.drift)
        }
    }

    /// Each item with its author, where the audit log names one.
    func attributed(_ items: [DriftItem]) async -> [AttributedDrift] {
        guard !items.isEmpty else { return [] }
        let written = Dictionary(applied.connectors.map { ($0.key, $0) }) { first, _ in first }
        let records = await auditRecords(since: applied.connectors.map(\.at).min())
        return items.map { item in
            let ours = written[item.key]
            let since = (ours?.at ?? .distantPast).addingTimeInterval(-Self.clockTolerance)
            let names = [item.displayName, ours?.guid ?? ""]
            let author = records.filter { $0.isForeign && $0.at >= since && $0.concerns(item.kind, names: names) }
                .max { $0.at < $1.at }
            return AttributedDrift(
                item: item,
                changedBy: author?.user,
                changedAt: author?.at,
                fieldChanges: records.lastChanges(of: item.kind, names: names, since: since)
                    .mapValues { AttributedDrift.Change(by: $0.user, at: $0.at) }
            )
        }
    }

    /// The last change by someone else to each of these objects; `nil` where the log names none.
    func lastAuthors(of objects: [Staleness.Object]) async -> [Staleness.Object: AuditRecord] {
        guard !objects.isEmpty else { return [:] }
        let records = await auditRecords(since: nil)
        return objects.reduce(into: [:]) { authors, object in
            authors[object] = records.filter {
                $0.isForeign && $0.concerns(object.kind, names: [object.displayName])
            }.max { $0.at < $1.at }
        }
    }

    /// The author can be missing for hours, so a log that does not answer takes nothing from what was found.
    private func auditRecords(since start: Date?) async -> [AuditRecord] {
        let now = environment.timing.now()
        let since = max(start ?? .distantPast, now.addingTimeInterval(-Self.auditWindow))
        do throws(RunStop) {
            let connection = try shared.connections.connection(to: tenant, environment)
            environment.tell(tenant.name, "asking the audit log")
            let reading = await TenantReader(connection).auditRecords(
                since: since.addingTimeInterval(-Self.clockTolerance),
                until: now.addingTimeInterval(Self.clockTolerance)
            )
            switch reading {
            case .known(let records): return records
            case .unknown(let error): throw RunStop(unread: error, at: environment.timing.now())
            }
        } catch {
            environment.logger.notice(
                "\(tenant.name): the audit log did not answer: \(error.message.escapingControls)",
                metadata: logged
            )
            return []
        }
    }
}
