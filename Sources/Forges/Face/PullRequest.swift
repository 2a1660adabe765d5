package import FoundationEssentials

/// A request to merge a branch, as every forge has it under a name of its own.
package struct PullRequest: Hashable, Sendable {
    package struct Head: Hashable, Sendable {
        package var commit: CommitID
        /// Without `refs/heads/`; empty where the forge no longer knows it.
        package var branch: String
        package var origin: Origin

        package init(commit: CommitID, branch: String, origin: Origin) {
            self.commit = commit
            self.branch = branch
            self.origin = origin
        }
    }

    /// Where the head lies.
    ///
    /// In the same repository only those who may write can have pushed it.
    package enum Origin: String, Hashable, Sendable, CaseIterable {
        case same
        case fork
        /// The fork was deleted.
        case gone
    }

    package struct Base: Hashable, Sendable {
        /// Without `refs/heads/`.
        package var branch: String
        /// The branch's tip as the forge told it last; may be older than the branch is.
        package var commit: CommitID?
        /// Whether anyone may read the repository; `nil` where the request does not tell it.
        package var isPublic: Bool?

        package init(branch: String, commit: CommitID?, isPublic: Bool? = nil) {
            self.branch = branch
            self.commit = commit
            self.isPublic = isPublic
        }
    }

    package enum State: Hashable, Sendable {
        case open
        /// Closed without being merged.
        case closed
        /// The commit on the base branch; `nil` where the forge does not tell it.
        case merged(as: CommitID?, at: Date?)
    }

    package var number: Int
    package var title: String
    package var head: Head
    package var base: Base
    package var author: Person
    package var state: State
    package var isDraft: Bool
    /// The latest word of each person; empty in what a list of requests tells.
    package var reviews: [Review]
    /// Whether ``reviews`` can be relied on; where they were more or larger than is read, there are none.
    package var reviewsAreComplete: Bool
    /// When it changed last; where the forge does not tell that, when it was opened or ended.
    package var updated: Date
    /// What to fetch, such as `refs/pull/7/head`; its history holds the head, which need not be its tip.
    package var ref: String
    /// Its page, for people.
    package var page: String

    package init(
        number: Int,
        title: String,
        head: Head,
        base: Base,
        author: Person,
        state: State,
        isDraft: Bool,
        reviews: [Review],
        reviewsAreComplete: Bool = true,
        updated: Date,
        ref: String,
        page: String
    ) {
        self.number = number
        self.title = title
        self.head = head
        self.base = base
        self.author = author
        self.state = state
        self.isDraft = isDraft
        self.reviews = reviews
        self.reviewsAreComplete = reviewsAreComplete
        self.updated = updated
        self.ref = ref
        self.page = page
    }
}

/// A person or a program as a forge knows them.
package struct Person: Hashable, Sendable {
    /// What the forge tells people apart by; never reused, unlike a name.
    package var id: String
    /// What they sign in as, without `@`.
    package var login: String
    package var isBot: Bool

    package init(id: String, login: String, isBot: Bool = false) {
        self.id = id
        self.login = login
        self.isBot = isBot
    }

    package static func == (left: Self, right: Self) -> Bool { left.id == right.id }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// The latest word of one person on a request.
package struct Review: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        case approved
        case changesRequested
        /// Taken back, dismissed, or found stale by the forge.
        case dismissed
        case commented
    }

    package var person: Person
    package var verdict: Verdict
    package var at: Date?
    /// The commit that it was given for; forges re-bind or do not tell it, so no approval rests on it.
    package var commit: CommitID?

    package init(person: Person, verdict: Verdict, at: Date?, commit: CommitID?) {
        self.person = person
        self.verdict = verdict
        self.at = at
        self.commit = commit
    }
}
