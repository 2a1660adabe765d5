import Connectors
import FoundationEssentials
import StateStore

/// Whether the store can be written; asked at most every few seconds.
actor StoreWatch {
    private let store: any StateStore
    private let now: @Sendable () -> Date
    private var asked: (at: Date, trouble: String?)?

    init(store: any StateStore, now: @escaping @Sendable () -> Date) {
        self.store = store
        self.now = now
    }

    /// Why it cannot be used; `nil`: it can.
    func trouble() async -> String? {
        let now = now()
        if let asked, abs(now.timeIntervalSince(asked.at)) < 2 { return asked.trouble }
        var trouble: String?
        do throws(StateStoreError) {
            // What is there already would not be written again, and a disk that is full would not be seen.
            let json = #"{"at": "\#(Timestamp.text(now))"}"#
            try await store.commit(ControllerChange(documents: [Document(.condition, "alive", json: json)]))
        } catch {
            trouble = error.message
        }
        asked = (now, trouble)
        return trouble
    }
}
