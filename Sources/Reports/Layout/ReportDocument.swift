/// What a script reads: one JSON document that says what it is.
package protocol ReportDocument: Encodable, Sendable {
    /// The document's `kind`.
    static var kind: String { get }
    /// Its version; what is added raises the part behind the dot, and readers ignore what they don't know.
    static var formatVersion: String { get }
}

extension ReportDocument {
    package static var formatVersion: String { "1.0" }

    /// The document, with a line break at its end.
    package var json: String { JSONText.encode(Envelope(document: self)) }
}

private struct Envelope<Document: ReportDocument>: Encodable {
    let document: Document

    private enum Key: String, CodingKey { case formatVersion, kind }

    func encode(to encoder: any Encoder) throws {
        try document.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Document.formatVersion, forKey: .formatVersion)
        try container.encode(Document.kind, forKey: .kind)
    }
}
