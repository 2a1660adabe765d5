package import FoundationEssentials

/// A comment's place on a forge; opaque outside of this room, and stored by us as text.
package struct CommentID: Hashable, Sendable, RawRepresentable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
}

package struct Comment: Hashable, Sendable {
    package var id: CommentID
    /// The request that it is on.
    package var number: Int
    package var author: Person
    /// As written, at most the first 64 KiB.
    package var text: String
    package var created: Date
    /// Later than `created` where it was edited.
    package var updated: Date

    package init(id: CommentID, number: Int, author: Person, text: String, created: Date, updated: Date) {
        self.id = id
        self.number = number
        self.author = author
        self.text = text
        self.created = created
        self.updated = updated
    }
}

/// How a comment is answered without another comment.
package enum Reaction: String, Hashable, Sendable, CaseIterable {
    case seen
    case done
    case refused
}
