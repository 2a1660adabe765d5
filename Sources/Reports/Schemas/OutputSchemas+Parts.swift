import Connectors
import Planning
import TLSGate

/// The parts that several documents have.
extension OutputSchemas {
    static let definitions: [(String, Shape)] = [
        (
            "error",
            .object([
                .given("id", .text), .given("message", .text), .given("remedy", .text), .mayBe("file", .text),
                .mayBe("line", .integer), .mayBe("column", .integer),
            ])
        ),
        (
            "diagnostic",
            .object([
                .given("id", .text), .given("severity", .words(["error", "warning", "info"])),
                .given("message", .text), .given("remedy", .text), .given("file", .text), .mayBe("line", .integer),
                .mayBe("column", .integer), .mayBe("related", .opaque),
            ])
        ),
        ("connector", .object([.given("kind", connectorKind), .given("name", .text)])),
        ("risk", .object([.given("id", .text), .given("level", riskLevel), .given("message", .text)])),
        ("finding", .object(findingMembers)),
        ("judgement", .object(judgementMembers)),
        ("certificate", .object(certificateMembers)),
        (
            "nextHop",
            .object([
                .given("name", .text), .given("result", deliverability), .given("verdict", verdict),
                .given(
                    "hosts",
                    .list(
                        .object([
                            .given("host", .text), .given("preference", .integer), .given("result", deliverability),
                            .given(
                                "addresses",
                                .list(.object([.given("address", .text), .given("result", deliverability)]))
                            ),
                        ])
                    )
                ),
            ])
        ),
        ("change", .object(changeMembers)),
        ("drift", .object(driftMembers)),
        (
            "unmanaged",
            .object([
                .given("kind", connectorKind), .given("displayName", .text), .given("origin", .text),
                .given("risk", riskLevel), .given("risks", .list(.named("risk"))),
            ])
        ),
        ("guard", .object([.given("id", .text), .given("message", .text), .mayBe("until", Shape.instant)])),
        ("tenantPlan", .either([.object(failureMembers), .object(planMembers)])),
        ("tenantApply", .object(applyMembers)),
        (
            "tenantDrift",
            .object([
                .given("tenant", .text), .given("items", .list(.named("drift"))),
                .mayBe("errors", .list(.named("error"))), .mayBe("warnings", .list(.named("error"))),
                .given("exitCode", .integer),
            ])
        ),
        (
            "tenantVerdict",
            .object([
                .given("tenant", .text), .given("verdict", .optional(verdict)),
                .given("connectors", .list(.named("judgement"))), .mayBe("errors", .list(.named("error"))),
                .given("exitCode", .integer),
            ])
        ),
        ("tenantStatus", .object(statusMembers)),
        (
            "doctorCheck",
            .object([
                .given("name", .text), .mayBe("tenant", .text),
                .given("outcome", .words(DoctorCheck.Outcome.allCases.map(\.rawValue))), .given("message", .text),
                .given("remedy", .text),
            ])
        ),
        (
            "chainProblem",
            .object([
                .given("check", .text), .given("rule", .text), .given("depth", .integer), .given("subject", .text),
                .given("message", .text), .given("weight", .words(["path", "profile", "advice"])),
            ])
        ),
        (
            "rememberedTenant",
            .object([
                .given("tenant", .text), .given("applied", .opaque), .mayBe("quarantine", .opaque),
                .mayBe("unfinishedRun", .text), .given("breakGlass", .list(.named("breakGlass"))),
                .mayBe("aheadRuns", .opaque),
            ])
        ),
        (
            "breakGlass",
            .object([
                .given("tenant", .text), .given("connector", .named("connector")), .given("displayName", .text),
                .given("owner", .text), .given("reason", .text), .given("since", .instant), .given("until", .instant),
                .given("run", .text),
            ])
        ),
        ("auditRow", .object(auditMembers)),
        (
            "partnerDirection",
            .object([
                .given("settings", .map(.fieldValue)), .given("verdict", .optional(verdict)),
                .given("findings", .list(.named("finding"))), .mayBe("gate", .named("judgement")),
            ])
        ),
    ]

    static let connectorKind = Shape.words(ConnectorKind.allCases.map(\.rawValue))
    static let riskLevel = Shape.words(RiskLevel.allCases.map(\.rawValue))
    static let verdict = Shape.words(Verdict.allCases.map(\.rawValue))
    static let deliverability = Shape.words(Deliverability.allCases.map(\.rawValue))
    static let result = Shape.words(RunRecord.Result.allCases.map(\.rawValue))
    static let command = Shape.words(RunRecord.Command.allCases.map(\.rawValue))
    static let action = Shape.words(Change.Action.allCases.map(\.rawValue))
    static let cause = Shape.words(Change.Cause.allCases.map(\.rawValue))
}
