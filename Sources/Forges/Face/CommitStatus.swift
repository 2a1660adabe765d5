/// One named status of a request's head.
package struct CommitStatus: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        case pending
        case success
        /// Something that the author or a reviewer has to do.
        case failure
        /// Our own trouble.
        case error
    }

    /// Such as `mitregate/plan`.
    package var context: String
    package var state: State
    /// Cut to the forge's limit when it is sent.
    ///
    /// It never names the request, the commit or a time, so that setting it again changes nothing.
    package var text: String
    /// Where a person reads more; `nil` where there is no such page.
    package var link: String?

    package init(context: String, state: State, text: String, link: String? = nil) {
        self.context = context
        self.state = state
        self.text = text
        self.link = link
    }
}

/// A request that we open ourselves.
package struct Proposal: Hashable, Sendable {
    /// Branches without `refs/heads/`.
    package var head: String
    package var base: String
    package var title: String
    /// Within ``ForgeLimits/description``.
    package var description: String

    package init(head: String, base: String, title: String, description: String) {
        self.head = head
        self.base = base
        self.title = title
        self.description = description
    }
}
