import Connectors
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

    /// The key of the document that holds a connector's word.
    static func emergencyKey(_ connector: ConnectorKey, _ tenant: String) -> String {
        "\(tenant)/\(connector.kind.rawValue)/\(connector.name)"
    }
}
