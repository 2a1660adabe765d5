import ForgeSimulator
import Forges
import Testing

/// A delivery as one of the forges sends it, cut to the members that matter, and what it hints at.
struct DeliveryCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kind: ForgeSettings.Kind
    /// The event's name in the header; in the body where the forge has it there.
    var event: String
    var body: String
    var hint: Hint

    init(
        _ description: String,
        _ kind: ForgeSettings.Kind,
        _ event: String,
        _ body: String,
        is hinted: Hint.Event,
        in repository: String? = "contoso/mail-flow",
        number: Int? = nil
    ) {
        testDescription = "\(kind.rawValue): \(description)"
        self.kind = kind
        self.event = event
        self.body = body
        hint = Hint(event: hinted, repository: repository, number: number, delivery: Self.id)
    }

    static let id = "9f3c-1"
    static let secret = "It's a hook's secret"
    static let signingKey = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    var hookSecret: HookSecret {
        switch kind {
        case .github, .gitea, .forgejo: .secret(Self.secret)
        case .gitlab: .secret(Self.signingKey)
        case .azureDevOps: .user("mitregate", password: Self.secret)
        }
    }

    var sender: DeliverySender {
        switch kind {
        case .github: .github(secret: Self.secret)
        case .gitea: .gitea(secret: Self.secret)
        case .forgejo: .forgejo(secret: Self.secret)
        case .gitlab: .gitlabSigned(key: Self.signingKey)
        case .azureDevOps: .azureDevOps(user: "mitregate", password: Self.secret)
        }
    }

    var delivery: Delivery {
        let bytes = Array(body.utf8)
        return Delivery(headers: sender.headers(event: event, id: Self.id, body: bytes), body: bytes)
    }

    func hint(in delivery: Delivery) -> Hint? { kind.deliveries.hint(in: delivery, secret: hookSecret) }
}

extension DeliveryCase {
    static let all = github + gitea + forgejo + gitlab + azureDevOps

    private static let repository = #""repository":{"full_name":"contoso/mail-flow"}"#

    static let github: [Self] = [
        Self(
            "a request",
            .github,
            "pull_request",
            #"{"action":"synchronize","number":7,"pull_request":{"number":7},\#(repository)}"#,
            is: .request,
            number: 7
        ),
        Self(
            "a review",
            .github,
            "pull_request_review",
            #"{"action":"submitted","review":{"state":"approved"},"pull_request":{"number":7},\#(repository)}"#,
            is: .review,
            number: 7
        ),
        Self(
            "a comment on a request",
            .github,
            "issue_comment",
            #"{"action":"created","issue":{"number":7,"pull_request":{"url":"u"}},"comment":{"id":1},\#(repository)}"#,
            is: .comment,
            number: 7
        ),
        Self(
            "a comment on an issue is none of ours",
            .github,
            "issue_comment",
            #"{"action":"created","issue":{"number":7},"comment":{"id":1},\#(repository)}"#,
            is: .other
        ),
        Self("a push", .github, "push", #"{"ref":"refs/heads/main",\#(repository)}"#, is: .push),
        Self("a merge queue", .github, "merge_group", #"{"merge_group":{"head_sha":"a"},\#(repository)}"#, is: .queue),
        Self("a try", .github, "ping", #"{"zen":"Keep it simple.","hook_id":1}"#, is: .ping, in: nil),
        Self("what we don't know", .github, "star", #"{"action":"created",\#(repository)}"#, is: .other),
    ]

    static let gitea = giteaLike(.gitea)
    static let forgejo = giteaLike(.forgejo)

    private static func giteaLike(_ kind: ForgeSettings.Kind) -> [Self] {
        [
            Self(
                "a request",
                kind,
                "pull_request",
                #"{"action":"synchronized","number":7,"pull_request":{"number":7},\#(repository)}"#,
                is: .request,
                number: 7
            ),
            Self(
                "an approval",
                kind,
                "pull_request_approved",
                #"{"action":"reviewed","number":7,"pull_request":{"number":7},\#(repository)}"#,
                is: .review,
                number: 7
            ),
            Self(
                "a comment on a request",
                kind,
                "issue_comment",
                #"{"action":"created","issue":{"number":7},"is_pull":true,\#(repository)}"#,
                is: .comment,
                number: 7
            ),
            Self(
                "a comment on an issue is none of ours",
                kind,
                "issue_comment",
                #"{"action":"created","issue":{"number":7,"pull_request":null},"is_pull":false,\#(repository)}"#,
                is: .other
            ),
            Self("a push", kind, "push", #"{"ref":"refs/heads/main",\#(repository)}"#, is: .push),
            Self("a branch that is made", kind, "create", #"{"ref_type":"branch",\#(repository)}"#, is: .other),
        ]
    }

    private static let project = #""project":{"id":1,"path_with_namespace":"contoso/mail-flow"}"#

    static let gitlab: [Self] = [
        Self(
            "a request",
            .gitlab,
            "Merge Request Hook",
            #"{"object_kind":"merge_request","object_attributes":{"iid":7,"action":"update"},\#(project)}"#,
            is: .request,
            number: 7
        ),
        Self(
            "an approval",
            .gitlab,
            "Merge Request Hook",
            #"{"object_kind":"merge_request","object_attributes":{"iid":7,"action":"approved"},\#(project)}"#,
            is: .review,
            number: 7
        ),
        Self(
            "a note on a request",
            .gitlab,
            "Note Hook",
            #"{"object_kind":"note","object_attributes":{"id":3},"merge_request":{"iid":7},\#(project)}"#,
            is: .comment,
            number: 7
        ),
        Self(
            "a note on a commit is none of ours",
            .gitlab,
            "Note Hook",
            #"{"object_kind":"note","object_attributes":{"id":3},"commit":{},\#(project)}"#,
            is: .other
        ),
        Self("a push", .gitlab, "Push Hook", #"{"object_kind":"push","ref":"refs/heads/main",\#(project)}"#, is: .push),
        Self("a pipeline", .gitlab, "Pipeline Hook", #"{"object_kind":"pipeline",\#(project)}"#, is: .other),
    ]

    private static let azureRepository = #""repository":{"name":"mail-flow","project":{"name":"contoso"}}"#

    private static func azure(_ event: String, _ resource: String) -> String {
        #"{"id":"\#(id)","eventType":"\#(event)","resource":{\#(resource)}}"#
    }

    static let azureDevOps: [Self] = [
        Self(
            "a request",
            .azureDevOps,
            "",
            azure("git.pullrequest.updated", #""pullRequestId":7,\#(azureRepository)"#),
            is: .request,
            number: 7
        ),
        Self(
            "a merge that was tried",
            .azureDevOps,
            "",
            azure("git.pullrequest.merged", #""pullRequestId":7,\#(azureRepository)"#),
            is: .request,
            number: 7
        ),
        Self(
            "a comment",
            .azureDevOps,
            "",
            azure(
                "ms.vss-code.git-pullrequest-comment-event",
                #""comment":{"id":1},"pullRequest":{"pullRequestId":7,\#(azureRepository)}"#
            ),
            is: .comment,
            number: 7
        ),
        Self("a push", .azureDevOps, "", azure("git.push", #""refUpdates":[],\#(azureRepository)"#), is: .push),
        Self("a build", .azureDevOps, "", azure("build.complete", #""id":2"#), is: .other, in: nil),
    ]
}
