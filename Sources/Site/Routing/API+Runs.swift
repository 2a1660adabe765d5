import Configuration
import Connectors
import FoundationEssentials
import Planning
package import Reports
package import StateStore

/// How much one question after the history may ask for.
package enum RunListing {
    package static let maximumTenants = 100
    package static let maximumRuns = 1_000
}

/// What was done, as `history` and `show` tell it.
extension API {
    var runs: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/api/v1/runs",
                operation: "listRuns",
                summary: "What was done, newest first; hasMore says whether older runs match.",
                access: .needs(.read),
                query: filters,
                answers: HistoryDocument.kind,
                problems: [503],
                handle: list
            ),
            Endpoint(
                method: .get,
                path: "/api/v1/runs/{id}",
                operation: "getRun",
                summary: "One run with its plan and its journal.",
                access: .needs(.read),
                variables: [Self.id("run, or its beginning")],
                answers: ShowDocument.kind,
                problems: [404, 409, 503],
                handle: run
            ),
        ]
    }

    private var filters: [Endpoint.Parameter] {
        func parameter(_ name: String, _ form: Endpoint.Parameter.Form, _ summary: String) -> Endpoint.Parameter {
            Endpoint.Parameter(name: name, form: form, summary: summary)
        }
        return [
            parameter(
                "tenant",
                .names(maximum: RunListing.maximumTenants),
                "Only of these tenants, with commas between."
            ),
            parameter("since", .instant, "Only runs that started at this time or later."),
            parameter("until", .instant, "Only runs that started before this time."),
            parameter(
                "connector",
                .text(maximum: 200),
                "Only runs whose plan changed this connector: its name in git, or KIND/NAME."
            ),
            parameter(
                "result",
                .words(RunRecord.Result.allCases.map(\.rawValue)),
                "Only runs that ended so, with commas between."
            ),
            parameter(
                "author",
                .text(maximum: 400),
                "Only runs of commits by this author: a name, an address or a part."
            ),
            Self.limit(RunListing.maximumRuns), parameter("before", .id, "Only runs before the one of this id."),
        ]
    }

    private func list(_ call: Call) async throws(ProblemDetails) -> Reply {
        // One more than was asked for shows whether there are older ones.
        var query = RunQuery(limit: call.limit(50) + 1)
        query.tenants = call.query["tenant"].map(Endpoint.Parameter.list)
        query.startedFrom = call.query["since"].flatMap(Timestamp.instant)
        query.startedBefore = call.query["until"].flatMap(Timestamp.instant)
        query.results = call.query["result"].map { Set(Endpoint.Parameter.list($0).compactMap(RunRecord.Result.init)) }
        query.author = call.query["author"]
        query.before = call.query["before"]
        if let connector = call.query["connector"], !query.choose(connector: connector) {
            throw .invalid(
                "connector is neither a name nor KIND/NAME: \(connector.quoted).",
                remedy: "Kinds: \(ConnectorKind.allCases.map(\.rawValue).joined(separator: ", "))."
            )
        }
        do {
            let runs = try await store.runs(query)
            let shown = Array(runs.prefix(query.limit - 1))
            return .json(200, HistoryDocument(runs: shown, hasMore: runs.count > shown.count).json)
        } catch {
            throw ProblemDetails(error)
        }
    }

    private func run(_ call: Call) async throws(ProblemDetails) -> Reply {
        do {
            return .json(200, try await ShowDocument(of: call.path["id"] ?? "", in: store).json)
        } catch {
            throw ProblemDetails(error)
        }
    }
}

extension ShowDocument {
    /// What a store has of one run.
    ///
    /// - Parameter id: The run's id, or the beginning of it.
    package init(of id: String, in store: any StateStore) async throws(StateStoreError) {
        let stored = try await store.run(matching: id)
        let journal = try await store.journal(run: stored.record.id)
        let plan: Plan?
        do throws(StateStoreError) {
            plan = try stored.plan()
        } catch {
            self.init(ofUnreadablePlan: stored.record, journal: journal)
            return
        }
        self.init(record: stored.record, plan: plan, judgements: stored.judgements, journal: journal)
    }
}
