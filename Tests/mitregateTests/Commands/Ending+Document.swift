import Foundation
import Laboratory
import Testing

extension Program.Ending {
    /// The one JSON document that standard output is.
    func document(
        _ kind: String,
        at location: SourceLocation = #_sourceLocation
    ) throws -> [String: Any] {
        let object = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        let document = try #require(object, "no JSON document: \(self)", sourceLocation: location)
        #expect(document["kind"] as? String == kind, sourceLocation: location)
        let version = Self.versions[kind] ?? "1.0"
        #expect(document["formatVersion"] as? String == version, sourceLocation: location)
        return document
    }

    /// Of the documents whose form has grown or changed since the first.
    private static let versions = [
        "Plan": "1.1", "Run": "1.2", "History": "1.2", "Gate": "3.0", "Probe": "2.0", "Apply": "2.0", "Status": "1.1",
        "State": "1.1", "PartnerSheet": "1.1", "Tenants": "1.2", "Tenant": "1.2", "Import": "1.1",
    ]

    /// The ids of an error document's errors, each of which says something.
    func errorIDs(at location: SourceLocation = #_sourceLocation) throws -> [String] {
        let errors = try document("Error", at: location)["errors"] as? [[String: Any]] ?? []
        for error in errors { #expect((error["message"] as? String)?.isEmpty == false, sourceLocation: location) }
        return errors.compactMap { $0["id"] as? String }
    }

    /// The lines of a text that are wider than a terminal of 80 columns.
    static func wideLines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { $0.count > 80 }
    }
}
