/// One question that the gate asks: its id, what its finding weighs on each kind of connector, and what it rests on.
///
/// Ids are kebab-case and stable: policies, waivers and alerts name them.
package struct Check: Hashable, Sendable {
    package let id: String
    /// For TlsSettings unset, EncryptionOnly, CertificateValidation, DomainValidation; `nil` where it is not judged.
    package let outcomes: [Outcome?]
    package let sources: [String]

    /// - Parameter letters: A letter for each level, or one for all: F fail, U unknown, W warn, I info, P pass, - not judged.
    init(_ id: String, _ letters: String, _ sources: String...) {
        self.id = id
        let read = letters.map { letter -> Outcome? in
            switch letter {
            case "F": .fail
            case "U": .unknown
            case "W": .warn
            case "I": .info
            case "P": .pass
            default: nil
            }
        }
        outcomes = read.count == 1 ? Array(repeating: read[0], count: 4) : read
        self.sources = sources
    }

    package func outcome(at level: TLSLevel) -> Outcome? { outcomes[level.rawValue] }
}

extension Check {
    /// Every check, in the order of the reference.
    package static let all: [Check] = configuration + dns + smtp + tls + certificate + dane + mtaSTS + inbound + policy

    /// The ids of all, as waivers and policies name them.
    package static let ids = Set(all.map(\.id))

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    package static func named(_ id: String) -> Check? { byID[id] }
}
