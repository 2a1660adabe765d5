import Forges
import Foundation
import PullRequests

extension ChangeOffer {
    static func fixture(
        _ parts: [String] = ["requireTls"],
        content: String = "new",
        words: String = "as is",
        kind: Kind = .drift,
        tenant: String = "contoso"
    ) -> ChangeOffer {
        ChangeOffer(
            kind: kind,
            tenant: tenant,
            source: "mail-flow",
            base: CommitID(digit: "1"),
            title: "Take over what changed in contoso",
            body: words,
            commitMessage: "Take over what changed in contoso",
            files: [File(path: "tenants/contoso/fabrikam.yaml", content: Array(content.utf8))],
            parts: parts
        )
    }
}

extension PullRequest {
    /// A request of ours from the branch of drift.
    static func offer(
        _ number: Int = 7,
        head: Character = "a",
        state: State = .open,
        origin: Origin = .same
    ) -> PullRequest {
        var request = PullRequest.fixture(number, head: head, origin: origin, state: state)
        request.head.branch = "mitregate/drift/contoso"
        return request
    }
}

extension OfferMemory {
    /// One whose request 7 shows the offer, at the commit `aaaa…`.
    static func shown(_ offer: ChangeOffer = .fixture(), as number: Int = 7, at date: Date = .fixture) -> OfferMemory {
        var memory = OfferMemory(.drift, of: "contoso")
        memory.willPush(CommitID(digit: "a"), of: offer)
        memory.did(offer, as: number, at: date)
        return memory
    }
}
