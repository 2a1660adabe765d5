import Connectors
import FoundationEssentials
import JSON
import Transfers

extension TenantReader {
    /// What we are and may do in the tenant; for `doctor`.
    ///
    /// - Parameter readsActivityFeed: Whether the activity feed is wanted, and so asked too.
    package func permissions(readsActivityFeed: Bool = false) async -> PermissionReport {
        let signIn = await signIn()
        let certificateEnd = connection.tokens.certificateEnd
        if case .unknown(let error) = signIn {
            return PermissionReport(signInError: error, certificateEnd: certificateEnd, host: trustedHost)
        }
        async let auditLog = auditLogAnswers()
        async let domains = acceptedDomains()
        async let feed = readsActivityFeed ? isActivityFeedOn() : nil
        async let trace = messageTraceAnswers()
        async let blocked = blockedConnectors()
        let (cmdlets, skew) = await cmdlets()
        let origin = try? await connection.discovery.origin(for: connection).get()
        return PermissionReport(
            claims: signIn.map { (token) throws(ExchangeError) in try Self.claims(token) },
            cmdlets: cmdlets,
            auditLog: await auditLog,
            activityFeed: await feed,
            messageTrace: await trace,
            blocked: await blocked,
            domains: await domains.map { $0.0 },
            certificateEnd: certificateEnd,
            clockSkew: skew,
            host: origin?.host ?? trustedHost
        )
    }

    /// Asks for a single row of the last hour.
    private func messageTraceAnswers() async -> Reading<Bool> {
        let now = connection.timing.now()
        return await messageTrace(from: now.addingTimeInterval(-3_600), to: now, maximumPages: 1, pageSize: 1)
            .map { _ in true }
    }

    private var trustedHost: String { connection.trustedHosts.origin.host }

    private func signIn() async -> Reading<AccessToken> {
        do throws(ExchangeError) {
            return .known(try await connection.tokens.token(for: .exchange))
        } catch {
            return .unknown(error)
        }
    }

    private static func claims(_ token: AccessToken) throws(ExchangeError) -> TokenClaims {
        guard let claims = TokenClaims(token) else {
            throw ExchangeError(
                .tokenUnavailable,
                "The access token cannot be read.",
                remedy: "Nothing need be wrong; what it grants is seen when it is used."
            )
        }
        return claims
    }

    /// The service has some 900 cmdlets.
    private static let maximumCmdlets = 10_000

    /// The cmdlets of the caller's roles, and how far our clock is ahead of the service's.
    ///
    /// Source: the CIPP client: EXOModuleFile with `CommandName: *` answers `value[0].exportedCmdlets`.
    private func cmdlets() async -> (Reading<Set<String>>, Duration?) {
        let origin = (try? await connection.discovery.origin(for: connection).get()) ?? connection.trustedHosts.origin
        switch await connection.moduleFile(at: origin, query: "?Version=3.9.2", listsCmdlets: true) {
        case .failure(let error): return (.unknown(error), nil)
        case .success(let response):
            let skew = response.date.map { date in
                Duration.seconds(connection.timing.now().timeIntervalSince(date).rounded())
            }
            let row = (try? JSONParser.parse(response.body))?["value"]?.elements?.first
            guard response.status == 200, let exported = row?["exportedCmdlets"] else {
                let error = ErrorForm.error(response, cmdlet: "EXOModuleFile", secrets: [])
                return (.unknown(error), skew)
            }
            let names = exported.elements?.compactMap(\.text) ?? [exported.text ?? ""]
            let list = names.lazy.flatMap { $0.split { $0 == "," || $0.isWhitespace } }.prefix(Self.maximumCmdlets)
            return (.known(Set(list.map { $0.lowercased() })), skew)
        }
    }

    /// A search of the last minutes for a single row, and whether anything is recorded at all.
    private func auditLogAnswers() async -> Reading<Bool> {
        guard connection.endpoints.cloud.hasAuditLog else {
            return .unknown(
                ExchangeError(
                    .auditLogUnavailable,
                    "This cloud has no audit log that can be searched.",
                    remedy: "Drift is found all the same, without its author."
                )
            )
        }
        let now = connection.timing.now()
        let command = Command.read(
            "Search-UnifiedAuditLog",
            [
                ("StartDate", .string(Timestamp.text(now.addingTimeInterval(-600)))),
                ("EndDate", .string(Timestamp.text(now))), ("RecordType", "ExchangeAdmin"), ("ResultSize", 1),
            ]
        )
        switch await connection.invoke(command) {
        case .success:
            if case .known(false) = await isAuditingOn() { return .known(false) }
            return .known(true)
        case .failure(let error):
            guard error.reason == .permissionMissing else { return .unknown(error) }
            return .unknown(
                ExchangeError(
                    .permissionMissing,
                    "We may not search the audit log.",
                    remedy:
                        "Give the application the role View-Only Audit Logs; a new role takes some minutes to be seen."
                )
            )
        }
    }
}
