import FoundationEssentials

/// The Management Activity API.
///
/// Section 8.6. Codes and shapes: learn.microsoft.com/office/office-365-management-api.
extension World {
    mutating func activityFeed(_ steps: [String], _ call: Call) -> Answer {
        guard let token = token(of: call.request), token.expires > now, Resource(root: token.audience) == .activity,
            let tenant = call.tenant, tenant.isCalled(token.tenantId), let index = index(of: tenant.tenantId)
        else { return feedError(401, "AF10001", "The access token is missing, expired or for another audience.") }
        guard token.roles.contains("ActivityFeed.Read") else {
            return feedError(
                403,
                "AF10001",
                "The permission set () sent in the request did not include the expected permission ActivityFeed.Read."
            )
        }
        let way = steps.map(\.asciiLowercased)
        let isOfExchange = call.request.query["contentType"]?.isSame(ignoringCase: ActivityFeed.contentType) ?? false
        switch (call.request.method, way.first, way.count > 1 ? way[1] : "") {
        case ("GET", "subscriptions", "list"): return subscriptions(of: tenant)
        case ("POST", "subscriptions", "start"):
            return isOfExchange ? subscribe(index) : feedError(400, "AF20020", "The content type is not valid.")
        case ("GET", "subscriptions", "content"):
            guard isOfExchange else { return feedError(400, "AF20020", "The content type is not valid.") }
            return contents(of: tenant, call.request)
        case ("GET", "audit", let id): return content(id, of: tenant)
        default: return feedError(404, "AF10000", "There is nothing at \(call.request.path).")
        }
    }

    private func feedError(_ status: Int, _ code: String, _ message: String) -> Answer {
        .json(status, .object(["error": .object(["code": .string(code), "message": .string(message)])]))
    }

    private func subscription(_ tenant: Tenant) -> JSON {
        .object([
            "contentType": .string(ActivityFeed.contentType),
            "status": .string(tenant.activityFeed.started == nil ? "disabled" : "enabled"), "webhook": .null,
        ])
    }

    private func subscriptions(of tenant: Tenant) -> Answer {
        .json(200, .array(tenant.activityFeed.started == nil ? [] : [subscription(tenant)]))
    }

    private mutating func subscribe(_ index: Int) -> Answer {
        guard tenants[index].activityFeed.started == nil else {
            return feedError(400, "AF20024", "The subscription is already enabled. No property change.")
        }
        if let tried = tenants[index].activityFeed.tried, now.timeIntervalSince(tried) < 900 {
            return feedError(400, "AF20021", "The subscription was asked for less than 15 minutes ago.")
        }
        tenants[index].activityFeed.tried = now
        tenants[index].activityFeed.started = now
        return .json(200, subscription(tenants[index]))
    }

    /// The list of what became available in a span of time, page by page.
    private func contents(of tenant: Tenant, _ request: Request) -> Answer {
        guard tenant.activityFeed.started != nil else {
            return feedError(400, "AF20022", "No subscription found for the specified content type.")
        }
        guard let start = request.query["startTime"].flatMap(Timestamp.date),
            let end = request.query["endTime"].flatMap(Timestamp.date), end.timeIntervalSince(start) <= 86_400,
            start <= end
        else {
            return feedError(400, "AF20030", "Start time and end time must both be given, 24 hours apart at most.")
        }
        guard now.timeIntervalSince(start) <= 7 * 86_400 else {
            return feedError(400, "AF20055", "Start time must not be more than 7 days in the past.")
        }
        let fed = tenant.fed(now: now)
        let size = tenant.activityFeed.contentSize
        let pieces = stride(from: 0, to: fed.count, by: size).filter { piece in
            // A piece is there once its last record is.
            let at = fed[min(piece + size, fed.count) - 1].available
            return at >= start && at < end
        }
        let skip = request.query["nextPage"].flatMap { Int($0) } ?? 0
        let base = "\(request.origin)/api/v1.0/\(tenant.tenantId)/activity/feed"
        let page = pieces.dropFirst(skip).prefix(tenant.activityFeed.pageSize).map { piece in
            let at = Timestamp.sevenDigits(fed[min(piece + size, fed.count) - 1].available) + "Z"
            let id = "492638008028$\(piece)$04"
            return JSON.object([
                "contentType": .string(ActivityFeed.contentType), "contentId": .string(id),
                "contentUri": .string("\(base)/audit/\(id)"), "contentCreated": .string(at),
                "contentExpiration": .string(at),
            ])
        }
        var headers: [(name: String, value: String)] = []
        if pieces.count > skip + page.count {
            let next =
                "\(request.origin)/api/v1/\(tenant.tenantId)/activity/feed/subscriptions/content?contentType="
                + "\(ActivityFeed.contentType)&startTime=\(request.query["startTime"] ?? "")&endTime="
                + "\(request.query["endTime"] ?? "")&nextPage=\(skip + page.count)"
            headers.append(("NextPageUri", next))
        }
        return .json(200, .array(Array(page)), headers: headers)
    }

    /// The records of one piece, among those of mailboxes, since the feed knows no filter.
    private func content(_ id: String, of tenant: Tenant) -> Answer {
        let parts = id.split(separator: "$")
        let fed = tenant.fed(now: now)
        guard parts.count == 3, let start = Int(parts[1]), fed.indices.contains(start) else {
            return feedError(400, "AF20050", "The specified content (\(id)) does not exist.")
        }
        let records = fed[start...].prefix(tenant.activityFeed.contentSize).map { JSON.object($0.record.data) }
        let noise = JSON.object([
            "CreationTime": .string(Timestamp.seconds(fed[start].record.time)), "Id": .string("\(id)-mail"),
            "Operation": .string("MailItemsAccessed"), "RecordType": .number(50), "Workload": .string("Exchange"),
            "UserId": .string("eve@\(tenant.organization)"), "UserKey": .string("eve"), "UserType": .number(0),
            "Version": .number(1), "OrganizationId": .string(tenant.tenantId),
        ])
        return .json(200, .array([noise] + records))
    }
}
