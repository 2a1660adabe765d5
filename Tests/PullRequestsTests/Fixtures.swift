import Connectors
import Forges
import Foundation
import Planning
import PullRequests
import TLSGate

extension Date {
    /// 2026-11-23T23:28:57Z.
    static let fixture = Date(timeIntervalSince1970: 1_795_476_537)

    func after(_ seconds: TimeInterval) -> Date { addingTimeInterval(seconds) }
}

extension CommitID {
    /// One digit, forty times.
    init(digit: Character) {
        guard let id = CommitID(String(repeating: digit, count: 40)) else { preconditionFailure("not a hex digit") }
        self = id
    }
}

extension Person {
    static let author = Person(id: "1", login: "author")
    static let alice = Person(id: "2", login: "alice")
    static let bob = Person(id: "3", login: "bob")
    static let robot = Person(id: "4", login: "robot[bot]", isBot: true)
    static let ourselves = Person(id: "5", login: "mitregate")
    static let outsider = Person(id: "6", login: "outsider")
}

extension ReviewCircle {
    static func fixture(committers: [Committer]? = [], ourselves: Person? = .ourselves) -> ReviewCircle {
        ReviewCircle(
            author: .author,
            committers: committers,
            ourselves: ourselves,
            writers: [Person.author.id, Person.alice.id, Person.bob.id, Person.robot.id, Person.ourselves.id]
        )
    }
}

extension PullRequest {
    static func fixture(
        _ number: Int = 7,
        head: Character = "a",
        origin: Origin = .same,
        state: State = .open,
        isDraft: Bool = false,
        updated: Date = .fixture
    ) -> PullRequest {
        PullRequest(
            number: number,
            title: "Force TLS with fabrikam",
            head: Head(commit: CommitID(digit: head), branch: "fabrikam", origin: origin),
            base: Base(branch: "main", commit: nil),
            author: .author,
            state: state,
            isDraft: isDraft,
            reviews: [],
            updated: updated,
            ref: "refs/pull/\(number)/head",
            page: "https://git.example/contoso/mail-flow/pull/\(number)"
        )
    }
}

extension TenantTrees {
    static func fixture(_ tenant: String = "contoso", base: String? = "t0", merged: String? = "t1") -> TenantTrees {
        TenantTrees(tenant: tenant, base: base, merged: merged)
    }
}

extension RequestFacts {
    static func fixture(
        _ request: PullRequest = .fixture(),
        base: Character = "0",
        trees: [TenantTrees] = [.fixture(), .fixture("lucerne", merged: "t0")],
        merge: MergeResult? = nil,
        states: [String: String] = ["contoso": "s0"]
    ) -> RequestFacts {
        RequestFacts(
            request: request,
            base: CommitID(digit: base),
            merge: merge ?? .merged(MergedTrees(tenants: trees)),
            states: states
        )
    }
}

extension Change {
    static func fixture(
        _ name: String = "fabrikam",
        after: FieldValue = "DomainValidation",
        risk: RiskLevel = .low,
        cause: Cause = .git
    ) -> Change {
        Change(
            action: .update,
            kind: .outboundConnector,
            name: name,
            displayName: name,
            cause: cause,
            risk: risk,
            fields: [FieldChange(path: "tlsSettings", before: "CertificateValidation", after: after)]
        )
    }
}

extension Plan {
    static func fixture(
        _ tenant: String = "contoso",
        changes: [Change] = [.fixture()],
        guards: [Guard] = []
    ) -> Plan {
        Plan(
            tenant: tenant,
            revision: String(repeating: "c", count: 40),
            tree: "t1",
            observedDigest: "sha256:00",
            policyDigest: "sha256:01",
            planDigest: "sha256:02",
            summary: Summary(update: changes.count),
            changes: changes,
            drift: [],
            unmanaged: [],
            guards: guards,
            notes: []
        )
    }
}

extension Judgement {
    static func fixture(
        _ name: String = "fabrikam",
        _ verdict: Verdict = .pass,
        seen: Date? = .fixture,
        retryAt: Date? = nil
    ) -> Judgement {
        Judgement(
            connector: ConnectorKey(kind: .outboundConnector, name: name),
            verdict: verdict,
            findings: [],
            observedAt: seen,
            expiresAt: .fixture.after(900),
            digest: "sha256:03",
            retryAt: retryAt
        )
    }
}

extension RequestMemory {
    /// A request that was looked at and whose comment shows the plan.
    static func shown(
        _ number: Int = 7,
        head: Character = "a",
        plan: Plan = .fixture(),
        judgements: [Judgement]? = [.fixture()],
        at now: Date = .fixture
    ) -> RequestMemory {
        var memory = RequestMemory(number: number)
        memory.show(plan, judgements, head: head, at: now)
        return memory
    }

    /// Looks at a head, plans it, and writes the comment.
    mutating func show(
        _ plan: Plan = .fixture(),
        _ judgements: [Judgement]? = [.fixture()],
        head: Character = "a",
        at now: Date
    ) {
        let facts = RequestFacts.fixture(
            .fixture(number, head: head),
            trees: [.fixture(plan.tenant, merged: "t\(head)")]
        )
        _ = look(facts, RequestPolicy(), at: now)
        learn(.planned(plan, judgements: judgements), of: touched[0], state: "s0", at: now)
        shown([plan.tenant], at: now)
    }
}

extension Review {
    static func approval(_ person: Person, at: Date? = .fixture.after(60)) -> Review {
        Review(person: person, verdict: .approved, at: at, commit: nil)
    }
}
