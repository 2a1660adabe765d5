import Configuration
import Connectors
import FoundationEssentials
import Planning
import Reports
package import StateStore

/// The table of everything that is served, and what each row does.
struct API: Sendable {
    let model: any SiteModel
    let store: any StateStore
    let version: ProgramVersion
    let instance: String

    var endpoints: [Endpoint] { reading + runs + asking + open + hooks }

    static let tenantName = Endpoint.Parameter(name: "name", form: .name, summary: "The tenant's name.")
    static let tenantFilter = Endpoint.Parameter(
        name: "tenant",
        form: .name,
        summary: "Only what concerns this tenant."
    )
    static let reason = Endpoint.Parameter(
        name: "reason",
        form: .text(maximum: 1_000),
        isRequired: true,
        summary: "Why, in words that the history keeps."
    )

    static func limit(_ maximum: Int) -> Endpoint.Parameter {
        Endpoint.Parameter(name: "limit", form: .integer(1...maximum), summary: "At most this many.")
    }

    static func id(_ what: String) -> Endpoint.Parameter {
        Endpoint.Parameter(name: "id", form: .id, summary: "The id of the \(what).")
    }

    // MARK: Reading

    private var reading: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/api/v1/tenants",
                operation: "listTenants",
                summary: "Where each tenant stands.",
                access: .needs(.read),
                answers: TenantsDocument.kind,
                handle: { _ in .json(200, TenantsDocument(tenants: await model.tenants()).json) }
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/tenants/{name}",
                operation: "getTenant",
                summary: "Where one tenant stands.",
                access: .needs(.read),
                variables: [Self.tenantName],
                answers: TenantDocument.kind,
                problems: [404],
                handle: { call throws(ProblemDetails) in
                    .json(200, TenantDocument(status: try await tenant(call.path["name"])).json)
                }
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/plans",
                operation: "listPlans",
                summary: "The last plan of each tenant.",
                access: .needs(.read),
                query: [Self.tenantFilter],
                answers: PlansDocument.kind,
                handle: { call in .json(200, PlansDocument(plans: await model.plans(of: call.query["tenant"])).json) }
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/plans/{digest}",
                operation: "getPlan",
                summary: "The plan with this plan digest or changes digest, or the beginning of one.",
                access: .needs(.read),
                variables: [Endpoint.Parameter(name: "digest", form: .digest, summary: "12 or more hex digits.")],
                answers: PlansDocument.kind,
                problems: [404],
                handle: plan
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/watches",
                operation: "listWatches",
                summary: "What is being watched, and what was, with its figures.",
                access: .needs(.read),
                query: [Self.tenantFilter],
                answers: WatchesDocument.kind,
                problems: [503],
                handle: { call throws(ProblemDetails) in
                    let watches = try await model.watches().filter { watch in
                        call.query["tenant"].map { watch.tenant == $0 } ?? true
                    }
                    return .json(200, WatchesDocument(watches: watches).json)
                }
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/watches/{id}",
                operation: "getWatch",
                summary: "One watch.",
                access: .needs(.read),
                variables: [Self.id("watch")],
                answers: WatchesDocument.kind,
                problems: [404, 503],
                handle: { call throws(ProblemDetails) in
                    let id = call.path["id"] ?? ""
                    guard let watch = try await model.watches().first(where: { $0.id == id }) else {
                        throw .notFound("watch \(id)", remedy: "GET /api/v1/watches lists them.")
                    }
                    return .json(200, WatchesDocument(watches: [watch]).json)
                }
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/events",
                operation: "listEvents",
                summary: "What happened, newest last; with Accept: text/event-stream a stream that goes on.",
                access: .needs(.read),
                query: [
                    Self.tenantFilter, Self.limit(1_000),
                    Endpoint.Parameter(name: "since", form: .instant, summary: "Only events from this time on."),
                ],
                answers: EventsDocument.kind,
                problems: [503],
                handle: events
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/requests/{id}",
                operation: "getRequest",
                summary: "What came of a request.",
                access: .needs(.read),
                variables: [Self.id("request")],
                answers: RequestDocument.kind,
                problems: [404],
                handle: { call throws(ProblemDetails) in
                    let id = call.path["id"] ?? ""
                    guard let request = await model.request(id) else {
                        throw .notFound(
                            "request \(id)",
                            remedy: "Requests are kept until the controller ends; GET /api/v1/runs has what was done."
                        )
                    }
                    return .json(200, RequestDocument(request: request).json)
                }
            ),
        ]
    }

    private func tenant(_ name: String?) async throws(ProblemDetails) -> TenantView {
        guard let view = await model.tenants().first(where: { $0.tenant == name }) else {
            throw .notFound("tenant \(name ?? "")", remedy: "GET /api/v1/tenants lists them.")
        }
        return view
    }

    private func plan(_ call: Call) async throws(ProblemDetails) -> Reply {
        let digits = Endpoint.Parameter.hex(call.path["digest"] ?? "")
        let plans = await model.plans(of: nil).filter { plan in
            [plan.planDigest, plan.changesDigest].contains { Endpoint.Parameter.hex($0).hasPrefix(digits) }
        }
        guard !plans.isEmpty else {
            throw .notFound("plan with the digest \(digits)", remedy: "GET /api/v1/plans lists them.")
        }
        return .json(200, PlansDocument(plans: plans).json)
    }

    private func events(_ call: Call) async throws(ProblemDetails) -> Reply {
        if call.wantsEventStream { return .events(tenant: call.query["tenant"], after: call.lastEventID) }
        let query = EventQuery(
            tenant: call.query["tenant"],
            since: call.query["since"].flatMap(Timestamp.instant),
            limit: call.limit(100)
        )
        do {
            return .json(200, EventsDocument(events: try await store.events(query)).json)
        } catch {
            throw ProblemDetails(error)
        }
    }
}

extension ProblemDetails {
    /// What the store said.
    package init(_ error: StateStoreError) {
        switch error {
        case .noSuchRun: self.init(404, id: error.id, "Not found", detail: error.message, remedy: error.remedy)
        case .ambiguousRun:
            self.init(409, id: error.id, "Not one run", detail: error.message, remedy: error.remedy)
        default:
            self.init(503, id: error.id, "The store cannot be used", detail: error.message, remedy: error.remedy)
        }
    }
}
