import Connectors
package import FoundationEssentials
import JSON

extension TenantReader {
    /// The cmdlets whose use is a change to what we watch.
    static let operations =
        ["InboundConnector", "OutboundConnector", "TransportRule"].flatMap { noun in
            ["New-\(noun)", "Set-\(noun)", "Remove-\(noun)"]
        } + ["Enable-TransportRule", "Disable-TransportRule"]

    /// Rows of one call, of which the service would return 5,000, and the most of one session, in rows and in bytes.
    ///
    /// Source: learn.microsoft.com/powershell/module/exchangepowershell/search-unifiedauditlog.
    private static let pageSize = 1_000
    private static let sessionLimit = 50_000
    private static let sessionBytes = 16 << 20

    /// Who changed connectors and rules in a span of time, the latest first.
    ///
    /// The log lags an hour or more, so an empty answer says nothing about the last hours. Where auditing is off, every
    /// search is empty; then the records are unknown (`auditing-off`).
    package func auditRecords(since start: Date, until end: Date) async -> Reading<[AuditRecord]> {
        guard connection.endpoints.cloud.hasAuditLog else { return .unknown(Self.noAuditLog) }
        let us = await ourIdentity()
        let session = UUID().uuidString.lowercased()
        do throws(ExchangeError) {
            var records: [String: AuditRecord] = [:]
            var (count, size) = (0, 0)
            while true {
                let page = try await page(start, end, session: session)
                guard !page.rows.isEmpty else { break }
                count += page.rows.count
                size += page.size
                for row in page.rows {
                    guard let record = try AuditRow(row).record(us) else { continue }
                    records[record.id] = record
                }
                guard count < Self.sessionLimit, size < Self.sessionBytes else { throw Self.tooMany }
            }
            if count == 0, case .known(false) = await isAuditingOn() { throw Self.auditingOff }
            return .known(records.values.sorted { ($1.at, $1.id) < ($0.at, $0.id) })
        } catch {
            return .unknown(error)
        }
    }

    /// One page of the search; the same call again and again gives the next ones, until one is empty.
    ///
    /// A row with the index -1 is a time-out of the server.
    private func page(_ start: Date, _ end: Date, session: String) async throws(ExchangeError) -> TenantConnection.Rows
    {
        let command = Command.read(
            "Search-UnifiedAuditLog",
            [
                ("StartDate", .string(Timestamp.text(start))), ("EndDate", .string(Timestamp.text(end))),
                ("RecordType", "ExchangeAdmin"), ("Operations", .array(Self.operations.map(JSONValue.string))),
                ("ResultSize", .number("\(Self.pageSize)")), ("SessionId", .string(session)),
                ("SessionCommand", "ReturnLargeSet"),
            ]
        )
        for attempt in 1...3 {
            let page = try await connection.read(command).get()
            guard page.rows.contains(where: { $0["ResultIndex"]?.integer == -1 }) else { return page }
            let wait = connection.backoff.delay(after: attempt, retryAfter: nil, random: connection.timing.random())
            guard let wait, await connection.timing.wait(wait) else { throw ExchangeError.cancelled() }
        }
        throw ExchangeError(
            .auditLogUnavailable,
            "The audit log's search took too long for the service itself.",
            remedy: "Try again later, or with a shorter span of time.",
            isTransient: true
        )
    }

    /// Whether Exchange records who changes what; unknown where it does not tell.
    ///
    /// Off, every search is empty, as in a quiet tenant. Source:
    /// learn.microsoft.com/powershell/module/exchangepowershell/get-adminauditlogconfig, to be asked of Exchange and not
    /// of Security & Compliance, where the member is always false.
    package func isAuditingOn(deadline: Duration = TenantReader.deadline) async -> Reading<Bool> {
        await within(deadline) {
            await connection.read(.read("Get-AdminAuditLogConfig")).map { (list) throws(ExchangeError) in
                let flags = list.rows.compactMap { $0["UnifiedAuditLogIngestionEnabled"]?.flag }
                guard !flags.isEmpty else {
                    throw ExchangeError(
                        .rowMalformed,
                        "Exchange Online does not say whether auditing is on.",
                        remedy: "Drift is found all the same; who made it may stay unknown.",
                        cmdlet: "Get-AdminAuditLogConfig"
                    )
                }
                return !flags.contains(false)
            }
        }
    }

    static let auditingOff = ExchangeError(
        .auditingOff,
        "Auditing is off in this tenant, so it is not recorded who changes a connector.",
        remedy: "Switch it on in the Purview portal, or with Set-AdminAuditLogConfig "
            + "-UnifiedAuditLogIngestionEnabled $true."
    )

    /// Our application's and service principal's ids, in lower case.
    func ourIdentity() async -> Set<String> {
        var ids: Set<String> = []
        if let id = connection.tokens.clientId { ids.insert(id.lowercased()) }
        if let token = try? await connection.tokens.token(for: .exchange), let claims = TokenClaims(token) {
            for id in [claims.applicationId, claims.objectId] { if let id { ids.insert(id) } }
        }
        return ids
    }

    static let noAuditLog = ExchangeError(
        .auditLogUnavailable,
        "This cloud has no audit log that can be searched.",
        remedy: "Drift is reported without its author."
    )

    private static let tooMany = ExchangeError(
        .answerIncomplete,
        "There are more audit records than one search returns.",
        remedy: "Ask for a shorter span of time."
    )
}
