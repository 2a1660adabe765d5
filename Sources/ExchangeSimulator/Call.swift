/// A request, read as far as logging and faults need it.
struct Call: Sendable {
    enum Route: Hashable, Sendable {
        case control(String)
        /// The token endpoint, under a tenant's name. Section 1.1.
        case token(String)
        /// The two forms of managed identity. Section 1.1 d.
        case instanceMetadata, appService
        case invoke(String)
        case moduleFile(String)
        case batch(String)
        case graph(String)
        /// The tenant's name, and what follows `activity/feed`. Section 8.6.
        case activity(String, [String])
        case unknown

        /// Whether it counts among a tenant's requests in flight.
        var isForTenant: Bool {
            switch self {
            case .invoke, .moduleFile, .batch, .graph, .activity: true
            default: false
            }
        }
    }

    /// The cmdlet of an InvokeCommand body, or why there is none.
    ///
    /// Section 2.3.
    enum Input: Hashable, Sendable {
        case cmdlet(String, JSONObject)
        case wrong(String)
    }

    let request: Request
    let route: Route
    let input: Input
    /// As the tenant stands when the request arrives.
    let tenant: Tenant?

    /// - Parameter find: The tenant that is called so.
    init(_ request: Request, token: AccessToken?, find: (String) -> Tenant?) {
        self.request = request
        route = Self.route(of: request)
        switch route {
        case .invoke(let name):
            input = Self.input(of: request.body)
            tenant = find(name)
        case .token(let name), .moduleFile(let name), .batch(let name), .activity(let name, _):
            input = .wrong("the request has no cmdlet")
            tenant = find(name)
        case .graph:
            input = .wrong("the request has no cmdlet")
            tenant = token.flatMap { find($0.tenantId) }
        default:
            input = .wrong("the request has no cmdlet")
            tenant = nil
        }
    }

    var cmdlet: String? {
        guard case .cmdlet(let name, _) = input else { return nil }
        return name
    }

    var parameters: JSONObject? {
        guard case .cmdlet(_, let parameters) = input else { return nil }
        return parameters
    }

    /// What the cmdlet is about: `Identity`, or `Name` where there is none.
    var object: String? {
        (parameters?.value(ignoringCase: "Identity") ?? parameters?.value(ignoringCase: "Name"))?.string
    }

    private static func route(of request: Request) -> Route {
        let steps = request.path.split(separator: "/").map(String.init)
        let lower = steps.map(\.asciiLowercased)
        if lower.first == "simulator" { return .control(lower.dropFirst().joined(separator: "/")) }
        if lower.count == 4, Array(lower[1...]) == ["oauth2", "v2.0", "token"] { return .token(steps[0]) }
        if lower == ["metadata", "identity", "oauth2", "token"] { return .instanceMetadata }
        if lower == ["msi", "token"] { return .appService }
        if lower.count == 4, lower[0] == "adminapi", ["beta", "v1.0"].contains(lower[1]) {
            switch lower[3] {
            case "invokecommand": return .invoke(steps[2])
            case "exomodulefile": return .moduleFile(steps[2])
            case "$batch": return .batch(steps[2])
            default: return .unknown
            }
        }
        let isOfFeed = lower.count > 5 && lower[0] == "api" && Array(lower[3...4]) == ["activity", "feed"]
        if isOfFeed, ["v1.0", "v1"].contains(lower[1]) {
            return .activity(steps[2], Array(steps.dropFirst(5)))
        }
        if let version = lower.first, ["beta", "v1.0"].contains(version) {
            return .graph(steps.dropFirst().joined(separator: "/"))
        }
        return .unknown
    }

    /// Outer keys are case-sensitive, and `Parameters` has to be an object.
    ///
    /// Section 2.3.
    static func input(of body: [UInt8]) -> Input {
        guard let document = try? JSONReader.read(body) else { return .wrong("the body is not JSON") }
        guard let outer = document.object?["CmdletInput"]?.object else {
            return .wrong("the body has no object CmdletInput")
        }
        guard let name = outer["CmdletName"]?.string, !name.isEmpty else {
            return .wrong("CmdletInput has no CmdletName")
        }
        guard let parameters = outer["Parameters"]?.object else {
            return .wrong("CmdletInput has no object Parameters")
        }
        return .cmdlet(name, parameters)
    }
}
