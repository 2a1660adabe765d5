/// What is trusted without proof: certificate roots, or the DNS root's keys.
package enum TrustAnchors: Hashable, Sendable {
    case system
    /// A file that replaces the system's.
    case file(String)
}
