import Connectors
import Foundation
import Planning
import StateStore
import Testing

/// What the history of every store can be asked.
@Suite struct HistoryTests {
    @Test(arguments: StoreKind.all)
    func `history is newest first, by tenant if asked, and bounded`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            for (id, tenant) in [("02", "contoso"), ("01", "contoso"), ("03", "northwind"), ("04", "contoso")] {
                try await store.commit(StateChange(run: .fixture(id, tenant: tenant)), tenant: tenant)
            }
            func ids(_ query: RunQuery) async throws -> [String] { try await store.runs(query).map(\.id) }
            #expect(try await ids(RunQuery(limit: 10)) == ["04", "03", "02", "01"])
            #expect(try await ids(RunQuery(tenant: "contoso", limit: 2)) == ["04", "02"])
            #expect(try await ids(RunQuery(tenants: ["northwind", "contoso"], limit: 3)) == ["04", "03", "02"])
            #expect(try await ids(RunQuery(tenants: [], limit: 3)).isEmpty)
            #expect(try await ids(RunQuery(tenant: "other", limit: 1)).isEmpty)
            #expect(try await ids(RunQuery(limit: 0)).isEmpty)
            #expect(try await store.runs(RunQuery(tenant: "contoso", limit: 1)) == [.fixture("04")])
        }
    }

    @Test(arguments: StoreKind.all)
    func `a tenant's state holds its last ten runs`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            for number in 10..<25 { try await store.commit(StateChange(run: .fixture("\(number)"))) }
            #expect(try await store.state(of: "contoso").runs.map(\.id) == (15..<25).reversed().map { "\($0)" })
            #expect(try await store.state(of: "contoso").lastRun?.id == "24")
        }
    }

    @Test(arguments: StoreKind.all)
    func `a run that is stored again is one run, and keeps its plan`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            try await store.commit(
                StateChange(run: .fixture("01", result: nil), plan: RunPlan(plan: .fixture(), judgements: "[]"))
            )
            try await store.commit(StateChange(run: .fixture("01", result: .rolledBack)))
            let expected = RunRecord.fixture("01", result: .rolledBack).planning(.fixture())
            #expect(try await store.runs(RunQuery(limit: 10)) == [expected])
            #expect(try await store.run(matching: "01").plan() == .fixture())
        }
    }

    @Test(
        arguments: StoreKind.all,
        [nil, .onChange, .at(.start), .afterBackoff, .afterPerson] as [NextLook?]
    )
    func `a run keeps why it ended and when to look again`(kind: StoreKind, nextLook: NextLook?) async throws {
        try await kind.with { store, _ in
            var run = RunRecord.fixture("01", result: .held)
            run.nextLook = nextLook
            run.cause = nextLook == nil ? nil : .frozen
            try await store.commit(StateChange(run: run))
            #expect(try await store.runs(RunQuery(limit: 1)) == [run])
        }
    }

    @Test(arguments: StoreKind.all)
    func `a run names the connectors of its plan, in order, and the plan's digest`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let plan = Plan.fixture(["tailspin", "adatum"], digest: "sha256:99")
            try await store.commit(StateChange(run: .fixture("01"), plan: RunPlan(plan: plan)))
            try await store.commit(StateChange(run: .fixture("02")))
            let runs = try await store.runs(RunQuery(limit: 10))
            #expect(runs.map(\.planDigest) == [nil, "sha256:99"])
            #expect(runs.map { $0.connectors.map(\.name) } == [[], ["adatum", "tailspin"]])
        }
    }

    struct Question: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let ids: [String]
        let narrow: @Sendable (inout RunQuery) -> Void
    }

    /// Asked of four runs: 01 of an hour each, 02 a rollback, 03 with a plan of fabrikam, 04 unfinished, by others.
    private static let questions = [
        Question(testDescription: "a command", ids: ["02"]) { $0.commands = [.rollback] },
        Question(testDescription: "results", ids: ["02", "01"]) { $0.results = [.applied, .rolledBack] },
        Question(testDescription: "no result", ids: []) { $0.results = [] },
        Question(testDescription: "causes", ids: ["03"]) { $0.causes = [.refused, .passing] },
        Question(testDescription: "from an instant", ids: ["04", "03"]) {
            $0.startedFrom = .start.addingTimeInterval(2 * 3_600)
        },
        Question(testDescription: "before an instant", ids: ["02", "01"]) {
            $0.startedBefore = .start.addingTimeInterval(2 * 3_600)
        },
        Question(testDescription: "a commit", ids: ["03"]) { $0.revision = String(repeating: "d", count: 40) },
        Question(testDescription: "the beginning of a commit", ids: ["03"]) { $0.revision = "dd" },
        Question(testDescription: "a commit with a wildcard", ids: []) { $0.revision = "%" },
        Question(testDescription: "an author", ids: ["04"]) { $0.author = "Bob <bob@contoso.com>" },
        Question(testDescription: "part of an author", ids: ["04"]) { $0.author = "BOB@contoso" },
        Question(testDescription: "an author with a wildcard", ids: []) { $0.author = "%" },
        Question(testDescription: "who started it", ids: ["04"]) { $0.startedBy = "root" },
        Question(testDescription: "a connector", ids: ["03"]) {
            $0.connector = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
        },
        Question(testDescription: "a connector of another kind", ids: []) {
            $0.connector = ConnectorKey(kind: .inboundConnector, name: "fabrikam")
        },
        Question(testDescription: "a connector of any kind", ids: ["03"]) { $0.connectorName = "fabrikam" },
        Question(testDescription: "a connector that no run changed", ids: []) { $0.connectorName = "fabri" },
        Question(testDescription: "a plan", ids: ["03"]) { $0.planDigest = "sha256:11" },
        Question(testDescription: "the next page", ids: ["02", "01"]) { $0.before = "03" },
        Question(testDescription: "several at once", ids: ["01"]) {
            $0.results = [.applied]
            $0.startedBefore = .start.addingTimeInterval(3_600)
            $0.author = "Ann <ann@contoso.com>"
        },
    ]

    @Test(arguments: StoreKind.all, questions)
    func `runs are found by what is known of them`(kind: StoreKind, question: Question) async throws {
        try await kind.with { store, _ in
            var runs = ["01", "02", "03", "04"].map { RunRecord.fixture($0) }
            for index in runs.indices { runs[index].startedAt = .start.addingTimeInterval(Double(index) * 3_600) }
            runs[1].command = .rollback
            runs[1].result = .rolledBack
            runs[2].revision = String(repeating: "d", count: 40)
            runs[2].result = .failed
            runs[2].cause = .refused
            runs[3].result = nil
            runs[3].endedAt = nil
            runs[3].author = "Bob <bob@contoso.com>"
            runs[3].startedBy = "root"
            for run in runs {
                try await store.commit(
                    StateChange(
                        run: run,
                        plan: run.id == "03" ? RunPlan(plan: .fixture(["adatum", "fabrikam"])) : nil
                    )
                )
            }
            var query = RunQuery(tenant: "contoso", limit: 10)
            question.narrow(&query)
            #expect(try await store.runs(query).map(\.id) == question.ids)
        }
    }

    @Test(arguments: [
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("01ARZ3", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("o1arz3", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("01B", "01BRZ3NDEKTSV4RRFFQ69G5FAV"),
        ("0iB", "01BRZ3NDEKTSV4RRFFQ69G5FAV"),
    ])
    func `a run is found by a beginning of its id, as it was typed`(typed: String, id: String) async throws {
        for kind in StoreKind.all {
            try await kind.with { store, _ in
                try await store.commit(StateChange(run: .fixture("01ARZ3NDEKTSV4RRFFQ69G5FAV")))
                try await store.commit(StateChange(run: .fixture("01BRZ3NDEKTSV4RRFFQ69G5FAV")))
                #expect(try await store.run(matching: typed).record.id == id)
            }
        }
    }

    @Test(arguments: [
        ("01", StateStoreError.ambiguousRun("01", candidates: ["01BRZ3", "01ARZ3"])),
        ("02", .noSuchRun("02")),
        ("", .noSuchRun("")),
        ("01%", .noSuchRun("01%")),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV1", .noSuchRun("01ARZ3NDEKTSV4RRFFQ69G5FAV1")),
    ])
    func `a beginning that several runs or none have names its candidates`(
        typed: String,
        error: StateStoreError
    )
        async throws
    {
        for kind in StoreKind.all {
            try await kind.with { store, _ in
                try await store.commit(StateChange(run: .fixture("01ARZ3")))
                try await store.commit(StateChange(run: .fixture("01BRZ3")))
                await #expect(throws: error) { try await store.run(matching: typed) }
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `old runs are forgotten with all that belongs to them, but not what is still needed`(
        kind: StoreKind
    )
        async throws
    {
        try await kind.with { store, _ in
            func run(_ id: String, endedAfterDays days: Double?, tenant: String = "contoso") -> RunRecord {
                var run = RunRecord.fixture(id, tenant: tenant, result: days == nil ? nil : .applied)
                run.endedAt = days.map { .start.addingTimeInterval($0 * 86_400) }
                return run
            }
            var rollback = run("02", endedAfterDays: 2)
            rollback.command = .rollback
            let runs = [
                run("01", endedAfterDays: 1), rollback, run("03", endedAfterDays: 3), run("04", endedAfterDays: nil),
                run("05", endedAfterDays: 4), run("06", endedAfterDays: 20), run("07", endedAfterDays: 21),
                run("08", endedAfterDays: 1, tenant: "northwind"),
            ]
            for run in runs {
                try await store.commit(
                    StateChange(
                        journal: .fixture(run.id, tenant: run.tenant, phase: run.id == "05" ? .applying : .finished),
                        run: run,
                        plan: RunPlan(plan: .fixture()),
                        evidence: [Evidence(run: run.id, tenant: run.tenant, json: "{}", at: .start)]
                    ),
                    tenant: run.tenant
                )
            }
            let date = Date.start.addingTimeInterval(10 * 86_400)
            #expect(try await store.prune(before: date) == 2)
            let left = try await store.runs(RunQuery(limit: 10)).map(\.id)
            #expect(left == ["08", "07", "06", "05", "04", "02"])
            for id in ["01", "03"] {
                await #expect(throws: StateStoreError.noSuchRun(id)) { try await store.run(matching: id) }
                #expect(try await store.journal(run: id) == nil)
                #expect(try await store.evidence(run: id).isEmpty)
            }
            var query = RunQuery(limit: 10)
            query.connector = Plan.fixture().changes.first?.key
            #expect(try await store.runs(query).map(\.id) == left)
            #expect(try await store.state(of: "contoso").unfinished?.run == "05")
            #expect(try await store.journal(run: "05") != nil)
            #expect(try await store.prune(before: date) == 0)
        }
    }
}
