import Configuration
import FoundationEssentials
import PullRequests
import Reconciling
import StateStore

/// What is remembered of an offer, and how it lies in the store.
struct KeptOffer: Sendable {
    var record: OfferRecord
    var json: String
}

/// Another process or a person was quicker, so what was decided no longer holds: all of it is looked at once more.
struct OfferOvertaken: Error {
    /// A sentence without its end.
    var what: String
}

/// What is remembered between looks.
///
/// `import --pull-request` and the controller, or two controllers while one takes over from the other, may be at work on the same
/// offer. Whatever one of them stores rests on what it has read: where another has stored something since, it stores nothing, does
/// nothing that rests on it, and looks again.
extension OfferDesk {
    func load() async throws(StateStoreError) -> [String: KeptOffer] {
        let documents = try await environment.store.documents(DocumentQuery(.offer, prefix: "\(name)/"))
        var kept: [String: KeptOffer] = [:]
        for document in documents {
            do {
                let record = try JSONDecoder().decode(OfferRecord.self, from: Data(document.json.utf8))
                kept[document.key] = KeptOffer(record: record, json: document.json)
            } catch {
                // Without it a request would be opened once more.
                throw .unreadable(what: "the offer \(document.key)", detail: "\(error)")
            }
        }
        return kept
    }

    /// Stores what is known now; what comes after rests on it.
    ///
    /// - Throws: Where it could not be stored, also as another process has stored something since it was read (`documentMoved`);
    ///   then nothing that rests on it may be done.
    func store(_ work: inout Work) async throws(StateStoreError) {
        guard work.record != work.stored else { return }
        let json = work.record.isEmpty ? nil : try Self.json(work.record, of: work.key)
        var change = ControllerChange()
        change.expected = [ControllerChange.Expectation(.offer, work.key, json: work.json)]
        if let json {
            change.documents = [Document(.offer, work.key, tenant: work.managed.tenant.name, json: json)]
        } else {
            change.forgotten = [(.offer, work.key)]
        }
        try await environment.store.commit(change)
        (work.stored, work.json) = (work.record, json)
    }

    /// Makes sure that no other process has stored something since the record was read, so that what it says of our own doing is
    /// all there is.
    func confirm(_ work: Work) async throws {
        let stored = try await environment.store.documents(DocumentQuery(.offer, key: work.key)).first?.json
        guard stored == work.json else { throw OfferOvertaken(what: "Another process has worked on the same offer") }
    }

    /// Whether what failed did so because another process or a person was quicker.
    static func isOvertaken(_ error: any Error) -> Bool {
        if case StateStoreError.documentMoved? = error as? StateStoreError { return true }
        return error is OfferOvertaken
    }

    private static func json(_ record: OfferRecord, of key: String) throws(StateStoreError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            return String(decoding: try encoder.encode(record), as: UTF8.self)
        } catch {
            throw .unreadable(what: "the offer \(key)", detail: "\(error)")
        }
    }
}
