/// What is trusted without proof: certificate roots, or the DNS root's keys.
package enum TrustAnchors: Hashable, Sendable {
    case system
    /// A file that replaces the system's.
    case file(String)

    /// The file's; `nil` for the system's.
    package var path: String? { if case .file(let path) = self { path } else { nil } }
}
