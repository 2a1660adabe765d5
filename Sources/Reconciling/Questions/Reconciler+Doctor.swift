package import Configuration
import Connectors
import ExchangeOnline
import FoundationEssentials
import GitRepositories
import Probing
package import Reports
import StateStore

extension Reconciler {
    /// Looks at everything that Mitregate needs, and says what is missing and where to fix it.
    package func doctor(_ tenants: [ManagedTenant]) async -> DoctorDocument {
        var checks = [await storeCheck()]
        if tenants.contains(where: { !$0.source.url.hasPrefix("/") }) { checks.append(mirrorsCheck()) }
        checks += await shared.gatekeeper.doctor(organizations: tenants.map(\.tenant.organization))
        checks += await tenants.concurrently(window: 4) { entry in await doctor(entry) }.flatMap { $0 }
        return DoctorDocument(checks: checks)
    }

    private func storeCheck() async -> DoctorCheck {
        let place = environment.store.place
        do throws(StateStoreError) {
            let health = try await environment.store.health()
            var warnings = health.warnings
            if !health.isDurable { warnings.append("A write to the store may be lost when the power fails.") }
            return DoctorCheck(
                name: "store",
                outcome: warnings.isEmpty ? .ok : .warn,
                message: warnings.isEmpty
                    ? "The store \(place) is readable and sound." : warnings.joined(separator: " "),
                remedy: ""
            )
        } catch {
            return DoctorCheck(name: "store", outcome: .fail, message: error.message, remedy: error.remedy)
        }
    }

    private func mirrorsCheck() -> DoctorCheck {
        let folder = environment.configuration.mirrors
        do throws(GitError) {
            let warnings = try MirrorFolder.check(folder)
            return DoctorCheck(
                name: "mirrors",
                outcome: warnings.isEmpty ? .ok : .warn,
                message: warnings.isEmpty
                    ? "Fetched repositories can be kept in \(folder)." : warnings.joined(separator: " "),
                remedy: ""
            )
        } catch {
            return DoctorCheck(name: "mirrors", outcome: .fail, message: error.message, remedy: error.remedy)
        }
    }

    private func doctor(_ entry: ManagedTenant) async -> [DoctorCheck] {
        let name = entry.tenant.name
        environment.tell(name, "checking access")
        defer { environment.tell(name, nil) }
        var checks = secretChecks(entry.tenant)
        checks.append(await sourceCheck(entry))
        do throws(RunStop) {
            let connection = try shared.connections.connection(to: entry.tenant, environment)
            let reader = TenantReader(connection)
            let report = await reader.permissions(readsActivityFeed: entry.tenant.audit == .feed)
            checks += PermissionChecks(tenant: entry.tenant, report: report, now: environment.timing.now()).all
        } catch {
            checks.append(
                DoctorCheck(
                    name: "connection",
                    tenant: name,
                    outcome: .fail,
                    message: error.message,
                    remedy: error.remedy
                )
            )
        }
        return checks
    }

    private func secretChecks(_ tenant: TenantConfiguration) -> [DoctorCheck] {
        let secrets: [SecretReference] =
            switch tenant.credentials.proof {
            case .clientSecret(let secret): [secret]
            case .certificate(_, let privateKey): [privateKey]
            case .federatedToken, .managedIdentity: []
            }
        return secrets.compactMap(\.exposure).map {
            DoctorCheck(name: "secret-exposed", tenant: tenant.name, outcome: .warn, message: $0, remedy: "")
        }
    }

    private func sourceCheck(_ entry: ManagedTenant) async -> DoctorCheck {
        do throws(RunStop) {
            let snapshot = try await pass.sources.snapshot(of: entry.source)
            let isThere: Bool
            do throws(GitError) {
                isThere = try await snapshot.storage.treeID(at: snapshot.commit.id, path: entry.tenant.path) != nil
            } catch {
                throw RunStop(error)
            }
            return DoctorCheck(
                name: "source",
                tenant: entry.tenant.name,
                outcome: isThere ? .ok : .fail,
                message: isThere
                    ? "The source \(entry.source.name) is at \(snapshot.commit.id.prefix(12)) and has the folder \(entry.tenant.path)."
                    : "The source \(entry.source.name) has no folder \"\(entry.tenant.path)\" at \(snapshot.commit.id.prefix(12)).",
                remedy: isThere
                    ? "" : "Correct the tenant's path in \(environment.configuration.file), or commit the folder."
            )
        } catch {
            return DoctorCheck(
                name: "source",
                tenant: entry.tenant.name,
                outcome: .fail,
                message: error.message,
                remedy: error.remedy
            )
        }
    }
}

/// What a tenant's answers say about our access to it, check by check.
private struct PermissionChecks {
    let tenant: TenantConfiguration
    let report: PermissionReport
    let now: Date

    /// Where we could not sign in, all else would fail for the same cause, which is said once.
    var all: [DoctorCheck] {
        guard report.signInError == nil else { return [signIn, certificate].compactMap { $0 } }
        let checks = [
            signIn, certificate, organization, role, reading, writing, audit, activityFeed, trace, blocked, clock,
        ]
        return checks.compactMap(\.self)
    }

    private func check(
        _ name: String,
        _ outcome: DoctorCheck.Outcome,
        _ message: String,
        _ remedy: String = ""
    ) -> DoctorCheck {
        DoctorCheck(name: name, tenant: tenant.name, outcome: outcome, message: message, remedy: remedy)
    }

    private var signIn: DoctorCheck {
        switch report.claims {
        case .known(let claims):
            return check("sign-in", .ok, "Signed in to \(report.host) as application \(claims.applicationId ?? "?").")
        case .unknown(let error): return check("sign-in", .fail, error.message, error.remedy)
        }
    }

    /// Warns a month ahead; a certificate that has ended is the sign-in's error already.
    private var certificate: DoctorCheck? {
        guard let end = report.certificateEnd else { return nil }
        let days = Int((end.timeIntervalSince(now) / 86_400).rounded(.down))
        guard days >= 0, end > now else { return nil }
        let day = Timestamp.text(end).prefix(10)
        return check(
            "sign-in-certificate",
            days < 30 ? .warn : .ok,
            "The certificate by which the application signs in ends on \(day), in \(days) days.",
            days < 30
                ? "Make a new certificate and key, upload the certificate to the app registration, and put both where "
                    + "the configuration names them; until it ends, both certificates may be registered." : ""
        )
    }

    private var organization: DoctorCheck {
        switch report.domains {
        case .known:
            return check("organization", .ok, "The tenant has the domain \(tenant.organization).")
        case .unknown(let error):
            return check(
                "organization",
                error.reason == .organizationUnknown ? .fail : .unknown,
                error.message,
                error.remedy
            )
        }
    }

    private var role: DoctorCheck? {
        guard case .known(let claims) = report.claims else { return nil }
        guard claims.roles.contains(TokenClaims.requiredRole) else {
            return check(
                "permission-exchange",
                .fail,
                "The application does not have the permission \(TokenClaims.requiredRole).",
                "Add it under API permissions (Office 365 Exchange Online, application permission) and grant admin consent."
            )
        }
        return check("permission-exchange", .ok, "The application has the permission \(TokenClaims.requiredRole).")
    }

    private var reading: DoctorCheck {
        cmdlets("permission-read", PermissionReport.readingCmdlets, .fail, "plan and drift")
    }

    private var writing: DoctorCheck {
        let needed = tenant.policy.changes == .apply
        return cmdlets("permission-write", PermissionReport.writingCmdlets, needed ? .fail : .warn, "apply")
    }

    private func cmdlets(
        _ name: String,
        _ wanted: [String],
        _ outcome: DoctorCheck.Outcome,
        _ purpose: String
    ) -> DoctorCheck {
        guard let missing = report.missing(wanted) else {
            guard case .unknown(let error) = report.cmdlets else { return check(name, .unknown, "Not known.") }
            return check(
                name,
                .unknown,
                "What the application may do could not be read: \(error.message)",
                error.remedy
            )
        }
        guard let first = missing.first else {
            return check(name, .ok, "The tenant lets us run all that is needed for \(purpose).")
        }
        let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
        return check(
            name,
            outcome,
            "The tenant does not let us run \(first)\(others), which is needed for \(purpose).",
            "Give the application the role \(purpose == "apply" ? "Exchange Administrator" : "Global Reader"); "
                + "a new role takes some minutes to be seen."
        )
    }

    private var audit: DoctorCheck {
        switch report.auditLog {
        case .known(true): return check("audit-log", .ok, "The audit log answers, so drift can name its author.")
        case .known(false):
            return check(
                "audit-log",
                .warn,
                "The audit log is switched off, so drift cannot name its author.",
                "Switch on auditing in the Purview portal."
            )
        case .unknown(let error):
            return check("audit-log", .warn, "The audit log does not answer: \(error.message)", error.remedy)
        }
    }

    private var activityFeed: DoctorCheck? {
        switch report.activityFeed {
        case nil: return nil
        case .known(true):
            return check(
                "activity-feed",
                .ok,
                "The activity feed answers, so drift can name its author within minutes."
            )
        case .known(false):
            return check(
                "activity-feed",
                .warn,
                "Nothing is subscribed to in the activity feed yet.",
                "Start the controller: it subscribes when the first drift is found. The first records may take 12 hours."
            )
        case .unknown(let error):
            return check("activity-feed", .warn, "The activity feed does not answer: \(error.message)", error.remedy)
        }
    }

    private var trace: DoctorCheck {
        switch report.messageTrace {
        case .known:
            return check(
                "message-trace",
                .ok,
                "The message trace is readable: set watch.mail to trace to have mail watched."
            )
        case .unknown(let error):
            return check("message-trace", .warn, "The message trace cannot be read: \(error.message)", error.remedy)
        }
    }

    private var blocked: DoctorCheck {
        switch report.blocked {
        case .known(let connectors) where connectors.isEmpty:
            return check("blocked-connectors", .ok, "No connector is blocked.")
        case .known(let connectors):
            let names = connectors.prefix(5).map { $0.name ?? $0.guid ?? "one without a name" }
            return check(
                "blocked-connectors",
                .fail,
                "Exchange Online has blocked \(connectors.count) inbound "
                    + "connector\(connectors.count == 1 ? "" : "s") as compromised: \(names.joined(separator: ", ")).",
                "Find out who sent through it, change what it trusts, then lift the block in the Defender portal under "
                    + "restricted entities."
            )
        case .unknown(let error):
            return check(
                "blocked-connectors",
                .unknown,
                "Whether a connector is blocked is not known: \(error.message)",
                error.remedy
            )
        }
    }

    private var clock: DoctorCheck? {
        guard let skew = report.clockSkew else { return nil }
        let seconds = abs(skew.components.seconds)
        return check(
            "clock",
            seconds > 120 ? .fail : seconds > 30 ? .warn : .ok,
            "This machine's clock is \(seconds) s \(skew < .zero ? "behind" : "ahead of") the service's.",
            seconds > 30
                ? "Set the clock by NTP: sign-in fails when it is minutes off, and certificates are misjudged." : ""
        )
    }
}
