import Probing

/// Addresses that are not on the public Internet, so that Exchange Online cannot reach them.
///
/// It is the list by which the prober refuses to connect, so that what is judged and what is probed cannot differ.
package enum SpecialAddress {
    /// What the address's network is called, as in `private`; `nil` for a public address, or for text that is none.
    package static func name(of text: String) -> String? {
        guard case .address(let bytes)? = NameReference(text) else { return nil }
        return NetworkAddress(bytes: bytes)?.specialPurpose
    }
}
