package import FoundationEssentials
package import Scheduling

/// What the site asks of the controller: views to show, and requests to pass on.
///
/// The site decides nothing about mail; what is refused comes back as a `ProblemDetails`.
package protocol SiteModel: Sendable {
    func tenants() async -> [TenantView]
    /// Plans that wait or were carried out last, one for each tenant.
    func plans(of tenant: String?) async -> [PlanView]
    func watches() async throws(ProblemDetails) -> [WatchView]
    func request(_ id: String) async -> RequestView?
    func readiness() async -> Readiness
    /// The metrics in Prometheus' text format.
    func metrics() async -> String
    /// Yields whenever events were stored; ends with the controller.
    func eventSignals() -> AsyncStream<Void>

    func ask(tenant: String, by caller: String) async throws(ProblemDetails) -> RequestView
    /// - Parameter verdict: What the gate said when the caller looked; a plan of which it says worse by now is not approved.
    func approve(
        tenant: String?,
        digest: String,
        verdict: GateWord.Verdict?,
        reason: String,
        by caller: String
    ) async throws(ProblemDetails) -> [ApprovalView]
    func suspend(
        tenant: String,
        until: Date,
        reason: String,
        by caller: String
    ) async throws(ProblemDetails) -> SuspensionView
    func resume(tenant: String, by caller: String) async throws(ProblemDetails)
    func retry(tenant: String?, source: String?, by caller: String) async throws(ProblemDetails) -> [RequestView]
    func endWatch(_ id: String, reason: String, by caller: String) async throws(ProblemDetails) -> WatchView
    /// Takes a forge's delivery; it answers at once and the same whatever it makes of it.
    /// Whether a forge can deliver to this hook; a body for any other is not read.
    func knows(hook: String) -> Bool
    func take(_ delivery: HookDelivery)
    func rollBack(run: String, reason: String, by caller: String) async throws(ProblemDetails) -> RequestView
}

/// What was posted to a hook, with nothing of it checked.
package struct HookDelivery: Sendable {
    /// What stands behind `/hook/` in the address.
    package var hook: String
    /// In the order in which they came.
    package var headers: [(name: String, value: String)]
    /// At most ``limit`` bytes.
    package var body: [UInt8]

    /// In bytes.
    package static let limit = 1 << 20

    package init(hook: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.hook = hook
        self.headers = headers
        self.body = body
    }
}

/// Whether the controller can do its work.
package struct Readiness: Hashable, Sendable {
    /// Why it is not ready, in sentences; empty: it is.
    package var missing: [String]

    package init(missing: [String] = []) { self.missing = missing }
}
