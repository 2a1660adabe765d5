import Forges
import Foundation
import PullRequests

/// What people do on the forge.
extension World {
    func disturb(_ kind: ForgeDisturbance) {
        switch kind {
        case .open(let number, let tenants, let edit, let isDraft, let isFork):
            made += 1
            let edits = [PretendSource.Edit(tenants: tenants, edit: edit, text: "r\(made)")]
            let head = PretendSource.head(made, with: edits, on: source.tip)
            let request = PretendForge.Request(
                number: number,
                head: head,
                edits: edits,
                isDraft: isDraft,
                isFork: isFork,
                updated: now
            )
            forge.open(request, at: now)
        case .push(let number, let edit, let replaces):
            guard let request = forge.requests[number], let tenants = request.edits.first?.tenants else { return }
            made += 1
            let new = PretendSource.Edit(tenants: tenants, edit: edit, text: "r\(made)")
            push(replaces ? [new] : request.edits + [new], to: number)
        case .rebase(let number):
            guard let request = forge.requests[number] else { return }
            made += 1
            push(request.edits, to: number)
        case .ready(let number): forge.change(number, at: now) { $0.isDraft = false }
        case .review(let number, let person, let act): review(number, by: person, act)
        case .command(let number, let person, let isApproval): command(number, by: person, isApproval: isApproval)
        case .merge(let number, let manner): merge(number, manner)
        case .close(let number):
            guard forge.requests[number]?.state == .open else { return }
            forge.change(number, at: now) { $0.state = .closed }
        case .deleteComment(let number):
            forge.change(number, at: now) { request in
                guard let index = request.notes.firstIndex(where: { $0.key != nil && !$0.isDeleted }) else { return }
                request.notes[index].isDeleted = true
            }
        case .trouble(let fault, let seconds): forge.fail(fault, at: now, for: seconds)
        case .warning(let tenant, let seconds): warnings[tenant] = now + Double(seconds)
        }
    }

    private func push(_ edits: [PretendSource.Edit], to number: Int) {
        guard forge.requests[number]?.state == .open else { return }
        let head = PretendSource.head(made, with: edits, on: source.tip)
        forge.change(number, at: now) { request in
            request.head = head
            request.edits = edits
        }
    }

    private func review(_ number: Int, by index: Int, _ act: ForgeDisturbance.ReviewAct) {
        guard let reviewer = Reviewer(rawValue: index), forge.requests[number]?.state == .open else { return }
        let verdict: Review.Verdict =
            switch act {
            case .approve: .approved
            case .takeBack: .dismissed
            case .refuse: .changesRequested
            case .remark: .commented
            }
        let time = now
        forge.change(number, at: now) { request in
            request.acts.append(PretendForge.Act(person: reviewer.person, verdict: verdict, at: time))
        }
    }

    /// A person approves what they see in the first of our comments, or asks for a plan.
    private func command(_ number: Int, by index: Int, isApproval: Bool) {
        guard let reviewer = Reviewer(rawValue: index), let request = forge.requests[number] else { return }
        var text = "mitregate plan"
        if isApproval {
            let shown = tenants.indices.compactMap { request.shown(of: name($0), at: now) }.first
            guard let shown else { return }
            text = "mitregate approve \(shown.changesDigest.trimmedDigest)"
        }
        forge.say(text, by: reviewer.person, on: number, at: now)
    }

    private func merge(_ number: Int, _ manner: ForgeDisturbance.MergeManner) {
        guard let request = forge.requests[number], request.state == .open, !request.isDraft,
            let folders = PretendSource.merge(request.head, into: source.tip)
        else { return }
        let commit = source.merge(folders, head: manner == .merge ? request.head.revision : nil)
        note("#\(number) is merged as \(commit.revision)")
        let time = now
        forge.change(number, at: now) { request in
            request.state = .merged(as: CommitID(commit.revision), at: time)
        }
        checker.mergedAhead(number, commit, self)
    }
}
