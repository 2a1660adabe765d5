package import FoundationEssentials

/// Who recorded what, and when; the texts are as the author wrote them and must be escaped before they are shown.
package struct Commit: Hashable, Codable, Sendable {
    /// 40 hex digits.
    package let id: String
    package let parents: [String]
    package let author: Person
    package let committer: Person
    /// The first line of the message.
    package let subject: String

    package struct Person: Hashable, Codable, Sendable {
        package let name: String
        package let email: String
        package let date: Date

        package init(name: String, email: String, date: Date) {
            self.name = name
            self.email = email
            self.date = date
        }
    }
}
