/// `InvokeCommand`. Sections 2.1 to 2.6.
extension World {
    mutating func invoke(_ call: Call, _ effect: Effect) -> (answer: Answer, changed: Bool) {
        guard call.request.method == "POST" else { return (Answer(405, headers: [("Allow", "POST")]), false) }
        let token: AccessToken
        let rights: Set<Right>
        switch admission(to: call) {
        case .refused(let answer): return (answer, false)
        case .granted(let caller, let allowed): (token, rights) = (caller, allowed)
        }
        guard let tenant = call.tenant, let index = index(of: tenant.tenantId) else { return (Answer(401), false) }
        let limit = tenants[index].quirks.concurrencyLimit
        if limit > 0, flight(of: tenant.tenantId) > limit { return (.text(503, Refusal.concurrencyText), false) }
        guard case .cmdlet(let name, let parameters) = call.input else {
            return (malformed(call.input, oddForms: tenant.quirks.oddForms), false)
        }
        if let skip = call.request.query["$skiptoken"] {
            return (continuation(skip, call, tenants[index], name), false)
        }
        guard let cmdlet = Cmdlet(name: name), rights.contains(cmdlet.right) else { return (forbidden(), false) }
        var context = CmdletContext(
            now: now,
            actor: .application(clientId: token.clientId, objectId: token.objectId),
            random: random,
            ignoredParameters: effect.ignoredParameters,
            ignoresEmptyLists: effect.emptyListsIgnored,
            staleReads: effect.staleReads
        )
        let answer: Answer
        var changed = false
        do throws(CmdletError) {
            let result = try tenants[index].run(cmdlet, parameters, &context)
            random = context.random
            changed = result.changed
            answer = envelope(result, cmdlet, call, tenants[index], effect)
        } catch {
            random = context.random
            answer = error.answer(oddForms: tenant.quirks.oddForms, random: &random)
        }
        return (identified(answer, cmdlet.name, call.request), changed)
    }

    private func malformed(_ input: Call.Input, oddForms: Bool) -> Answer {
        let reason = if case .wrong(let reason) = input { reason } else { "the body is not understood" }
        var random = random
        // The text is not known; that a wrong outer key is a 400 is. Section 2.3.
        return CmdletError("Microsoft.OData.ODataException", "Bad request: \(reason).", form: .message)
            .answer(oddForms: oddForms, random: &random)
    }

    /// The headers worth logging of section 2.6.
    private mutating func identified(_ answer: Answer, _ cmdlet: String, _ request: Request) -> Answer {
        var answer = answer
        answer.headers.append(("request-id", random.uuid()))
        if let id = request.headers["client-request-id"] { answer.headers.append(("client-request-id", id)) }
        answer.headers.append(("Cmdlet-Name", cmdlet))
        return answer
    }

    // MARK: Success

    /// The envelope of section 2.4, with what a fault adds to it.
    private mutating func envelope(
        _ result: CmdletResult,
        _ cmdlet: Cmdlet,
        _ call: Call,
        _ tenant: Tenant,
        _ effect: Effect
    ) -> Answer {
        let oddForms = tenant.quirks.oddForms
        var rows = effect.rows ?? rows(result, call, tenant)
        let link = nextLink(&rows, call, effect, fails: tenant.quirks.nextLinkFails)
        var body = envelopeHead(tenant, warnings: result.warnings + effect.warnings)
        if !effect.errors.isEmpty {
            body["adminapi.errors@odata.type"] = .string("#Collection(String)")
            body["@adminapi.errors"] = .strings(effect.errors)
        }
        if let text = result.confirmation { body["@adminapi.confirmationmessage"] = .string(text) }
        if let link { body["@odata.nextLink"] = .string(link) }
        // "An empty, null or absent value is a success with zero rows": rule 8 of section 0.
        let forms: [Effect.ValueForm] = oddForms ? [.empty, .empty, .null, .absent] : [.empty]
        let form = effect.valueForm ?? (rows.isEmpty ? random.pick(forms) : nil)
        switch form {
        case .absent: break
        case .null: body["value"] = .null
        case .empty: body["value"] = .array([])
        case nil: body["value"] = .array(rows)
        }
        return .json(200, .object(body))
    }

    private func envelopeHead(_ tenant: Tenant, warnings: [String]) -> JSONObject {
        JSONObject([
            "@odata.context": .string(
                "https://outlook.office365.com/adminapi/beta/\(tenant.tenantId)"
                    + "/$metadata#Collection(Exchange.GenericHashTable)"
            ),
            "adminapi.warnings@odata.type": .string("#Collection(String)"),
            "@adminapi.warnings": .strings(warnings),
        ])
    }

    private mutating func rows(_ result: CmdletResult, _ call: Call, _ tenant: Tenant) -> [JSON] {
        let selected = call.request.query["$select"]?.split(separator: ",").map(String.init)
        return result.rows.map { row in
            var row = row
            if let selected { row = row.selecting(selected) }
            if tenant.quirks.oddForms { row.members.shuffle(using: &random) }
            return .object(row)
        }
    }

    // MARK: Pages

    /// Cuts off what comes behind a link, and returns the link.
    ///
    /// Sections 2.5 and 11.7.
    private mutating func nextLink(_ rows: inout [JSON], _ call: Call, _ effect: Effect, fails: Bool) -> String? {
        switch effect.nextLink {
        case .foreign: return "https://exchange.example.net\(call.request.path)?%24skiptoken=QUJD"
        case .blank: return ""
        case .failing: return link(to: [], call, fails: true)
        case .answering:
            let rest = Array(rows.dropFirst(rows.count / 2))
            rows.removeLast(rest.count)
            return link(to: rest, call, fails: false)
        case nil:
            guard let size = Self.pageSize(call.request), rows.count > size else { return nil }
            let rest = Array(rows.dropFirst(size))
            rows.removeLast(rest.count)
            return link(to: rest, call, fails: fails)
        }
    }

    private mutating func link(to rows: [JSON], _ call: Call, fails: Bool) -> String {
        let token = random.uuid()
        pages[token] = Page(rows: rows, body: call.request.body, fails: fails)
        return "\(call.request.origin)\(call.request.path)?%24skiptoken=\(token)"
    }

    /// `Prefer: odata.maxpagesize=N`; without it there is one page.
    ///
    /// Section 2.2.
    private static func pageSize(_ request: Request) -> Int? {
        for preference in (request.headers["prefer"] ?? "").split(whereSeparator: { ";, ".contains($0) }) {
            let parts = preference.split(separator: "=")
            guard parts.count == 2, parts[0] == "odata.maxpagesize", let size = Int(parts[1]), size > 0 else {
                continue
            }
            return min(size, 1000)
        }
        return nil
    }

    /// The same body, posted to the link; anything else is refused with the text of section 2.5.
    private mutating func continuation(_ skip: String, _ call: Call, _ tenant: Tenant, _ cmdlet: String) -> Answer {
        guard let page = pages[skip], !page.fails, page.body == call.request.body else {
            let error = CmdletError.validation(
                "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
            )
            return error.answer(oddForms: tenant.quirks.oddForms, random: &random)
        }
        pages[skip] = nil
        var rows = page.rows
        let link = nextLink(&rows, call, .none, fails: tenant.quirks.nextLinkFails)
        var body = envelopeHead(tenant, warnings: [])
        if let link { body["@odata.nextLink"] = .string(link) }
        body["value"] = .array(rows)
        return identified(.json(200, .object(body)), cmdlet, call.request)
    }
}

extension JSONObject {
    /// These members with their sidecars.
    func selecting(_ names: [String]) -> JSONObject {
        JSONObject(
            members.filter { member in
                let plain = member.name.split(separator: "@", maxSplits: 1).first.map(String.init) ?? ""
                return names.contains { $0.isSame(ignoringCase: plain) }
            }
        )
    }
}
