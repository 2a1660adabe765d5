import Connectors
import Foundation
import Planning
import StateStore
import Testing

/// What every store keeps, and that it keeps all of a change or nothing.
@Suite struct CommitTests {
    private static let quarantine = Quarantine(
        tenant: "contoso",
        revision: "f00",
        run: "01",
        reason: "refused",
        since: .start
    )

    @Test(arguments: StoreKind.all)
    func `a tenant that is not known has an empty state`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let state = try await store.state(of: "contoso")
            #expect(state == TenantState())
        }
    }

    @Test(arguments: StoreKind.all)
    func `all parts of a change are stored, and come back as they were`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let evidence = Evidence(run: "01", tenant: "contoso", json: #"{"a": 1}"#, at: .start)
            try await store.commit(
                StateChange(
                    applied: [.remember(.fixture("fabrikam")), .remember(.fixture("adatum"))],
                    revision: "f00",
                    journal: .fixture("01"),
                    quarantine: .set(Self.quarantine),
                    run: .fixture("01"),
                    plan: RunPlan(plan: .fixture(), judgements: "[]"),
                    evidence: [evidence]
                )
            )
            let state = try await store.state(of: "contoso")
            #expect(state.applied.connectors == [.fixture("adatum"), .fixture("fabrikam")], "in the order of the keys")
            #expect(state.applied.revision == "f00")
            #expect(state.unfinished == .fixture("01"))
            #expect(state.quarantine == Self.quarantine)
            #expect(state.runs == [.fixture("01").planning(.fixture())])
            #expect(state.lease == nil)
            #expect(try await store.journal(run: "01") == .fixture("01"))
            #expect(try await store.evidence(run: "01") == [evidence])
            let run = try await store.run(matching: "01")
            #expect(run.record == .fixture("01").planning(.fixture()))
            #expect(try run.plan() == .fixture())
            #expect(run.judgements == "[]")
            #expect(try await store.standing(of: "contoso") == state.standing)
            #expect(try await store.state(of: "northwind") == TenantState())
            #expect(try await store.standing(of: "northwind") == TenantStanding())
        }
    }

    @Test(arguments: StoreKind.all)
    func `runs ahead of git are kept with what they write, in their order, and are forgotten one by one`(
        kind: StoreKind
    ) async throws {
        try await kind.with { store, _ in
            try await store.commit(StateChange(run: .fixture("02"), ahead: .fixture("02")))
            try await store.commit(StateChange(ahead: .fixture("01")))
            var later = AheadRun.fixture("02")
            later.connectors = []
            try await store.commit(StateChange(ahead: later))
            #expect(try await store.aheadRuns(of: "contoso") == [.fixture("01"), later])
            #expect(try await store.aheadRuns(of: "northwind").isEmpty)
            var change = StateChange()
            change.aheadOver = ["02", "03"]
            try await store.commit(change)
            #expect(try await store.aheadRuns(of: "contoso") == [.fixture("01")])
            try await store.commit(
                ControllerChange(documents: [Document(.aheadRun, "contoso/04", tenant: "contoso", json: "{")])
            )
            await #expect(throws: StateStoreError.self, "what it protects must not be undone") {
                try await store.aheadRuns(of: "contoso")
            }
        }
    }

    private static func word(
        _ name: String,
        _ kind: ConnectorKind = .outboundConnector,
        run: String = "01"
    ) -> BreakGlass {
        BreakGlass(
            tenant: "contoso",
            connector: ConnectorKey(kind: kind, name: name),
            displayName: name,
            owner: "ada",
            reason: "A breach.",
            since: .start,
            until: .start,
            run: run
        )
    }

    @Test(arguments: StoreKind.all)
    func `words for emergencies are kept with the run that they are of, and those that are over are forgotten`(
        kind: StoreKind
    ) async throws {
        try await kind.with { store, _ in
            var change = StateChange(run: .fixture("01"))
            change.emergencies = [Self.word("adatum"), Self.word("fabrikam")]
            try await store.commit(change)
            #expect(try await store.emergencies(of: "contoso") == [Self.word("adatum"), Self.word("fabrikam")])
            change.emergenciesOver = change.emergencies.map(\.connector)
            change.emergencies = [Self.word("fabrikam", run: "02")]
            try await store.commit(change)
            #expect(try await store.emergencies(of: nil) == [Self.word("fabrikam", run: "02")])
            let lease = try await store.lease("northwind")
            let ofAnother = change
            await #expect(throws: StateStoreError.self) { try await store.commit(ofAnother, under: lease) }
        }
    }

    @Test(arguments: StoreKind.all)
    func `connectors of one name have a word each, and each is forgotten alone`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let words = [Self.word("fabrikam", .inboundConnector), Self.word("fabrikam", .outboundConnector)]
            var change = StateChange()
            change.emergencies = words
            try await store.commit(change)
            #expect(try await store.emergencies(of: "contoso") == words)
            change = StateChange()
            change.emergenciesOver = [words[0].connector]
            try await store.commit(change)
            #expect(try await store.emergencies(of: "contoso") == [words[1]])
        }
    }

    @Test(arguments: StoreKind.all)
    func `a run ahead of git of another tenant is refused`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let lease = try await store.lease("northwind")
            await #expect(throws: StateStoreError.self) {
                try await store.commit(StateChange(ahead: .fixture("01")), under: lease)
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `rule 14: a change under a lost lease stores nothing, whatever it changes`(kind: StoreKind) async throws {
        try await kind.with { store, clock in
            let lost = try await store.lease(by: "01")
            clock.advance(by: 60)
            let held = try await store.lease(by: "02")
            let before = try await store.state(of: "contoso")
            let changes = [
                StateChange(), StateChange(applied: [.remember(.fixture("fabrikam"))]), StateChange(revision: "f00"),
                StateChange(journal: .fixture("01")), StateChange(quarantine: .set(Self.quarantine)),
                StateChange(quarantine: .lift), StateChange(run: .fixture("01"), plan: RunPlan(plan: .fixture())),
                StateChange(evidence: [Evidence(run: "01", tenant: "contoso", json: "{}", at: .start)]),
                StateChange(ahead: .fixture("01")),
            ]
            for change in changes {
                await #expect(throws: StateStoreError.leaseLost(tenant: "contoso")) {
                    try await store.commit(change, under: lost)
                }
            }
            #expect(try await store.state(of: "contoso") == before)
            #expect(try await store.journal(run: "01") == nil)
            #expect(try await store.evidence(run: "01").isEmpty)
            #expect(try await store.aheadRuns(of: "contoso").isEmpty)
            try await store.commit(StateChange(revision: "f01"), under: held)
            #expect(try await store.state(of: "contoso").applied.revision == "f01")
        }
    }

    @Test(arguments: StoreKind.all)
    func `a change under a lease that was given back is refused`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let lease = try await store.lease()
            try await store.release(lease)
            await #expect(throws: StateStoreError.leaseLost(tenant: "contoso")) {
                try await store.commit(StateChange(revision: "f00"), under: lease)
            }
        }
    }

    @Test(arguments: StoreKind.all)
    func `a change of another tenant is refused`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let lease = try await store.lease("northwind")
            let error = await #expect(throws: StateStoreError.self) {
                try await store.commit(StateChange(run: .fixture("01")), under: lease)
            }
            #expect(error?.id == "store-failed")
            #expect(try await store.state(of: "contoso").runs.isEmpty)
        }
    }

    struct Large: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable () -> StateChange
    }

    /// One byte more than the limit, in a text whose characters take two bytes each where that matters.
    private static let large = [
        Large(testDescription: "evidence") {
            let text = String(repeating: "é", count: StateStoreLimits.evidence / 2) + "."
            return StateChange(evidence: [Evidence(run: "01", tenant: "contoso", json: text, at: .start)])
        },
        Large(testDescription: "a run's message") {
            var run = RunRecord.fixture("01")
            run.message = String(repeating: ".", count: StateStoreLimits.record + 1)
            return StateChange(run: run)
        },
        Large(testDescription: "an applied connector") {
            var connector = AppliedConnector.fixture("fabrikam")
            connector.settings["comment"] = .text(String(repeating: ".", count: StateStoreLimits.record))
            return StateChange(applied: [.remember(connector)])
        },
        Large(testDescription: "a quarantine's reason") {
            var quarantine = Self.quarantine
            quarantine.reason = String(repeating: ".", count: StateStoreLimits.record)
            return StateChange(quarantine: .set(quarantine))
        },
        Large(testDescription: "a plan") {
            var plan = Plan.fixture()
            plan.notes = [String(repeating: ".", count: StateStoreLimits.plan)]
            return StateChange(run: .fixture("01"), plan: RunPlan(plan: plan))
        },
        Large(testDescription: "a journal") {
            var journal = Journal.fixture("01")
            journal.reason = String(repeating: ".", count: StateStoreLimits.journal)
            return StateChange(journal: journal)
        },
    ]

    @Test(arguments: StoreKind.all, large)
    func `a text beyond its limit ends the change, and the store goes on`(kind: StoreKind, large: Large) async throws {
        try await kind.with { store, _ in
            let lease = try await store.lease()
            var change = large.change()
            change.revision = "f00"
            let error = await #expect(throws: StateStoreError.self) { try await store.commit(change, under: lease) }
            #expect(error?.id == "store-record-too-large", "\(String(describing: error))")
            #expect(try await store.state(of: "contoso").applied.revision == nil, "nothing of it is stored")
            try await store.commit(StateChange(revision: "f01"), tenant: "northwind")
        }
    }

    @Test(arguments: StoreKind.all)
    func `evidence at its limit is stored`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let text = String(repeating: ".", count: StateStoreLimits.evidence)
            try await store.commit(
                StateChange(evidence: [Evidence(run: "01", tenant: "contoso", json: text, at: .start)])
            )
            #expect(try await store.evidence(run: "01").map(\.json.utf8.count) == [StateStoreLimits.evidence])
        }
    }

    @Test(arguments: StoreKind.all)
    func `an applied connector is replaced by its key, and removed by it`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let key = AppliedConnector.fixture("fabrikam").key
            try await store.commit(StateChange(applied: [.remember(.fixture("fabrikam", guid: "1"))]))
            try await store.commit(StateChange(applied: [.remember(.fixture("fabrikam", guid: "2"))]))
            #expect(try await store.state(of: "contoso").applied.connectors == [.fixture("fabrikam", guid: "2")])
            try await store.commit(StateChange(applied: [.forget(key)]), tenant: "northwind")
            #expect(try await store.state(of: "contoso").applied.connectors.count == 1)
            try await store.commit(StateChange(applied: [.forget(key), .remember(.fixture("adatum")), .forget(key)]))
            #expect(try await store.state(of: "contoso").applied.connectors == [.fixture("adatum")])
        }
    }

    @Test(arguments: StoreKind.all)
    func `a journal comes back until it is finished`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            try await store.commit(StateChange(journal: .fixture("02")))
            try await store.commit(StateChange(journal: .fixture("01")))
            try await store.commit(StateChange(journal: .fixture("00", tenant: "northwind")), tenant: "northwind")
            #expect(try await store.state(of: "contoso").unfinished == .fixture("01"), "the oldest first")
            try await store.commit(StateChange(journal: .fixture("01", phase: .rollingBack)))
            #expect(try await store.state(of: "contoso").unfinished == .fixture("01", phase: .rollingBack))
            try await store.commit(StateChange(journal: .fixture("01", phase: .finished)))
            #expect(try await store.state(of: "contoso").unfinished == .fixture("02"))
            #expect(try await store.journal(run: "01") == .fixture("01", phase: .finished))
            #expect(try await store.journal(run: "03") == nil)
        }
    }

    @Test(arguments: StoreKind.all)
    func `a change is stored even when its task was cancelled`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            let lease = try await store.lease()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.commit(StateChange(journal: .fixture("01")), under: lease)
                return try await store.journal(run: "01")
            }
            #expect(try await task.value == .fixture("01"))
        }
    }

    @Test(arguments: StoreKind.all)
    func `a quarantine holds until it is lifted`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            var quarantine = Self.quarantine
            try await store.commit(StateChange(quarantine: .set(quarantine)))
            quarantine.revision = "f01"
            try await store.commit(StateChange(quarantine: .set(quarantine)))
            #expect(try await store.state(of: "contoso").quarantine == quarantine)
            try await store.commit(StateChange(revision: "f02"))
            #expect(try await store.state(of: "contoso").quarantine == quarantine, "what a change leaves out stays")
            try await store.commit(StateChange(quarantine: .lift))
            #expect(try await store.state(of: "contoso").quarantine == nil)
        }
    }

    @Test(arguments: StoreKind.all)
    func `evidence of a run adds up in the order of saving`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            func evidence(_ run: String, _ json: String) -> Evidence {
                Evidence(run: run, tenant: "contoso", json: json, at: .start)
            }
            try await store.commit(StateChange(evidence: [evidence("01", "1"), evidence("02", "2")]))
            try await store.commit(StateChange(evidence: [evidence("01", "3")]))
            #expect(try await store.evidence(run: "01").map(\.json) == ["1", "3"])
        }
    }

    @Test(arguments: StoreKind.all)
    func `of evidence the newest about each subject is read, and nothing of others`(kind: StoreKind) async throws {
        try await kind.with { store, _ in
            func save(_ run: String, _ subject: String?, _ json: String, tenant: String = "contoso") async throws {
                let number = TimeInterval(run) ?? 0
                let at = Date.start.addingTimeInterval(number)
                let evidence = Evidence(run: run, tenant: tenant, subject: subject, json: json, at: at)
                try await store.commit(StateChange(evidence: [evidence]), tenant: tenant)
            }
            try await save("01", "fabrikam", "1")
            for run in 2...20 { try await save("\(run + 10)", "adatum", "\(run)") }
            try await save("40", "fabrikam", "40")
            try await save("41", nil, "41")
            try await save("42", "fabrikam", "42", tenant: "northwind")
            func read(
                _ subjects: Set<String>,
                _ edit: (inout EvidenceQuery) -> Void = { _ in }
            ) async throws -> [String] {
                var query = EvidenceQuery(tenant: "contoso", subjects: subjects)
                edit(&query)
                return try await store.evidence(query).map(\.json)
            }
            #expect(try await read(["litware"]).isEmpty)
            #expect(try await read([]).isEmpty)
            #expect(try await read(["fabrikam"]) == ["40"])
            #expect(try await read(["adatum", "fabrikam", "litware"]) == ["40", "20"])
            #expect(try await read(["adatum", "fabrikam"]) { $0.room = 3 } == ["40"], "the oldest are left out")
            #expect(try await read(["adatum", "fabrikam"]) { $0.since = .start.addingTimeInterval(40) } == ["40"])
        }
    }

    @Test(arguments: StoreKind.all)
    func `two who use one store see each other's changes, and none is lost`(kind: StoreKind) async throws {
        try await kind.withEmptyStore { bed in
            let stores = [try await bed.open(), try await bed.open()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 10..<60 {
                    group.addTask {
                        let tenant = "tenant-\(number)"
                        try await stores[number % 2].commit(
                            StateChange(run: .fixture("\(number)", tenant: tenant)),
                            tenant: tenant
                        )
                    }
                }
                try await group.waitForAll()
            }
            let ids = try await stores[0].runs(RunQuery(limit: 100)).map(\.id)
            #expect(ids == (10..<60).reversed().map { "\($0)" })
            for store in stores { await store.close() }
        }
    }
}

extension AheadRun {
    fileprivate static func fixture(_ run: String) -> AheadRun {
        let key = ConnectorKey(kind: .outboundConnector, name: "fabrikam")
        let said = AheadConnector.Said(displayName: "To fabrikam", settings: ["comment": "one"])
        return AheadRun(
            tenant: "contoso",
            run: run,
            source: "mail-flow",
            request: 7,
            page: "https://git.example/7",
            head: "f00",
            base: "f01",
            by: "alice",
            at: .start,
            connectors: [AheadConnector(key: key, git: said, before: nil)]
        )
    }
}
