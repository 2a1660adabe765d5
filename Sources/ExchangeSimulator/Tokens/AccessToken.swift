import Crypto
import FoundationEssentials

/// The claims that the simulator puts into its tokens and reads back.
///
/// A token looks like Entra's, so that a client may print what it holds, but its signature is an HMAC of this process:
/// a client has to treat a token as opaque, and only the resource judges it.
struct AccessToken: Sendable {
    let audience: String
    let tenantId: String
    let clientId: String
    let objectId: String
    let roles: [String]
    /// Template ids of directory roles.
    let wids: [String]
    let expires: Date
    /// Whether it was asked for with the claims of a challenge.
    ///
    /// Section 1.4.
    let answersChallenge: Bool

    func encoded(key: SymmetricKey, now: Date, random: inout Random) -> String {
        let seconds = { (date: Date) in JSON.number(Int(date.timeIntervalSince1970)) }
        var claims = JSONObject([
            "aud": .string(audience), "iss": .string("https://sts.windows.net/\(tenantId)/"), "iat": seconds(now),
            "nbf": seconds(now), "exp": seconds(expires), "appid": .string(clientId), "appidacr": .string("2"),
            "idtyp": .string("app"), "oid": .string(objectId), "roles": .strings(roles), "sub": .string(objectId),
            "tid": .string(tenantId), "uti": .string(random.uuid()), "ver": .string("1.0"), "wids": .strings(wids),
        ])
        if answersChallenge { claims["xms_challenge"] = .bool(true) }
        let header = JSON.object(["typ": .string("JWT"), "alg": .string("RS256"), "kid": .string("simulator")])
        let signed = [header, .object(claims)].map { Base64URL.encoded($0.bytes) }.joined(separator: ".")
        let signature = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)
        return "\(signed).\(Base64URL.encoded(Array(signature)))"
    }

    /// `nil` for anything that this process did not issue.
    init?(_ text: String, key: SymmetricKey) {
        guard let token = JSONWebToken(text),
            HMAC<SHA256>.isValidAuthenticationCode(token.signature, authenticating: token.signed, using: key),
            let audience = token.audiences.first, let tenantId = token.claims["tid"]?.string,
            let clientId = token.claims["appid"]?.string, let objectId = token.claims["oid"]?.string,
            let expires = token.seconds("exp")
        else { return nil }
        self.init(
            audience: audience,
            tenantId: tenantId,
            clientId: clientId,
            objectId: objectId,
            roles: token.claims["roles"]?.strings ?? [],
            wids: token.claims["wids"]?.strings ?? [],
            expires: Date(timeIntervalSince1970: expires),
            answersChallenge: token.claims["xms_challenge"]?.bool ?? false
        )
    }

    init(
        audience: String,
        tenantId: String,
        clientId: String,
        objectId: String,
        roles: [String],
        wids: [String],
        expires: Date,
        answersChallenge: Bool
    ) {
        self.audience = audience
        self.tenantId = tenantId
        self.clientId = clientId
        self.objectId = objectId
        self.roles = roles
        self.wids = wids
        self.expires = expires
        self.answersChallenge = answersChallenge
    }
}
