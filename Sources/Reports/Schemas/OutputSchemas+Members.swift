import Connectors
import Planning
import TLSGate

/// The members of the larger parts.
extension OutputSchemas {
    static let runMembers: [Shape.Member] = [
        .given("run", .text), .given("tenant", .text), .given("command", command), .given("revision", .text),
        .given("started", .instant), .given("ended", .optional(.instant)), .given("result", .optional(result)),
        .given("exitCode", .optional(.integer)), .given("message", .text), .mayBe("cause", .text),
        .mayBe("author", .text), .mayBe("subject", .text), .mayBe("startedBy", .text), .mayBe("startedFrom", .text),
        .mayBe("reason", .text), .mayBe("planDigest", .text), .mayBe("connectors", .list(.named("connector"))),
    ]

    static let findingMembers: [Shape.Member] = [
        .given("check", .text), .given("outcome", .words(["pass", "info", "warn", "fail", "unknown"])),
        .given("subject", .text), .given("message", .text), .mayBe("exo", .text), .given("evidence", .map(.text)),
        .given("remedy", .text), .given("sources", .list(.text)), .given("tags", .list(.text)),
        .given("waived", .boolean), .mayBe("waivedBy", .text), .mayBe("demands", verdict),
        .mayBe("observedAt", .instant),
    ]

    static let certificateMembers: [Shape.Member] = [
        .given("connector", .named("connector")), .given("subjects", .list(.text)), .given("name", .text),
        .given("sha256", .text), .given("names", .text), .given("issuer", .text), .given("notAfter", .instant),
        .given("isLeaf", .boolean),
    ]

    static let judgementMembers: [Shape.Member] = [
        .given("connector", .named("connector")), .given("verdict", verdict),
        .given("findings", .list(.named("finding"))), .given("nextHops", .list(.named("nextHop"))),
        .mayBe("observedAt", .instant), .given("expiresAt", .instant), .given("digest", .text),
        .mayBe("retryAt", .instant), .given("certificates", .list(.named("certificate"))),
    ]

    private static let fieldChange = Shape.object([
        .given("path", .text), .given("before", .fieldValue), .given("after", .fieldValue),
    ])

    static let changeMembers: [Shape.Member] = [
        .given("action", action), .given("kind", connectorKind), .given("name", .text), .given("displayName", .text),
        .mayBe("guid", .text), .given("cause", cause), .given("risk", riskLevel),
        .given("risks", .list(.named("risk"))), .given("effect", .list(.text)),
        .mayBe(
            "source",
            .object([.given("file", .text), .given("line", .integer), .given("column", .integer)])
        ),
        .given("fields", .list(fieldChange)), .given("companions", .map(.fieldValue)), .mayBe("acceptedRisk", .text),
        .given("declared", .map(.fieldValue)), .given("isKept", .boolean), .mayBe("formerName", .text),
        .given("digest", .text), .given("verdict", .optional(verdict)), .given("findings", .list(.named("finding"))),
        .mayBe("gate", .named("judgement")),
    ]

    static let driftMembers: [Shape.Member] = [
        .given("form", .words(["changed", "missing", "recreated"])), .given("kind", connectorKind),
        .given("name", .text), .given("displayName", .text),
        .given(
            "fields",
            .list(
                .object([
                    .given("path", .text), .given("applied", .fieldValue), .given("observed", .fieldValue),
                    .given("accepted", .boolean),
                ])
            )
        ),
        .given("accepted", .boolean), .given("effect", .list(.text)), .given("risk", riskLevel),
        .given("risks", .list(.named("risk"))), .given("changedBy", .optional(.text)),
        .given("changedAt", .optional(.instant)),
    ]

    /// Of a tenant for which nothing could be made.
    static let failureMembers: [Shape.Member] = [
        .given("tenant", .text), .given("errors", .list(.named("error"))), .given("exitCode", .integer),
    ]

    static let planMembers: [Shape.Member] = [
        .given("tenant", .text), .given("revision", .text), .given("tree", .text), .given("observedDigest", .text),
        .given("policyDigest", .text), .given("planDigest", .text), .given("changesDigest", .text),
        .given("verdict", .optional(verdict)),
        .given(
            "summary",
            .object(
                ["create", "update", "delete", "unchanged", "drift", "unmanaged"].map { .given($0, .integer) }
            )
        ),
        .given("changes", .list(.named("change"))), .given("drift", .list(.named("drift"))),
        .given("unmanaged", .list(.named("unmanaged"))), .given("guards", .list(.named("guard"))),
        .given("notes", .list(.text)), .given("records", .list(.opaque)),
        .mayBe("connectors", .list(.named("judgement"))), .given("exitCode", .integer),
    ]

    static let applyMembers: [Shape.Member] = [
        .given("tenant", .text), .given("revision", .optional(.text)), .given("run", .optional(.text)),
        .given("result", .optional(result)), .given("written", .integer), .given("drifted", .integer),
        .given("message", .text),
        .given(
            "steps",
            .list(
                .object([
                    .given("action", action), .given("kind", connectorKind), .given("name", .text),
                    .given("displayName", .text), .given("state", .text), .mayBe("problem", .text),
                ])
            )
        ),
        .mayBe("errors", .list(.named("error"))), .given("exitCode", .integer),
    ]

    private static let quarantineMembers: [Shape.Member] = [
        .given("revision", .text), .given("run", .text), .given("reason", .text), .given("since", .instant),
        .mayBe("request", .text),
    ]

    static let statusMembers: [Shape.Member] = [
        .given("tenant", .text), .given("source", .text),
        .given("state", .words(TenantStatus.State.allCases.map(\.rawValue))), .given("head", .optional(.text)),
        .given("applied", .optional(.text)), .given("lastRun", .optional(.object(runMembers))),
        .given("quarantine", .optional(.object(quarantineMembers))),
        .given(
            "unfinishedRun",
            .optional(.object([.given("run", .text), .given("revision", .text), .given("phase", .text)]))
        ),
        .mayBe(
            "running",
            .object([.given("run", .text), .given("since", .instant), .given("by", .text)])
        ),
        .given(
            "drift",
            .object([
                .given("state", .words(["not-asked", "unknown", "drifted", "none"])), .mayBe("open", .integer),
                .mayBe("accepted", .integer),
            ])
        ),
        .mayBe("breakGlass", .list(.named("breakGlass"))), .mayBe("errors", .list(.named("error"))),
    ]

    static let auditMembers: [Shape.Member] = [
        .given("at", .instant), .given("tenant", .text), .given("run", .text), .given("command", command),
        .mayBe("result", result), .given("outcome", .words(AuditRow.Outcome.allCases.map(\.rawValue))),
        .given("action", action), .given("kind", connectorKind), .given("name", .text), .given("displayName", .text),
        .given("fields", .list(fieldChange)), .mayBe("cause", cause), .given("risk", riskLevel),
        .given("risks", .list(.text)), .mayBe("approval", .text), .mayBe("reason", .text), .given("revision", .text),
        .mayBe("author", .text), .mayBe("subject", .text), .mayBe("startedBy", .text), .mayBe("startedFrom", .text),
        .given("planDigest", .text),
        .given(
            "evidence",
            .object([
                .mayBe("verdict", verdict), .mayBe("observedAt", .instant), .given("passed", .integer),
                .given("findings", .list(.text)),
            ])
        ),
    ]
}
