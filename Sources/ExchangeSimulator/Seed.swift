import FoundationEssentials

/// What a simulator starts with; `Seed.json` writes the same form.
struct Seed: Sendable {
    var tenants: [Tenant] = []
    /// Of tokens, in seconds; section 1.1 shows 3599.
    var tokenLifetime = 3599
    /// The secret in `X-IDENTITY-HEADER` of App Service.
    var identityHeader = "simulator"

    static func read(_ text: String) throws(SimulatorError) -> Seed {
        let node = try DocumentNode.seed(text)
        try node.onlyMembers(["tenants", "tokenLifetime", "identityHeader"])
        var seed = Seed()
        seed.tokenLifetime = try node["tokenLifetime"]?.int() ?? seed.tokenLifetime
        seed.identityHeader = try node["identityHeader"]?.string() ?? seed.identityHeader
        var names: Set<String> = []
        for tenant in try node["tenants"]?.items() ?? [] {
            let read = try Tenant(tenant)
            if names.contains(read.tenantId.asciiLowercased) {
                throw tenant.wrong("there is already a tenant \(read.tenantId)")
            }
            names.formUnion(read.names.map(\.asciiLowercased))
            seed.tenants.append(read)
        }
        return seed
    }

    var json: JSON {
        var result = JSONObject(["tenants": .array(tenants.map { .object($0.seed) })])
        if tokenLifetime != 3599 { result["tokenLifetime"] = .number(tokenLifetime) }
        if identityHeader != "simulator" { result["identityHeader"] = .string(identityHeader) }
        return .object(result)
    }
}
