package import FoundationEssentials

/// Base64 with the alphabet of URLs and without padding (RFC 4648 5), as JSON Web Tokens use it.
package enum Base64URL {
    package static func text(_ bytes: some DataProtocol) -> String {
        let base64 = Data(bytes).base64EncodedString()
        return String(
            decoding: base64.utf8.compactMap { byte -> UInt8? in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                case UInt8(ascii: "="): nil
                default: byte
                }
            },
            as: UTF8.self
        )
    }

    /// The bytes of either alphabet, with or without padding.
    package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        var base64 = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }
        while base64.count % 4 != 0 { base64.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(base64)).map(Array.init)
    }
}
