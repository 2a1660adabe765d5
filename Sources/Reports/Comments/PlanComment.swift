package import Connectors
package import FoundationEssentials
import Planning

/// What a reviewer of a pull request reads: what merging it does to mail, and whether it may be done.
package struct PlanComment: Sendable {
    /// How much a reader may see.
    package enum Visibility: String, Hashable, Sendable, Codable, CaseIterable {
        case full
        /// For public repositories: no addresses, no domains, no values, as a tenant's state is not for everyone.
        case summary
    }

    package enum Content: Sendable {
        case plans([Tenant])
        /// The head cannot be merged into the base: these files were changed on both sides.
        case conflict(files: [String])
        /// The request does not, or no longer, change what the comment is about.
        case untouched
        /// The request changes so many tenants that one comment is about all of them.
        case moved
        /// Why nothing can be said.
        case failed(reason: String)
    }

    package struct Tenant: Sendable {
        package enum State: Sendable {
            /// A plan, or why there is none.
            case planned(TenantPlan)
            /// The head comes from a fork, and no person who may write has asked for a plan.
            case fork
        }

        package var name: String
        package let state: State
        /// Twelve digits of the digest over the plan's changes; empty where there is none.
        let digest: String
        /// When the tenant was read, by our clock.
        package var readAt: Date?
        /// The other open requests that touch the same connectors.
        package var also: [ConnectorKey: [Int]]
        /// The logins of those whose approval counts, and of those who approved something else before.
        package var approvers: [String]
        package var formerApprovers: [String]
        /// What was applied of the request before its merge, and stands.
        package var ahead: Ahead?

        /// A run that a person asked for in a comment.
        package struct Ahead: Hashable, Sendable {
            package var run: String
            /// The login.
            package var by: String
            package var at: Date
            /// Whether it was another head than the one that is shown.
            package var isOfOtherHead: Bool

            package init(run: String, by: String, at: Date, isOfOtherHead: Bool = false) {
                self.run = run
                self.by = by
                self.at = at
                self.isOfOtherHead = isOfOtherHead
            }
        }

        package init(
            _ name: String,
            _ state: State,
            readAt: Date? = nil,
            also: [ConnectorKey: [Int]] = [:],
            approvers: [String] = [],
            formerApprovers: [String] = [],
            ahead: Ahead? = nil
        ) {
            self.name = name
            self.state = state
            if case .planned(let plan) = state, let changes = plan.plan {
                digest = changes.changesDigest.twelveDigits
            } else {
                digest = ""
            }
            self.readAt = readAt
            self.also = also
            self.approvers = approvers
            self.formerApprovers = formerApprovers
            self.ahead = ahead
        }
    }

    /// The request, as far as the comment tells of it.
    package struct Request: Sendable {
        package var head: String
        /// The branch that it is to be merged into, and its tip.
        package var branch: String
        package var base: String
        /// How many commits of the base the head lacks.
        package var behind: Int
        package var isDraft: Bool
        package var isFork: Bool
        /// What the forge writes before a request's number: `#`, or `!` on GitLab and Azure DevOps.
        package var mark: String

        package init(
            head: String,
            branch: String,
            base: String,
            behind: Int = 0,
            isDraft: Bool = false,
            isFork: Bool = false,
            mark: String = "#"
        ) {
            self.head = head
            self.branch = branch
            self.base = base
            self.behind = behind
            self.isDraft = isDraft
            self.isFork = isFork
            self.mark = mark
        }
    }

    /// `controller.name`.
    package var instance: String
    package var request: Request
    package var content: Content
    /// The tenant that the comment is about; `nil` for the one that is about all.
    package var tenant: String?
    package var visibility: Visibility
    /// Whether changes that no request showed are held as well.
    package var isReviewRequired: Bool
    /// How many persons must approve.
    package var approvals: Int
    /// How many persons must have approved before a comment applies what is shown; `nil` where none does.
    package var applyApprovals: Int?
    /// Why the last command was refused.
    package var refusal: String?
    /// In Unicode scalars.
    package var limit: Int

    package init(
        instance: String,
        request: Request,
        content: Content,
        tenant: String?,
        visibility: Visibility = .full,
        isReviewRequired: Bool = true,
        approvals: Int = 0,
        applyApprovals: Int? = nil,
        refusal: String? = nil,
        limit: Int = 65_536
    ) {
        self.instance = instance
        self.request = request
        self.content = content
        self.tenant = tenant
        self.visibility = visibility
        self.isReviewRequired = isReviewRequired
        self.approvals = approvals
        self.applyApprovals = applyApprovals
        self.refusal = refusal
        self.limit = limit
    }

    /// The comment, and what of the plans found no room in it.
    package struct Text: Hashable, Sendable {
        package var text: String
        /// By tenant, the digests of changes that no reader can have seen: left out, and not both of low risk and passing.
        ///
        /// Those of low risk that pass are told by their number, and the digest over all of them stands in the comment.
        package var unseen: [String: Set<String>]
    }

    /// The first line of the comment about a tenant, or about all, by which it is found again.
    package static func key(instance: String, tenant: String?) -> String {
        "<!-- mitregate-plan-key:\(MarkdownText.key(instance))/\(tenant.map(MarkdownText.key) ?? "*") -->"
    }
}
