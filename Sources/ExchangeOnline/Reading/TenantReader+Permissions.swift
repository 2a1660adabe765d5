import Connectors
import FoundationEssentials
import Transfers

extension TenantReader {
    /// What we are and may do in the tenant; for `doctor`.
    package func permissions() async -> PermissionReport {
        async let auditLog = auditLogAnswers()
        let claims = await claims()
        let (cmdlets, skew) = await cmdlets()
        let origin = try? await connection.discovery.origin(for: connection).get()
        return PermissionReport(
            claims: claims,
            cmdlets: cmdlets,
            auditLog: await auditLog,
            clockSkew: skew,
            host: (origin ?? connection.frontDoor.origin).host
        )
    }

    private func claims() async -> Reading<TokenClaims> {
        do throws(ExchangeError) {
            let token = try await connection.tokens.token(for: .exchange)
            guard let claims = TokenClaims(token) else {
                throw ExchangeError(
                    .tokenUnavailable,
                    "The access token cannot be looked into.",
                    remedy: "Nothing need be wrong; what it grants is seen when it is used."
                )
            }
            return .known(claims)
        } catch {
            return .unknown(error)
        }
    }

    /// The cmdlets of the caller's roles, and how far our clock is ahead of the service's.
    ///
    /// Source: the CIPP client: EXOModuleFile with `CommandName: *` answers `value[0].exportedCmdlets`.
    private func cmdlets() async -> (Reading<Set<String>>, Duration?) {
        let origin = (try? await connection.discovery.origin(for: connection).get()) ?? connection.frontDoor.origin
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
            let list = names.flatMap { $0.split { $0 == "," || $0.isWhitespace } }.map { $0.lowercased() }
            return (.known(Set(list)), skew)
        }
    }

    /// A search of the last minutes for a single row.
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
        case .success: return .known(true)
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
