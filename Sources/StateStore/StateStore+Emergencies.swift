package import Connectors
import FoundationEssentials
package import Planning

/// Emergencies that no commit speaks of yet, each a document of its own.
extension StateStore {
    /// In the order of their connectors.
    ///
    /// - Parameter tenant: `nil` means all of them.
    /// - Throws: Also where one cannot be read: what it forbids must not be done meanwhile.
    package func emergencies(of tenant: String?) async throws(StateStoreError) -> [BreakGlass] {
        let documents = try await documents(DocumentQuery(.breakGlass, tenant: tenant))
        var words: [BreakGlass] = []
        for document in documents {
            words.append(try StoredValue.value(document.json, of: "the emergency \(document.key)"))
        }
        return words
    }

    package func keep(_ words: [BreakGlass]) async throws(StateStoreError) {
        guard !words.isEmpty else { return }
        var change = ControllerChange()
        for word in words {
            let json: String
            do {
                json = try StoredValue.text(word)
            } catch {
                throw StateStoreError.unreadable(what: "an emergency", detail: "\(error)")
            }
            let key = Self.emergencyKey(word.connector, word.tenant)
            change.documents.append(Document(.breakGlass, key, tenant: word.tenant, json: json))
        }
        try await commit(change)
    }

    package func forgetEmergencies(_ connectors: [ConnectorKey], of tenant: String) async throws(StateStoreError) {
        guard !connectors.isEmpty else { return }
        var change = ControllerChange()
        change.forgotten = connectors.map { (.breakGlass, Self.emergencyKey($0, tenant)) }
        try await commit(change)
    }

    private static func emergencyKey(_ connector: ConnectorKey, _ tenant: String) -> String {
        "\(tenant)/\(connector.kind.rawValue)/\(connector.name)"
    }
}
