package import FoundationEssentials

/// What one DNS question brought: an answer, its absence, or why there was none.
package struct DNSObservation: Hashable, Sendable, Codable {
    package var question: DNSQuestion
    /// The records of the type that was asked for, at the end of the chain of aliases.
    package var answers: [DNSRecord]
    /// The names that aliases led to, in order; the last one owns the answers.
    ///
    /// Empty when the name is not an alias.
    package var aliases: [String]
    package var dnssec: DNSSECStatus
    /// The response code, as in 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED; `nil` when no response came.
    package var rcode: Int?
    /// How long the absence of an answer may be remembered, in seconds: the SOA's minimum; `nil` when unknown.
    package var negativeTTL: Int?
    /// Who answered: `system`, or the resolver's address.
    package var resolver: String
    /// How often it was asked.
    package var tries: Int
    package var at: Date
    /// Why there is no usable response; `nil` when one came, be it NODATA or NXDOMAIN.
    package var failure: DNSFailure?

    package init(
        question: DNSQuestion,
        answers: [DNSRecord] = [],
        aliases: [String] = [],
        dnssec: DNSSECStatus = .insecure,
        rcode: Int? = 0,
        negativeTTL: Int? = nil,
        resolver: String = "system",
        tries: Int = 1,
        at: Date,
        failure: DNSFailure? = nil
    ) {
        self.question = question
        self.answers = answers
        self.aliases = aliases
        self.dnssec = dnssec
        self.rcode = rcode
        self.negativeTTL = negativeTTL
        self.resolver = resolver
        self.tries = tries
        self.at = at
        self.failure = failure
    }
}

package struct DNSQuestion: Hashable, Sendable, Codable {
    /// A-labels in lower case, without a final dot.
    package var name: String
    package var type: DNSRecordType

    package init(_ name: String, _ type: DNSRecordType) {
        self.name = name
        self.type = type
    }
}

package enum DNSRecordType: String, Hashable, Sendable, Codable, CaseIterable {
    case a = "A"
    case aaaa = "AAAA"
    case cname = "CNAME"
    case mx = "MX"
    case tlsa = "TLSA"
    case txt = "TXT"
}

package struct DNSRecord: Hashable, Sendable, Codable {
    /// In seconds, as the resolver gave it.
    package var ttl: Int
    package var data: DNSData

    package init(ttl: Int = 300, _ data: DNSData) {
        self.ttl = ttl
        self.data = data
    }
}

/// A record's data; names are A-labels in lower case without a final dot, and the root is `.`.
package enum DNSData: Hashable, Sendable, Codable {
    /// An IPv4 or IPv6 address in its usual text form.
    case address(String)
    case alias(String)
    case mx(preference: Int, host: String)
    case tlsa(TLSARecord)
    /// The strings of one TXT record, joined (RFC 7208 3.3, RFC 8461 3.1); bytes that are not UTF-8 as U+FFFD.
    case text(String)
    /// Data that does not parse as its type, in hexadecimal.
    case malformed(String)
}

/// Source: RFC 6698 2.1.
package struct TLSARecord: Hashable, Sendable, Codable {
    package var usage: Int
    package var selector: Int
    package var matchingType: Int
    /// The certificate association data.
    package var data: Base64Bytes

    package init(usage: Int, selector: Int, matchingType: Int, data: [UInt8]) {
        self.usage = usage
        self.selector = selector
        self.matchingType = matchingType
        self.data = Base64Bytes(data)
    }
}

/// What a validating resolver says of an answer, or of the absence of one.
package enum DNSSECStatus: Hashable, Sendable, Codable {
    case secure
    case insecure
    /// The signatures do not fit; `why` is the validator's reason.
    case bogus(why: String)
}

package enum DNSFailure: Hashable, Sendable, Codable {
    case timedOut
    /// A response code that is neither NOERROR nor NXDOMAIN; the observation has it.
    case refused
    /// Aliases that lead in a circle, or through more than eight names.
    case aliasLoop
    /// The resolver could not be used, in the words of the library.
    case resolver(String)
}

/// Whether DNSSEC worked where the observations were made: a name that is known to be signed, and how it came out.
///
/// A resolver without trust anchors calls everything insecure, which would switch DANE off unseen.
package struct DNSSECSelfTest: Hashable, Sendable, Codable {
    package var name: String
    package var status: DNSSECStatus
    /// Why the name could not be resolved at all.
    package var failure: DNSFailure?
    package var at: Date

    package init(name: String, status: DNSSECStatus, failure: DNSFailure? = nil, at: Date) {
        self.name = name
        self.status = status
        self.failure = failure
        self.at = at
    }
}
