import FoundationEssentials
import JSON

extension TokenClaims {
    /// Reads the payload of a token without checking its signature; nothing for an opaque token.
    package init?(_ token: AccessToken) {
        let parts = token.text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64URL.bytes(parts[1]) else { return nil }
        guard let payload = try? JSONParser.parse(bytes), case .object = payload else { return nil }
        self.init(
            audience: payload["aud"]?.text,
            tenantId: payload["tid"]?.text?.lowercased(),
            applicationId: (payload["appid"] ?? payload["azp"])?.text?.lowercased(),
            objectId: payload["oid"]?.text?.lowercased(),
            roles: payload["roles"]?.elements?.compactMap(\.text) ?? [],
            directoryRoles: payload["wids"]?.elements?.compactMap { $0.text?.lowercased() } ?? [],
            expires: payload["exp"]?.integer.map { Date(timeIntervalSince1970: Double($0)) }
        )
    }
}
