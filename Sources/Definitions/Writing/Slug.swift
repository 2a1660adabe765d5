package import Connectors

/// The name of a document in git: `fabrikam-forced-tls`.
package enum Slug {
    /// Lower-case letters, digits and hyphens, at most 63, a letter or digit at both ends (RFC 1123 2.1, as Kubernetes has it).
    package static func isValid(_ text: String) -> Bool {
        let utf8 = text.utf8
        guard let first = utf8.first, let last = utf8.last, utf8.count <= 63 else { return false }
        return isLetter(first) && isLetter(last) && utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 97 && byte <= 122 || byte >= 48 && byte <= 57 }

    /// A slug made from what people call a thing; the same text gives the same slug.
    package static func from(_ text: String) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            let lower = scalar.value >= 65 && scalar.value <= 90 ? scalar.value + 32 : scalar.value
            for byte in transcriptions[scalar].map({ Array($0.utf8) }) ?? [lower < 0x80 ? UInt8(lower) : 0] {
                if isLetter(byte) {
                    bytes.append(byte)
                } else if !(0x300...0x36F).contains(scalar.value), bytes.last != UInt8(ascii: "-") {
                    bytes.append(UInt8(ascii: "-"))
                }
            }
        }
        var slug = bytes.drop { $0 == UInt8(ascii: "-") }.prefix(56)
        while slug.last == UInt8(ascii: "-") { slug.removeLast() }
        return slug.isEmpty ? "connector" : String(decoding: slug, as: UTF8.self)
    }

    /// A slug for each object, by its place in the list: unique in its kind, and the same for the same objects in any order.
    ///
    /// - Parameter taken: What is in use already.
    package static func unique(for connectors: [ObservedConnector], except taken: Set<ConnectorKey> = []) -> [String] {
        var taken = taken
        var slugs = [String](repeating: "", count: connectors.count)
        let order = connectors.indices.sorted {
            (connectors[$0].displayName, connectors[$0].guid) < (connectors[$1].displayName, connectors[$1].guid)
        }
        for index in order {
            let base = from(connectors[index].displayName)
            var slug = base
            var number = 2
            while !taken.insert(ConnectorKey(kind: connectors[index].kind, name: slug)).inserted {
                slug = "\(base)-\(number)"
                number += 1
            }
            slugs[index] = slug
        }
        return slugs
    }

    private static let transcriptions: [Unicode.Scalar: String] = {
        let letters = [
            ("àáâãäåāăąÀÁÂÃÄÅĀĂĄ", "a"), ("çćĉċčÇĆĈĊČ", "c"), ("ďđðĎĐÐ", "d"), ("èéêëēĕėęěÈÉÊËĒĔĖĘĚ", "e"),
            ("ĝğġģĜĞĠĢ", "g"), ("ĥħĤĦ", "h"), ("ìíîïĩīĭįıÌÍÎÏĨĪĬĮİ", "i"), ("ĵĴ", "j"), ("ķĶ", "k"), ("ĺļľłĹĻĽŁ", "l"),
            ("ñńņňÑŃŅŇ", "n"), ("òóôõöøōŏőÒÓÔÕÖØŌŎŐ", "o"), ("ŕŗřŔŖŘ", "r"), ("śŝşšșŚŜŞŠȘ", "s"), ("ţťțŢŤȚ", "t"),
            ("ùúûüũūŭůűųÙÚÛÜŨŪŬŮŰŲ", "u"), ("ŵŴ", "w"), ("ýÿŷÝŶŸ", "y"), ("źżžŹŻŽ", "z"), ("ß", "ss"), ("æÆ", "ae"),
            ("œŒ", "oe"), ("þÞ", "th"), ("&", "-and-"), ("+", "-plus-"),
        ]
        var table: [Unicode.Scalar: String] = [:]
        for (accented, plain) in letters {
            for scalar in accented.unicodeScalars { table[scalar] = plain }
        }
        return table
    }()
}
