import Connectors
import Planning
import Reports
import Site
import StateStore

extension SiteClient {
    /// The runs of the history that a query asks for, newest first, in as many questions as that takes.
    func runs(_ query: RunQuery) async throws -> [RunRecord] {
        guard let tenants = query.tenants else { return try await runs(query, of: nil) }
        var all: [RunRecord] = []
        for start in stride(from: 0, to: tenants.count, by: RunListing.maximumTenants) {
            all += try await runs(query, of: tenants[start..<min(start + RunListing.maximumTenants, tenants.count)])
        }
        return Array(all.sorted { $0.id > $1.id }.prefix(query.limit))
    }

    private func runs(_ query: RunQuery, of tenants: ArraySlice<String>?) async throws -> [RunRecord] {
        var query = query
        var found: [RunRecord] = []
        let wanted = query.limit
        while found.count < wanted {
            query.limit = min(RunListing.maximumRuns, wanted - found.count)
            let page: HistoryDocument = try await get("/api/v1/runs", query: query.parameters(of: tenants))
            found += page.runs.map(\.record)
            guard page.hasMore, let last = page.runs.last else { break }
            query.before = last.record.id
        }
        return found
    }
}

extension RunQuery {
    /// The query as the API's row `listRuns` takes it.
    fileprivate func parameters(of tenants: ArraySlice<String>?) -> [(String, String)] {
        let all: [(String, String?)] = [
            ("tenant", tenants?.joined(separator: ",")), ("since", startedFrom.map(Timestamp.text)),
            ("until", startedBefore.map(Timestamp.text)), ("connector", connectorName ?? connector?.description),
            ("result", results?.map(\.rawValue).sorted().joined(separator: ",")), ("author", author),
            ("limit", String(limit)), ("before", before),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}
