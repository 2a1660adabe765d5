import Connectors
package import Forges
package import Reports

/// Where an offer is made, and how it is worded.
package struct OfferPlace: Hashable, Sendable {
    package var tenant: String
    package var source: String
    /// The tenant's folder from the repository's root; empty, or `.`, for the root itself.
    package var folder: String
    /// The tip of the source's branch.
    package var base: CommitID
    /// `controller.name`.
    package var instance: String
    package var limits: OfferText.Limits
    package var visibility: PlanComment.Visibility

    package init(
        tenant: String,
        source: String,
        folder: String,
        base: CommitID,
        instance: String,
        limits: OfferText.Limits,
        visibility: PlanComment.Visibility = .full
    ) {
        self.tenant = tenant
        self.source = source
        self.folder = folder
        self.base = base
        self.instance = instance
        self.limits = limits
        self.visibility = visibility
    }

    /// A path of the tenant's folder from the repository's root.
    func path(_ path: String) -> String {
        let folder = folder.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return folder.isEmpty ? path : "\(folder)/\(path)"
    }

    func position(_ position: SourcePosition) -> SourcePosition {
        SourcePosition(file: path(position.file), line: position.line, column: position.column)
    }

    func offer(_ kind: ChangeOffer.Kind, _ text: OfferText, files: [ChangeOffer.File], parts: [String]) -> ChangeOffer {
        ChangeOffer(
            kind: kind,
            tenant: tenant,
            source: source,
            base: base,
            title: text.title,
            body: text.body,
            comment: text.comment,
            commitMessage: text.commitMessage,
            files: files,
            parts: parts
        )
    }
}

/// An offer, or none, and what it leaves out.
package struct OfferDraft<Left: Hashable & Sendable>: Hashable, Sendable {
    /// `nil` where there is nothing that could be offered.
    package var offer: ChangeOffer?
    package var left: [Left]

    package init(offer: ChangeOffer?, left: [Left]) {
        self.offer = offer
        self.left = left
    }
}
