import Reports

/// What any caller may ask.
extension API {
    var open: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/healthz",
                operation: "getHealth",
                summary: "Whether the process lives.",
                access: .open,
                handle: { _ in .text("ok\n", contentType: "text/plain; charset=utf-8") }
            ),
            Endpoint(
                method: .get,
                path: "/readyz",
                operation: "getReadiness",
                summary:
                    "Whether the store can be used, the configuration was read, and every source was fetched once.",
                access: .open,
                problems: [503],
                handle: { _ throws(ProblemDetails) in
                    let missing = await model.readiness().missing
                    guard missing.isEmpty else {
                        throw ProblemDetails(
                            503,
                            id: "not-ready",
                            "Not ready",
                            detail: missing.joined(separator: " "),
                            remedy: "Wait, or see `mitregate doctor`."
                        )
                    }
                    return .text("ok\n", contentType: "text/plain; charset=utf-8")
                }
            ),
            Endpoint(
                method: .get,
                path: "/version",
                operation: "getVersion",
                summary: "Which version this is.",
                access: .open,
                answers: VersionDocument.kind,
                handle: { _ in .json(200, VersionDocument(version, name: instance).json) }
            ),
            Endpoint(
                method: .get,
                path: "/metrics",
                operation: "getMetrics",
                summary: "Metrics in Prometheus' text format.",
                access: .metrics,
                handle: { _ in
                    .text(await model.metrics(), contentType: "text/plain; version=0.0.4; charset=utf-8")
                }
            ),
        ]
    }
}
