package import FoundationEssentials

/// What was seen of a domain's MTA-STS policy.
package struct MTASTSObservation: Hashable, Sendable, Codable {
    package var domain: String
    /// TXT of `_mta-sts.DOMAIN`.
    package var txt: DNSObservation
    /// The fetch of the policy; `nil` when it was not tried, as without a TXT record.
    package var fetch: PolicyFetch?
    /// A policy that was fetched earlier and is still held.
    package var cached: CachedPolicy?

    package init(domain: String, txt: DNSObservation, fetch: PolicyFetch? = nil, cached: CachedPolicy? = nil) {
        self.domain = domain
        self.txt = txt
        self.fetch = fetch
        self.cached = cached
    }

    package struct PolicyFetch: Hashable, Sendable, Codable {
        package var url: String
        package var status: Int?
        package var contentType: String?
        /// Where a 3xx pointed; it is not followed.
        package var redirect: String?
        /// What came, at most 64 KiB; `nil` without status 200.
        package var body: Base64Bytes?
        /// Why there is no answer: a TLS or network error in words, or "larger than 64 KiB".
        package var failure: String?
        package var at: Date

        package init(
            url: String,
            status: Int? = nil,
            contentType: String? = nil,
            redirect: String? = nil,
            body: [UInt8]? = nil,
            failure: String? = nil,
            at: Date
        ) {
            self.url = url
            self.status = status
            self.contentType = contentType
            self.redirect = redirect
            self.body = body.map { Base64Bytes($0) }
            self.failure = failure
            self.at = at
        }
    }

    package struct CachedPolicy: Hashable, Sendable, Codable {
        /// The `id` of the TXT record at that time.
        package var id: String
        package var body: Base64Bytes
        package var fetchedAt: Date

        package init(id: String, body: [UInt8], fetchedAt: Date) {
            self.id = id
            self.body = Base64Bytes(body)
            self.fetchedAt = fetchedAt
        }
    }
}

/// What was found in a list of a certificate's CRL distribution point; the list itself is not kept.
package struct CRLObservation: Hashable, Sendable, Codable {
    package var url: String
    /// Of the list as it came, in lower-case hexadecimal; `nil` when it could not be had.
    package var sha256: String?
    /// One for each certificate that was asked about.
    package var answers: [RevocationAnswer]
    package var failure: String?
    package var at: Date

    package init(
        url: String,
        sha256: String? = nil,
        answers: [RevocationAnswer] = [],
        failure: String? = nil,
        at: Date
    ) {
        self.url = url
        self.sha256 = sha256
        self.answers = answers
        self.failure = failure
        self.at = at
    }
}

/// What a revocation list says of one certificate.
package struct RevocationAnswer: Hashable, Sendable, Codable {
    package enum Status: String, Hashable, Sendable, Codable {
        case good
        case revoked
        case unreadable
        case wrongIssuer
        case badSignature
        /// The list is not of the time at which it was asked.
        case stale
        /// The list is for other certificates of the issuer.
        case notCovered
    }

    /// The certificate's SHA-256 in lower-case hexadecimal.
    package var certificate: String
    package var status: Status
    package var revokedAt: Date?

    package init(certificate: String, status: Status, revokedAt: Date? = nil) {
        self.certificate = certificate
        self.status = status
        self.revokedAt = revokedAt
    }
}
