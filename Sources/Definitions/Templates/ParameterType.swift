import Connectors
import YAML

/// What a template's parameter may be.
enum ParameterType: String, Hashable, Sendable, CaseIterable {
    case string
    /// A part of a document's name: lower-case letters, digits and hyphens.
    case slug
    case domain
    /// A domain, or `*.` and a domain for all below it.
    case domainPattern = "domain-pattern"
    case emailAddress = "email-address"
    case smartHost = "smart-host"
    case certificateName = "certificate-name"
    case senderNetwork = "sender-network"
    case boolean
    case integer
    /// One of the words in `values`.
    case choice

    /// What it is called in messages, with an example.
    var name: String {
        switch self {
        case .string: "a text"
        case .slug: "a name in git, such as fabrikam-mail"
        case .domain: "a domain, such as fabrikam.com"
        case .domainPattern: "a domain, such as fabrikam.com or \"*.fabrikam.com\""
        case .emailAddress: "an address, such as tls-test@fabrikam.com"
        case .smartHost: "a server, such as mail.fabrikam.com or 192.0.2.1"
        case .certificateName: "a name in a certificate, such as mail.fabrikam.com"
        case .senderNetwork: "an address or a network, such as 192.0.2.1 or 192.0.2.0/24"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .choice: "one of the parameter's words"
        }
    }

    /// Whether it may stand inside a longer text.
    var fitsIntoText: Bool { self != .boolean }

    /// In characters.
    static let maximumLength = 1_024

    /// The syntax of its texts; `nil` where they have none of their own.
    var term: Term? {
        switch self {
        case .string: .text(maximumLength: Self.maximumLength)
        case .domain: .domainName
        case .domainPattern: .domainPattern
        case .emailAddress: .emailAddress
        case .smartHost: .smartHost
        case .certificateName: .certificateName
        case .senderNetwork: .senderNetwork
        case .slug, .boolean, .integer, .choice: nil
        }
    }
}
