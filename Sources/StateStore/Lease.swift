package import FoundationEssentials

/// The right of one run to write for one tenant.
///
/// Each new lease of a tenant has a higher fencing number, by which a write of a run that was away too long is refused.
package struct Lease: Hashable, Sendable {
    package let tenant: String
    package let holder: RunHolder
    package let fence: Int
    /// How long it holds without being renewed.
    package let duration: Duration

    package init(tenant: String, holder: RunHolder, fence: Int, duration: Duration) {
        self.tenant = tenant
        self.holder = holder
        self.fence = fence
        self.duration = duration
    }
}

/// A lease as others see it.
///
/// Times are those of the store's clock.
package struct HeldLease: Hashable, Sendable {
    package var holder: RunHolder
    package var since: Date
    /// When it runs out unless it is renewed.
    package var until: Date

    package init(holder: RunHolder, since: Date, until: Date) {
        self.holder = holder
        self.since = since
        self.until = until
    }
}

package enum LeaseAnswer: Hashable, Sendable {
    case granted(Lease)
    /// Another run holds it.
    case held(HeldLease)
}
