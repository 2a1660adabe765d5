import FoundationEssentials

/// The parts of Graph that concern connectors: the tenant's domains, the audit search, and the application's own secrets.
///
/// Sections 6.1 and 8.3.
extension World {
    mutating func graph(_ path: String, _ call: Call) -> Answer {
        guard let token = token(of: call.request), token.expires > now, Resource(root: token.audience) == .graph,
            let tenant = call.tenant
        else {
            return graphError(
                401,
                "InvalidAuthenticationToken",
                "Access token is empty, expired or for another audience."
            )
        }
        let steps = path.split(separator: "/").map(String.init)
        let isAudit = Array(steps.prefix(3)).map(\.asciiLowercased) == ["security", "auditlog", "queries"]
        if steps.first == "domains", steps.count == 1, call.request.method == "GET" {
            guard token.roles.contains(where: ["Domain.Read.All", "Directory.Read.All"].contains) else {
                return graphError(
                    403,
                    "Authorization_RequestDenied",
                    "Insufficient privileges to complete the operation."
                )
            }
            return .json(200, .object(["value": .array(tenant.acceptedDomains.map(Self.graphDomain))]))
        }
        if steps.first == "applications", steps.count == 1, call.request.method == "GET" {
            return applications(call.request, token, tenant)
        }
        if steps.count >= 4,
            steps.prefix(4).map(\.asciiLowercased) == ["admin", "exchange", "tracing", "messagetraces"]
        {
            return graphTrace(Array(steps.dropFirst(4)), call.request, token, tenant)
        }
        let isVersion1 = call.request.path.asciiLowercased.hasPrefix("/v1.0/")
        guard isAudit, !isVersion1 || tenant.quirks.graphAuditInVersion1 else {
            return graphError(404, "NotFound", "Resource not found for the segment '\(path)'.")
        }
        let wanted = ["AuditLogsQuery-Exchange.Read.All", "AuditLogsQuery.Read.All"]
        guard token.roles.contains(where: wanted.contains) else {
            return graphError(403, "Forbidden", "The request is not authorized for this user or application.")
        }
        switch (call.request.method, steps.count) {
        case ("POST", 3): return startQuery(call.request, tenant)
        case ("GET", 4): return pollQuery(steps[3])
        case ("GET", 5) where steps[4] == "records": return records(steps[3], call.request, tenant)
        default: return graphError(404, "NotFound", "Resource not found for the segment '\(path)'.")
        }
    }

    mutating func graphError(_ status: Int, _ code: String, _ message: String) -> Answer {
        let id = random.uuid()
        return .json(
            status,
            .object([
                "error": .object([
                    "code": .string(code), "message": .string(message),
                    "innerError": .object([
                        "date": .string(Timestamp.seconds(now)), "request-id": .string(id),
                        "client-request-id": .string(id),
                    ]),
                ])
            ])
        )
    }

    /// One application by its `appId`, with its secrets; of a secret only the first three characters are told.
    private mutating func applications(_ request: Request, _ token: AccessToken, _ tenant: Tenant) -> Answer {
        guard token.roles.contains("Application.Read.All") else {
            return graphError(
                403,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation."
            )
        }
        let filter = (request.query["$filter"] ?? "").split(separator: "'").map(String.init)
        guard filter.count == 2, filter[0] == "appId eq " else {
            return graphError(400, "Request_BadRequest", "Invalid filter clause.")
        }
        let found = tenant.applications.filter { $0.clientId.isSame(ignoringCase: filter[1]) }
        return .json(200, .object(["value": .array(found.map(\.graphJSON))]))
    }

    private static func graphDomain(_ domain: JSONObject) -> JSON {
        .object([
            "id": domain["DomainName"] ?? .null, "isVerified": .bool(true),
            "isDefault": domain["Default"] ?? .bool(false),
            "isInitial": domain["InitialDomain"] ?? .bool(false), "authenticationType": .string("Managed"),
            "supportedServices": .strings(["Email", "OfficeCommunicationsOnline"]),
        ])
    }

    // MARK: Audit search

    private mutating func startQuery(_ request: Request, _ tenant: Tenant) -> Answer {
        guard let body = (try? JSONReader.read(request.body))?.object else {
            return graphError(400, "BadRequest", "The body is not JSON.")
        }
        let query = AuditQuery(id: random.uuid(), tenantId: tenant.tenantId, request: body)
        auditQueries[query.id] = query
        return .json(201, query.json)
    }

    private mutating func pollQuery(_ id: String) -> Answer {
        guard var query = auditQueries[id] else { return graphError(404, "NotFound", "No query \(id).") }
        query.polls += 1
        auditQueries[id] = query
        return .json(200, query.json)
    }

    /// Pages of 100 by GET.
    ///
    /// Section 6.1.
    private mutating func records(_ id: String, _ request: Request, _ tenant: Tenant) -> Answer {
        guard let query = auditQueries[id], query.tenantId == tenant.tenantId, query.status == "succeeded" else {
            return graphError(404, "NotFound", "No finished query \(id).")
        }
        let found = tenant.visibleAudit(now: now).filter(query.matches)
        let start = request.query["$skiptoken"].flatMap { Int($0) } ?? 0
        var body = JSONObject(["value": .array(found.dropFirst(start).prefix(100).map(\.graphJSON))])
        if found.count > start + 100 {
            body["@odata.nextLink"] = .string("\(request.origin)\(request.path)?%24skiptoken=\(start + 100)")
        }
        return .json(200, .object(body))
    }
}
