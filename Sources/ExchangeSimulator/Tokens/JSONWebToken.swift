/// A compact JWS, taken apart and not yet believed.
///
/// Source: RFC 7515, section 3.1.
struct JSONWebToken {
    let header: JSONObject
    let claims: JSONObject
    let signature: [UInt8]
    /// What the signature covers.
    let signed: [UInt8]

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decoded(parts[2])
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = Base64URL.decoded(part), let value = try? JSONReader.read(bytes) else { return nil }
        return value.object
    }

    /// The audience claim is one text or several.
    var audiences: [String] { claims["aud"]?.strings ?? [] }

    func seconds(_ claim: String) -> Double? {
        guard case .number(let text)? = claims[claim] else { return nil }
        return Double(text)
    }
}
