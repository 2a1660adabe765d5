/// `/simulator/…`: what a test or a demonstration asks for over HTTP.
extension World {
    mutating func control(_ name: String, _ request: Request) -> Answer {
        switch (request.method, name) {
        case ("GET", "health"): return .json(200, health)
        case ("GET", "state"): return .json(200, state)
        case ("GET", "requests"): return .json(200, .array(log.map(\.json)))
        case ("DELETE", "requests"):
            log = []
            return Answer(204)
        case ("GET", "faults"):
            return .json(
                200,
                .array(faults.map { .object(["seen": .number($0.seen), "waiting": .bool($0.isWaiting)]) })
            )
        case ("POST", "release"): return Answer(204)
        case ("POST", "faults"):
            return controlled { world throws(SimulatorError) in
                world.faults = try Self.faults(request.text)
            }
        case ("POST", "seed"):
            return controlled { world throws(SimulatorError) in
                world.take(try Seed.read(request.text))
            }
        case ("POST", "tenant"):
            return controlled { world throws(SimulatorError) in
                try world.set(try DocumentNode.settings(request.text))
            }
        case ("POST", "clock"):
            return controlled { world throws(SimulatorError) in
                try world.moveClock(try DocumentNode.settings(request.text))
            }
        case ("POST", "mail"):
            return controlled { world throws(SimulatorError) in
                try world.send(try DocumentNode.settings(request.text))
            }
        case ("POST", "edit"):
            return controlled { world throws(SimulatorError) in
                try world.edit(request.text)
            }
        default:
            return .text(404, "There is no \(request.method) /simulator/\(name).")
        }
    }

    private mutating func controlled(_ step: (inout World) throws(SimulatorError) -> Void) -> Answer {
        do throws(SimulatorError) {
            try step(&self)
            return Answer(204)
        } catch {
            let status = if case .unknownTenant = error { 404 } else { 400 }
            return .text(status, "\(error)\n")
        }
    }

    private var health: JSON {
        .object([
            "status": .string("ok"), "port": .number(port),
            "tenants": .array(
                tenants.map {
                    .object([
                        "tenantId": .string($0.tenantId), "organization": .string($0.organization),
                        "peakInFlight": .number(peak(of: $0.tenantId)),
                    ])
                }
            ),
        ])
    }

    /// Reads `{"tenant", …}` with members of the tenant's seed, and sets those.
    mutating func set(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["tenant"] + Tenant.settableMembers)
        catchUpMail()
        let name = try node.needed("tenant").string()
        guard let index = index(of: name) else { throw .unknownTenant(name) }
        try tenants[index].set(node)
    }

    /// Reads `{"advance": seconds}`; the clock goes forward only.
    mutating func moveClock(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["advance"])
        let advance = try node.needed("advance")
        let seconds = try advance.int()
        guard (0...Self.longestAdvance).contains(seconds) else {
            throw advance.wrong("seconds up to \(Self.longestAdvance) are expected")
        }
        moveClock(by: seconds)
    }

    /// Ninety days, as far as a message trace goes back.
    private static let longestAdvance = 90 * 86_400

    /// Reads `{"tenant", "from", "to": […], "count"?}`, and has the messages come in now.
    mutating func send(_ node: DocumentNode) throws(SimulatorError) {
        try node.onlyMembers(["tenant", "from", "to", "count"])
        let name = try node.needed("tenant").string()
        guard let index = index(of: name) else { throw .unknownTenant(name) }
        let letter = try Letter(node, at: now)
        if tenants[index].mail == nil { tenants[index].mail = MailFlow(MailSettings()) }
        tenants[index].mail?.expect(letter)
        catchUpMail()
    }

    /// Reads `{"tenant", "userId", "cmdlet", "parameters": {…}}`, and runs it.
    private mutating func edit(_ text: String) throws(SimulatorError) {
        guard let body = try? JSONReader.read(text).object, let tenant = body["tenant"]?.string,
            let cmdlet = body["cmdlet"]?.string
        else { throw .badEdit(reason: "the body names no tenant or no cmdlet, or is not JSON") }
        guard let parameters = (body["parameters"] ?? .object([:])).object else {
            throw .badEdit(reason: "parameters is not an object")
        }
        let userId = body["userId"]?.string ?? "admin@\(tenant)"
        try edit(tenant: tenant, Effect.Edit(userId: userId, cmdlet: cmdlet, parameters: parameters))
    }

    /// Another administrator's change: every right, no fault, `userId` in the audit log.
    mutating func edit(tenant name: String, _ edit: Effect.Edit) throws(SimulatorError) {
        catchUpMail()
        guard let index = index(of: name) else { throw .unknownTenant(name) }
        guard let cmdlet = Cmdlet(name: edit.cmdlet) else {
            throw .badEdit(reason: "no cmdlet is called \"\(edit.cmdlet)\"")
        }
        var context = CmdletContext(now: now, actor: .administrator(userId: edit.userId), random: random)
        do throws(CmdletError) {
            _ = try tenants[index].run(cmdlet, edit.parameters, &context)
        } catch {
            throw .refused(type: error.type, text: error.text)
        }
        random = context.random
    }
}
