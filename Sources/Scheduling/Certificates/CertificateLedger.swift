package import FoundationEssentials

/// A certificate, or another credential, and when it ends.
package struct EndingCertificate: Hashable, Sendable {
    /// Such as `Partner/mx1.fabrikam.com` or `Credential/contoso`: hostile text is escaped.
    package var object: String
    /// Who it is of, for people: hostile text is escaped.
    package var subject: String
    package var notAfter: Date

    package init(object: String, subject: String, notAfter: Date) {
        self.object = object
        self.subject = subject
        self.notAfter = notAfter
    }
}

/// Which certificates end soon, and what was told of it: at 30, 14, 7, 3 and 1 days, and when one has ended.
package struct CertificateLedger: Hashable, Sendable, Codable {
    package let tenant: String?
    private var entries: [String: Entry] = [:]
    /// `nil` for certificates of partners.
    private let kind: Kind?

    /// Whose end is told.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// What a partner's server shows.
        case certificate
        /// What we sign in with.
        case credential
    }

    private struct Entry: Hashable, Sendable, Codable {
        var object: String
        var subject: String
        var notAfter: Date
        /// The threshold that was told last.
        var told: Int
    }

    /// Before the end, in days; 0 is the end itself.
    package static let thresholds = [30, 14, 7, 3, 1, 0]

    package init(tenant: String? = nil, of kind: Kind = .certificate) {
        self.tenant = tenant
        self.kind = kind == .certificate ? nil : kind
    }

    /// The lowest threshold that a certificate has passed; `nil` while it has none.
    package static func threshold(notAfter: Date, at now: Date) -> Int? {
        let days = notAfter.timeIntervalSince(now) / 86_400
        return thresholds.last { days <= Double($0) }
    }

    /// Takes over all certificates that were seen of these objects, and answers with what is to be told.
    ///
    /// - Parameter objects: Those that were looked at; what is known of others stays.
    package mutating func look(
        at certificates: [EndingCertificate],
        of objects: Set<String>,
        at now: Date
    ) -> [EventDraft] {
        var drafts: [EventDraft] = []
        var seen: Set<String> = []
        for certificate in certificates.sorted(by: {
            ($0.object, $0.subject, $0.notAfter) < ($1.object, $1.subject, $1.notAfter)
        }) {
            let key = "\(certificate.object)\n\(certificate.subject)"
            // Several servers may show several certificates of one name: the first that ends counts.
            if seen.contains(key), let known = entries[key], known.notAfter <= certificate.notAfter { continue }
            seen.insert(key)
            let known = entries[key]
            guard let threshold = Self.threshold(notAfter: certificate.notAfter, at: now) else {
                if let known { drafts.append(draft(known, .cleared, at: now)) }
                entries[key] = nil
                continue
            }
            // Servers of one name may show certificates that end some hours apart; that is not news.
            let isTold = known.map { $0.told <= threshold && certificate.notAfter > $0.notAfter - 86_400 } ?? false
            let entry = Entry(
                object: certificate.object,
                subject: certificate.subject,
                notAfter: certificate.notAfter,
                told: min(threshold, isTold ? known?.told ?? threshold : threshold)
            )
            entries[key] = entry
            if !isTold { drafts.append(draft(entry, .raised, at: now)) }
        }
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) where objects.contains(entry.object) {
            guard !seen.contains(key) else { continue }
            drafts.append(draft(entry, .cleared, at: now))
            entries[key] = nil
        }
        return drafts
    }

    private func draft(_ entry: Entry, _ transition: Event.Transition, at now: Date) -> EventDraft {
        let severity: Event.Severity =
            transition == .cleared ? .info : entry.told <= 3 ? .high : entry.told <= 14 ? .warning : .info
        let end = entry.notAfter.ISO8601Format()
        let when =
            entry.told == 0
            ? "ended at \(end)" : "ends within \(entry.told) \(entry.told == 1 ? "day" : "days"), at \(end)"
        let noun = (kind ?? .certificate).rawValue
        let remedy =
            kind == .credential
            ? " Make a new one, add it to the app registration, and put it where the configuration names it." : ""
        return EventDraft(
            time: now,
            tenant: tenant,
            object: entry.object,
            condition: kind == .credential ? .credentialEnds : .certificateEnds,
            reason: entry.told == 0 ? "ended" : "ends-in-\(entry.told)-days",
            transition: transition,
            severity: severity,
            message: transition == .cleared
                ? "The \(noun) of \(entry.subject) was replaced." : "The \(noun) of \(entry.subject) \(when).\(remedy)"
        )
    }
}
