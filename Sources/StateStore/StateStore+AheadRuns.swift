package import Planning

/// Runs that applied what a request changes before its merge; they are kept under the tenant's lease (`StateChange`).
extension StateStore {
    /// In the order of time.
    ///
    /// - Throws: Also where one cannot be read: what it protects must not be undone meanwhile.
    package func aheadRuns(of tenant: String) async throws(StateStoreError) -> [AheadRun] {
        let documents = try await documents(DocumentQuery(.aheadRun, tenant: tenant))
        var runs: [AheadRun] = []
        for document in documents {
            runs.append(try StoredValue.value(document.json, of: "the run ahead of git \(document.key)"))
        }
        return runs
    }
}
