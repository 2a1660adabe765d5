/// A request whose answer is on its way.
struct Ticket: Hashable, Sendable {
    let number: Int
    /// The tenant whose requests in flight it counts among.
    let tenantId: String?
}
