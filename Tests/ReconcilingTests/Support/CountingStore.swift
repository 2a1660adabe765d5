import Laboratory
import Scheduling
import StateStore
import Synchronization

/// Another store, and how much evidence was read from it.
final class CountingStore: WrappedStore {
    let base: any StateStore
    private let count = Mutex(0)

    /// Rows of evidence that were handed out.
    var rowsOfEvidence: Int { count.withLock { $0 } }

    init(_ base: any StateStore) { self.base = base }

    private func counted(_ evidence: [Evidence]) -> [Evidence] {
        count.withLock { $0 += evidence.count }
        return evidence
    }

    func evidence(run: String) async throws(StateStoreError) -> [Evidence] {
        counted(try await base.evidence(run: run))
    }

    func evidence(_ query: EvidenceQuery) async throws(StateStoreError) -> [Evidence] {
        counted(try await base.evidence(query))
    }
}
