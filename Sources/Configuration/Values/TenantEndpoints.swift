/// Addresses that replace the cloud's own, for a simulator or a private cloud; `nil` leaves the cloud's.
///
/// Each is `https`, or `http` on a loopback address; without a slash at its end.
package struct TenantEndpoints: Hashable, Sendable {
    package var login: String?
    package var exchange: String?
    package var graph: String?
    /// The Management Activity API's.
    package var activity: String?
    /// A PEM bundle that these servers' certificates are checked against; `nil`: the system's.
    package var caFile: String?

    package init(
        login: String? = nil,
        exchange: String? = nil,
        graph: String? = nil,
        activity: String? = nil,
        caFile: String? = nil
    ) {
        self.login = login
        self.exchange = exchange
        self.graph = graph
        self.activity = activity
        self.caFile = caFile
    }
}
