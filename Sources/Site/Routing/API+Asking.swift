import Configuration
import Connectors
import Reports
import Scheduling

/// What changes what the controller does: each needs a token that may.
extension API {
    var asking: [Endpoint] {
        let tenant = Endpoint.Parameter(name: "tenant", form: .name, isRequired: true, summary: "The tenant's name.")
        return [
            Endpoint(
                method: .post,
                path: "/api/v1/requests",
                operation: "askForRun",
                summary:
                    "Asks for a full round of a tenant; the answer names the request, whose outcome can be asked for.",
                access: .needs(.operate),
                body: [tenant],
                successStatus: 202,
                answers: RequestDocument.kind,
                problems: [404, 429],
                handle: { call throws(ProblemDetails) in
                    let request = try await model.ask(tenant: call.text("tenant"), by: call.caller)
                    return .json(202, RequestDocument(request: request).json)
                }
            ),
            Endpoint(
                method: .post,
                path: "/api/v1/retries",
                operation: "retry",
                summary:
                    "Lifts a quarantine of a tenant, or the stopped rollout of a source with its canaries' quarantines.",
                access: .needs(.operate),
                body: [
                    Endpoint.Parameter(name: "tenant", form: .name, summary: "The tenant's name."),
                    Endpoint.Parameter(name: "source", form: .name, summary: "The source's name."),
                ],
                successStatus: 202,
                answers: RequestsDocument.kind,
                problems: [404, 409, 503],
                handle: { call throws(ProblemDetails) in
                    guard (call.body["tenant"] == nil) != (call.body["source"] == nil) else {
                        throw .invalid("The body names neither a tenant nor a source, or both.", remedy: "Name one.")
                    }
                    let requests = try await model.retry(
                        tenant: call.body["tenant"],
                        source: call.body["source"],
                        by: call.caller
                    )
                    return .json(202, RequestsDocument(requests: requests).json)
                }
            ),
            Endpoint(
                method: .post,
                path: "/api/v1/approvals",
                operation: "approve",
                summary:
                    "Lets exactly the plan of this digest through; the gate is asked once more when it is applied.",
                access: .needs(.approve),
                body: [
                    Endpoint.Parameter(name: "tenant", form: .name, summary: "Only this tenant's plan."),
                    Endpoint.Parameter(
                        name: "digest",
                        form: .digest,
                        isRequired: true,
                        summary: "A plan digest or a changes digest, whole or its first 12 or more hex digits."
                    ),
                    Endpoint.Parameter(
                        name: "verdict",
                        form: .word(GateWord.Verdict.allCases.map(\.rawValue)),
                        summary:
                            "What the gate said of the plan when it was looked at; where it says worse, nothing is approved."
                    ), Self.reason,
                ],
                successStatus: 201,
                answers: ApprovalsDocument.kind,
                problems: [404, 409, 503],
                handle: { call throws(ProblemDetails) in
                    let approvals = try await model.approve(
                        tenant: call.body["tenant"],
                        digest: Endpoint.Parameter.hex(call.text("digest")),
                        verdict: call.body["verdict"].flatMap(GateWord.Verdict.init),
                        reason: call.text("reason"),
                        by: call.caller
                    )
                    return .json(201, ApprovalsDocument(approvals: approvals).json)
                }
            ),
            Endpoint(
                method: .post,
                path: "/api/v1/suspensions",
                operation: "suspend",
                summary: "Stops all writing to a tenant until a time; reading and drift go on.",
                access: .needs(.operate),
                body: [
                    tenant,
                    Endpoint.Parameter(
                        name: "until",
                        form: .instant,
                        isRequired: true,
                        summary: "When it ends by itself, in RFC 3339."
                    ), Self.reason,
                ],
                successStatus: 201,
                answers: SuspensionDocument.kind,
                problems: [404, 503],
                handle: suspend
            ),
            Endpoint(
                method: .delete,
                path: "/api/v1/suspensions/{name}",
                operation: "resume",
                summary: "Ends a suspension.",
                access: .needs(.operate),
                variables: [Self.tenantName],
                successStatus: 204,
                problems: [404, 503],
                handle: { call throws(ProblemDetails) in
                    try await model.resume(tenant: call.path["name"] ?? "", by: call.caller)
                    return .empty
                }
            ),
            Endpoint(
                method: .post,
                path: "/api/v1/watches/{id}/end",
                operation: "endWatch",
                summary: "Ends a watch, undecided.",
                access: .needs(.operate),
                variables: [Self.id("watch, or of its run")],
                body: [Self.reason],
                answers: WatchesDocument.kind,
                problems: [404, 409, 503],
                handle: { call throws(ProblemDetails) in
                    let watch = try await model.endWatch(
                        call.path["id"] ?? "",
                        reason: call.text("reason"),
                        by: call.caller
                    )
                    return .json(200, WatchesDocument(watches: [watch]).json)
                }
            ),
            Endpoint(
                method: .post,
                path: "/api/v1/runs/{id}/rollback",
                operation: "rollBack",
                summary: "Restores what a run changed, in a run of its own.",
                access: .needs(.operate),
                variables: [Self.id("run, or its beginning")],
                body: [Self.reason],
                successStatus: 202,
                answers: RequestDocument.kind,
                problems: [404, 409, 503],
                handle: { call throws(ProblemDetails) in
                    let request = try await model.rollBack(
                        run: call.path["id"] ?? "",
                        reason: call.text("reason"),
                        by: call.caller
                    )
                    return .json(202, RequestDocument(request: request).json)
                }
            ),
        ]
    }

    private func suspend(_ call: Call) async throws(ProblemDetails) -> Reply {
        guard let until = Timestamp.instant(call.text("until")) else {
            throw .invalid("until is not a time.", remedy: "Write it as 2026-12-01T18:00:00Z.")
        }
        let suspension = try await model.suspend(
            tenant: call.text("tenant"),
            until: until,
            reason: call.text("reason"),
            by: call.caller
        )
        return .json(201, SuspensionDocument(suspension: suspension).json)
    }
}
