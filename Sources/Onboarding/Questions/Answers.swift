import Configuration
import Connectors
import YAML

/// What has been answered so far; each answer is checked when it is given.
package struct Answers: Sendable {
    /// The name of the tenant on the command line and in the repository; by default the first label of its organization.
    private var tenant: String?
    private var organization: String?
    private var tenantId: String?
    private var signIn: SignIn?
    private var clientId: String?
    private var url: String?
    private var forge: PipelineForge?
    private var given: Set<Question> = []

    package init() {}

    /// The first question that is open, or `nil` when all is known.
    package var next: Question? { open.first }

    /// The questions without an answer.
    package var open: [Question] { Question.allCases.filter { !given.contains($0) } }

    /// Those without an answer and without a default, by which only a person could go on.
    package var missing: [Question] { open.filter { suggestion(for: $0) == nil } }

    /// What an empty answer means; `nil` where there must be one.
    package func suggestion(for question: Question) -> String? {
        switch question {
        case .organization, .tenantId: nil
        case .signIn: SignIn.certificate.rawValue
        case .clientId: signIn == .managedIdentity ? "" : nil
        case .url: ""
        case .forge: RepositoryAddress(url ?? "").forge.rawValue
        }
    }

    /// Takes the tenant's name.
    package mutating func name(_ text: String) throws(AnswerProblem) {
        guard EntryName.isName(text) else {
            throw AnswerProblem(
                message: "\(shown(text)) cannot be a name: it is used on the command line and in file names.",
                remedy: EntryName.rule
            )
        }
        tenant = text
    }

    /// Takes an answer; an empty one is the suggestion.
    package mutating func give(_ answer: String, to question: Question) throws(AnswerProblem) {
        let text = answer.trimmingSpaces()
        let value = text.isEmpty ? suggestion(for: question) ?? "" : text
        switch question {
        case .organization: organization = try domain(value)
        case .tenantId: tenantId = try guid(value, "the tenant ID of Entra admin center > Overview")
        case .signIn: signIn = try word(value, "sign-in")
        case .clientId:
            clientId =
                value.isEmpty && signIn == .managedIdentity ? nil : try guid(value, "the application (client) ID")
        case .url: url = try address(value)
        case .forge: forge = try word(value, "forge")
        }
        given.insert(question)
    }

    /// What is begun with, once everything is answered.
    ///
    /// - Parameter repository: The folder of the repository's clone, as the configuration's folder sees it; `nil` names it
    ///   after the URL.
    package func beginning(repository: String? = nil) -> Beginning? {
        guard let organization, let tenantId, let signIn, let forge, let url, open.isEmpty else { return nil }
        let address = RepositoryAddress(url)
        return Beginning(
            tenant: tenant ?? name(of: organization),
            organization: organization,
            tenantId: tenantId,
            signIn: signIn,
            clientId: clientId,
            address: address,
            repository: repository ?? address.folder,
            forge: forge,
            simulator: nil
        )
    }

    private func name(of organization: String) -> String {
        let label = String(organization.prefix { $0 != "." })
        return EntryName.isName(label) ? label : "tenant"
    }

    private func domain(_ text: String) throws(AnswerProblem) -> String {
        if let domain = DomainName(text), domain.description.contains(".") { return domain.description }
        throw AnswerProblem(
            message: "\(shown(text)) is not a domain.",
            remedy: "It is the tenant's initial domain, as in contoso.onmicrosoft.com."
        )
    }

    private func guid(_ text: String, _ what: String) throws(AnswerProblem) -> String {
        if let guid = GUIDText.normal(text) { return guid }
        throw AnswerProblem(
            message: "\(shown(text)) is not a GUID.",
            remedy: "Paste \(what), as in 00000000-0000-0000-0000-000000000000."
        )
    }

    private func word<Word: RawRepresentable & CaseIterable>(
        _ text: String,
        _ what: String
    ) throws(AnswerProblem) -> Word where Word.RawValue == String {
        if let word = Word(rawValue: text.asciiLowercased) { return word }
        let known = Word.allCases.map(\.rawValue)
        let question = Nearest.question(text, among: known).map { "\($0) " } ?? ""
        throw AnswerProblem(
            message: "\(what) cannot be \(shown(text)).",
            remedy: "\(question)Known: \(known.joined(separator: ", "))."
        )
    }

    /// A URL that may hold a secret is not repeated.
    private func address(_ text: String) throws(AnswerProblem) -> String {
        guard !text.isEmpty else { return text }
        do {
            _ = try RepositoryURL.form(of: text)
            return text
        } catch {
            throw AnswerProblem(message: error.message, remedy: error.remedy)
        }
    }

    private func shown(_ text: String) -> String {
        "\"\(text.count > 60 ? text.prefix(57) + "…" : text[...])\"".escapingControls
    }
}
