package import Foundation
import JSON

/// What people do, so that a test can say it in a line.
extension PretendedRepository {
    /// Opens a request from a new branch, and returns its number.
    @discardableResult
    package mutating func open(
        _ title: String = "Add partner bank",
        head: String = "partner-bank",
        base: String = "main",
        author: Int = 2,
        origin: Origin = .same,
        isDraft: Bool = false,
        body: String = ""
    ) -> Int {
        let commit = branches[head] ?? Self.commit("\(head) \(requests.count)")
        let number = (requests.keys.max() ?? 0) + 1
        let time = tick()
        if origin == .same { branches[head] = commit }
        commits.insert(commit)
        requests[number] = Request(
            number: number,
            title: title,
            body: body,
            head: head,
            commit: commit,
            origin: origin,
            base: base,
            author: author,
            isDraft: isDraft,
            created: time,
            updated: time
        )
        return number
    }

    /// Pushes a commit to a request's branch; with force the old one is gone.
    package mutating func push(to number: Int, force: Bool = false) {
        guard let old = requests[number]?.commit else { return }
        let commit = Self.commit("\(number) after \(old)")
        if force { commits.remove(old) }
        commits.insert(commit)
        let time = tick()
        change(number, at: time) { request in
            request.earlier.append(request.commit)
            request.commit = commit
            for index in request.reviews.indices { request.reviews[index].isStale = true }
        }
        if let request = requests[number], request.origin == .same { branches[request.head] = commit }
    }

    package mutating func review(_ number: Int, by author: Int = 3, _ verdict: Verdict) {
        let (id, time) = (nextID(), tick())
        change(number, at: time) { request in
            request.reviews.append(
                Review(id: id, author: author, verdict: verdict, at: time, commit: request.commit)
            )
        }
    }

    @discardableResult
    package mutating func comment(on number: Int, by author: Int = 3, _ text: String) -> Int {
        let (id, time) = (nextID(), tick())
        comments[id] = Comment(id: id, number: number, author: author, text: text, created: time, updated: time)
        change(number, at: time) { _ in }
        return id
    }

    /// Takes what git was pushed: a branch's new tip, which is the new head of the open requests from there.
    package mutating func pushed(_ commit: String, to branch: String) {
        branches[branch] = commit
        commits.insert(commit)
        for request in requests.values where request.isOpen && request.origin == .same && request.head == branch {
            let time = tick()
            change(request.number, at: time) { request in
                request.earlier.append(request.commit)
                request.commit = commit
                for index in request.reviews.indices { request.reviews[index].isStale = true }
            }
        }
    }

    /// Merges a request, as a commit of its own where none is given.
    package mutating func merge(_ number: Int, as given: String? = nil) {
        let (commit, time) = (given ?? Self.commit("merge of \(number)"), tick())
        commits.insert(commit)
        change(number, at: time) { request in
            request.isOpen = false
            request.mergedAs = commit
            request.mergedAt = time
        }
        if let base = requests[number]?.base { branches[base] = commit }
    }

    package mutating func close(_ number: Int) {
        let time = tick()
        change(number, at: time) { $0.isOpen = false }
    }

    package mutating func change(_ number: Int, at time: Date, _ body: (inout Request) -> Void) {
        guard var request = requests[number] else { return }
        body(&request)
        request.updated = time
        requests[number] = request
    }
}

extension PretendedRepository {
    /// Adds the status that a body in GitHub's words describes.
    mutating func add(_ body: JSONValue, to commit: String, from author: Int? = nil) -> Status {
        let status = Status(
            id: nextID(),
            context: body["context"]?.text ?? "default",
            state: body["state"]?.text ?? "",
            text: body["description"]?.text ?? "",
            link: body["target_url"]?.text,
            at: tick(),
            author: author
        )
        statuses[commit, default: []].append(status)
        return status
    }
}
