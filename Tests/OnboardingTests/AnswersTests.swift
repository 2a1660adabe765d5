import Onboarding
import Testing

@Suite struct AnswersTests {
    private static let guid = "0A0A0A0A-1b1b-2c2c-3d3d-4e4e4e4e4e4e"

    @Test func `it asks in an order in which each suggestion is known`() throws {
        var answers = Answers()
        var asked: [Question] = []
        let texts: [Question: String] = [
            .organization: " Contoso.onmicrosoft.com ", .tenantId: Self.guid, .clientId: Self.guid,
            .url: "https://github.com/contoso/mail-flow.git",
        ]
        while let question = answers.next {
            asked.append(question)
            try answers.give(texts[question] ?? "", to: question)
        }
        #expect(asked == Question.allCases)
        let beginning = try #require(answers.beginning())
        #expect(beginning.organization == "contoso.onmicrosoft.com" && beginning.tenant == "contoso")
        #expect(beginning.tenantId == Self.guid.lowercased() && beginning.signIn == .certificate)
        #expect(beginning.forge == .github && beginning.repository == "mail-flow")
    }

    @Test(arguments: [
        (Question.organization, "contoso", "is not a domain"), (.organization, "", "is not a domain"),
        (.tenantId, "contoso.onmicrosoft.com", "is not a GUID"), (.clientId, "", "is not a GUID"),
        (.signIn, "certifcate", "Did you mean \"certificate\"?"), (.forge, "bitbucket", "Known: none, github"),
        (.url, "http://git.example/x", "whoever sits between"),
        (.url, "https://user:pw@git.example/x", "holds a user name"),
    ])
    func `a wrong answer says what is right, and the question stays open`(
        question: Question,
        answer: String,
        words: String
    ) throws {
        var answers = Answers()
        let problem = #expect(throws: AnswerProblem.self) { try answers.give(answer, to: question) }
        let told = "\(problem?.message ?? "") \(problem?.remedy ?? "")"
        #expect(told.contains(words))
        #expect(problem?.message.contains("pw") == false)
        #expect(answers.open == Question.allCases)
    }

    @Test func `a managed identity needs no application`() throws {
        var answers = Answers()
        #expect(answers.missing == [.organization, .tenantId, .clientId])
        try answers.give("Managed-Identity", to: .signIn)
        #expect(answers.missing == [.organization, .tenantId])
        try answers.give("", to: .clientId)
        #expect(!answers.open.contains(.clientId))
    }

    @Test(arguments: [
        ("https://github.com/contoso/mail-flow.git", "github", "mail-flow", true),
        ("git@gitlab.example:contoso/mail/flow.git", "gitlab", "flow", true),
        ("ssh://git@ssh.dev.azure.com/v3/contoso/mail/flow", "azure-devops", "flow", true),
        ("https://codeberg.org/contoso/x%20y", "forgejo", "mail-flow", true),
        ("https://git.example/contoso/connectors", "none", "connectors", true),
        ("../mail-flow", "none", "../mail-flow", false), ("", "none", "mail-flow", false),
    ])
    func `a URL tells the forge and a name for the clone`(
        url: String,
        forge: String,
        folder: String,
        isRemote: Bool
    ) throws {
        var answers = Answers()
        try answers.give("contoso.onmicrosoft.com", to: .organization)
        for question in [Question.tenantId, .clientId] { try answers.give(Self.guid, to: question) }
        for question in [Question.signIn, .url] { try answers.give(question == .url ? url : "", to: question) }
        #expect(answers.suggestion(for: .forge) == forge)
        try answers.give("", to: .forge)
        let beginning = try #require(answers.beginning())
        #expect(beginning.repository == folder && beginning.address.isRemote == isRemote)
    }

    @Test(arguments: ["-x", ".x", "a b", "", String(repeating: "a", count: 64)])
    func `a tenant's name is one that the configuration takes`(name: String) {
        var answers = Answers()
        #expect(throws: AnswerProblem.self) { try answers.name(name) }
    }
}
