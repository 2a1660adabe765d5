import Laboratory
import Scheduling
import StateStore

/// A store whose documents can no longer be read once `fails` is set.
struct FailingStore: WrappedStore {
    let base: any StateStore
    let fails = LockedValue(false)

    func documents(_ query: DocumentQuery) async throws(StateStoreError) -> [Document] {
        guard !fails.value else { throw StateStoreError.unreadable(what: "a document", detail: "the disk is gone") }
        return try await base.documents(query)
    }
}
