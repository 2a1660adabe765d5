package import Connectors

/// Where a tenant's services are reached: those of its cloud, or an operator's own.
package struct Endpoints: Hashable, Sendable {
    package let cloud: Cloud
    /// `https://login.microsoftonline.com`: scheme, host and perhaps a port, with no final slash.
    package let login: String
    package let exchange: String
    package let graph: String
    /// The Management Activity API's; `nil` in a cloud that has none.
    package let activity: String?
    /// `exchange`, read.
    let exchangeOrigin: Origin

    package init(cloud: Cloud) {
        self.cloud = cloud
        login = "https://\(cloud.loginHost)"
        exchange = "https://\(cloud.exchangeHost)"
        graph = "https://\(cloud.graphHost)"
        activity = cloud.activityHost.map { "https://\($0)" }
        exchangeOrigin = Origin(https: cloud.exchangeHost)
    }

    /// A cloud's endpoints with some of them replaced, for a simulator or a private cloud.
    ///
    /// - Throws: `endpoint-invalid` for anything but `https://host[:port]`, or `http://` to this machine itself.
    package init(
        cloud: Cloud,
        login: String?,
        exchange: String?,
        graph: String?,
        activity: String? = nil
    ) throws(ExchangeError) {
        let exchangeOrigin = try Self.origin(exchange, named: "exchange") ?? Origin(https: cloud.exchangeHost)
        self.cloud = cloud
        self.login = (try Self.origin(login, named: "login") ?? Origin(https: cloud.loginHost)).description
        self.exchange = exchangeOrigin.description
        self.graph = (try Self.origin(graph, named: "graph") ?? Origin(https: cloud.graphHost)).description
        self.activity = try (Self.origin(activity, named: "activity") ?? cloud.activityHost.map(Origin.init(https:)))?
            .description
        self.exchangeOrigin = exchangeOrigin
    }

    private static func origin(_ text: String?, named name: String) throws(ExchangeError) -> Origin? {
        guard let text else { return nil }
        guard let origin = Origin(text), origin.isSafe else {
            throw ExchangeError(
                .endpointInvalid,
                "The endpoint \"\(name)\" is not an address of the form https://host[:port].",
                remedy: "Write it without path and user name; plain http is for 127.0.0.1, ::1 and localhost only."
            )
        }
        return origin
    }

    /// What a token is asked for; the cloud's own, wherever the endpoint leads.
    func resource(_ resource: TokenResource) -> String {
        switch resource {
        case .exchange: "https://\(cloud.exchangeHost)"
        case .graph: "https://\(cloud.graphHost)"
        case .activity: "https://\(cloud.activityHost ?? "manage.office.com")"
        // Its application id: Azure DevOps has no address of its own as a resource.
        // Source: learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity.
        case .azureDevOps: "499b84ac-1321-427f-aa17-267ca6975798"
        }
    }
}

/// A resource that tokens are issued for: one token, one resource.
package enum TokenResource: String, Hashable, Sendable, CaseIterable {
    case exchange
    case graph
    /// The Office 365 Management APIs.
    case activity
    case azureDevOps
}
