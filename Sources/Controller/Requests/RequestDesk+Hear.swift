import Configuration
import Forges
import FoundationEssentials
import GitRepositories
import PullRequests
import Reconciling
import Reports

extension RequestDesk {
    /// Hears what people said since a request was looked at last: their reviews, and their commands.
    ///
    /// - Parameter since: By the forge's clock.
    /// - Returns: Whether someone asked for something that changes what is to be found out.
    func hear(_ request: PullRequest, since: Date, _ visit: Visit) async throws(ForgeError) -> Bool {
        let number = request.number
        let circle = try await hear(reviewsOf: number, visit)
        var isAsked = false
        asks[number] = nil
        for comment in try await visit.forge.comments(on: number, since: since) {
            isAsked = await hear(comment, circle, visit) || isAsked
        }
        return isAsked
    }

    /// - Returns: Who may approve.
    func hear(reviewsOf number: Int, _ visit: Visit) async throws(ForgeError) -> ReviewCircle {
        let askedAt = now
        let full = try await visit.forge.pullRequest(number)
        var circle = await circle(full, visit)
        if asksForApprovals(visit.source) { await ask(about: full, visit.forge, &circle) }
        book[number]?.saw(full.reviews, in: circle, askedAt: askedAt)
        return circle
    }

    /// Finds out who of those who approve may write: whoever counted until now each time, a stranger once in a while.
    ///
    /// Where the hour's calls are used up, it is not known who may write, and approvals wait.
    func ask(about request: PullRequest, _ forge: any Forge, _ circle: inout ReviewCircle) async {
        let time = now
        let words = book[request.number]?.words ?? []
        let counted = Set(words.filter { $0.isDoubtful != true }.map(\.person))
        let people = circle.candidates(request.reviews)
        for person in people where counted.contains(person.id) { _ = await ask(about: person, forge, &circle) }
        let strangers = people.filter { !counted.contains($0.id) && !outsiders.contains($0, at: time) }
        var room = outsiders.room(at: time)
        for person in outsiders.inTurn(strangers) {
            if room == 0 {
                circle.unanswered.insert(person.id)
            } else if await !ask(about: person, forge, &circle) {
                room -= 1
            }
        }
    }

    /// - Returns: Whether the person may write, as far as is known.
    private func ask(about person: Person, _ forge: any Forge, _ circle: inout ReviewCircle) async -> Bool {
        do throws(ForgeError) {
            let may = try await forge.mayWrite(person)
            if may { circle.writers.insert(person.id) } else { outsiders.add(person, at: now) }
            return may
        } catch {
            circle.unanswered.insert(person.id)
            return false
        }
    }

    func circle(_ request: PullRequest, _ visit: Visit) async -> ReviewCircle {
        ReviewCircle(
            author: request.author,
            committers: await committers(request.head.commit.hex, since: visit.snapshot.commit.id, visit.mirror),
            ourselves: ourselves
        )
    }

    /// What cannot be found out is no.
    func mayWrite(_ person: Person, _ forge: any Forge) async -> Bool {
        do throws(ForgeError) {
            return try await forge.mayWrite(person)
        } catch {
            return false
        }
    }

    private func hear(_ comment: Comment, _ circle: ReviewCircle, _ visit: Visit) async -> Bool {
        let number = comment.number
        if case .apply? = CommentCommand(comment.text), source?.forge?.apply == .comment {
            // It is about what is shown, which this look may still change; another process may be the one that applies.
            if tools.apply != nil { asks[number, default: []].append(comment) }
            return false
        }
        guard var ruling = book[number]?.ruling(on: comment, in: circle, mayWrite: nil, lookBegan: visit.began) else {
            return false
        }
        if ruling == .ask {
            let may = await mayWrite(comment.author, visit.forge)
            ruling = book[number]?.ruling(on: comment, in: circle, mayWrite: may, lookBegan: visit.began) ?? .talk
        }
        var isAsked = false
        var refusal: String?
        let reaction: Reaction
        switch ruling {
        case .talk, .ask: return false
        case .refuse(let reason):
            reaction = .refused
            refusal = reason
        case .accept(let command):
            switch command {
            case .plan:
                book[number]?.ask(at: now)
                (isAsked, reaction) = (true, .seen)
            case .approve(let digest):
                reaction = book[number]?.approve(digest, by: comment, at: now).isEmpty == false ? .done : .refused
            case .help:
                let text = CommandHelp.markdown(appliesByComment: appliesByComment)
                _ = try? await visit.forge.write(text, on: number, over: nil)
                reaction = .done
            case .apply, .unknown: reaction = .refused
            }
        }
        book[number]?.rule(on: comment, refusing: refusal)
        // A reaction that could not be left changes nothing of what was ruled.
        try? await visit.forge.answer(comment, with: reaction)
        return isAsked
    }
}
