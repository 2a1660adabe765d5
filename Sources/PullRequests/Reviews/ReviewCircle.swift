package import Forges

/// Who may approve a request, and who may not: the author, the committers, programs, we, and who may not write.
package struct ReviewCircle: Hashable, Sendable {
    package var author: Person
    /// `nil` where they cannot be found out: then no approval counts.
    package var committers: [Committer]?
    /// Whom the forge knows us as; `nil` where that cannot be found out.
    package var ourselves: Person?
    /// The ids of those who were asked about and may write.
    package var writers: Set<String>
    /// The ids of those of whom the forge did not answer whether they may write.
    package var unanswered: Set<String> = []

    package init(author: Person, committers: [Committer]?, ourselves: Person?, writers: Set<String> = []) {
        self.author = author
        self.committers = committers
        self.ourselves = ourselves
        self.writers = writers
    }

    /// Whether a person's approval could count if they may write: only of these it is worth asking.
    package func isIndependent(_ person: Person) -> Bool {
        !person.isBot && person != author && person != ourselves
            && !(committers ?? []).contains { $0.isMeant(by: person) }
    }

    /// Whether a person's approval counts; `nil` where that cannot be found out now.
    package func counts(_ person: Person) -> Bool? {
        guard isIndependent(person) else { return false }
        if unanswered.contains(person.id) { return nil }
        guard writers.contains(person.id) else { return false }
        return committers == nil ? nil : true
    }

    /// Whether everything was found out that decides whose approval counts.
    package var isComplete: Bool { committers != nil && unanswered.isEmpty }

    /// Those who ask for changes, of whom it is to be asked whether they may write.
    package func objectors(_ reviews: [Review]) -> [Person] {
        reviews.filter { review in
            review.verdict == .changesRequested && !review.person.isBot && review.person != author
                && review.person != ourselves
        }.map(\.person)
    }

    /// Those among the reviews' authors whose permission to write is to be asked.
    package func candidates(_ reviews: [Review]) -> [Person] {
        reviews.filter { $0.verdict == .approved && isIndependent($0.person) }.map(\.person)
    }
}

/// Who made a commit, as git has it.
///
/// A forge knows people otherwise, so names and addresses are compared generously: to leave an approval out is
/// safer than to count an author's own.
package struct Committer: Hashable, Sendable {
    package var name: String
    package var email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }

    package func isMeant(by person: Person) -> Bool {
        let login = person.login.lowercased()
        guard !login.isEmpty else { return false }
        // GitHub's and GitLab's private addresses: `12345+login@users.noreply.…`, `12345-login@users.noreply.…`.
        let local = email.lowercased().prefix { $0 != "@" }
        let bare = local.drop { $0.isASCII && $0.isNumber }
        let isPrivate = bare.count < local.count && (bare.first == "+" || bare.first == "-")
        // Azure DevOps' logins are addresses.
        return [name.lowercased(), email.lowercased(), String(local)].contains(login)
            || isPrivate && bare.dropFirst() == login
    }
}
