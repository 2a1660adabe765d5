import FoundationEssentials

/// How a document that this program wrote earlier is read again: whoever keeps the file may have changed it.
struct SavedDocument<Document: ReportDocument & Decodable> {
    /// What the ids of its errors begin with, as `plan-file`.
    let id: String
    /// What it is called in messages, as "plan".
    let noun: String
    /// In bytes.
    let maximumSize: Int
    /// What to do when the file is of no use.
    let again: String

    private struct Header: Decodable {
        var kind: String?
        var formatVersion: String?
    }

    func read(_ bytes: [UInt8], file: String) throws(ReportError) -> Document {
        guard bytes.count <= maximumSize else {
            throw error("too-large", "The file has more than \(maximumSize) bytes, which is the limit.", file)
        }
        let data = Data(bytes)
        let decoder = JSONText.decoder()
        guard let header = try? decoder.decode(Header.self, from: data), header.kind == Document.kind else {
            throw error("unreadable", "The file is not a \(noun) in JSON.", file)
        }
        guard header.formatVersion?.split(separator: ".").first == "1" else {
            let version = header.formatVersion.map { $0.count > 40 ? "\($0.prefix(40))…" : $0 } ?? "none"
            throw error("version", "The \(noun) has format \(version), and this program reads 1.x.", file)
        }
        do {
            return try decoder.decode(Document.self, from: data)
        } catch {
            throw self.error("damaged", "The \(noun) is damaged: \(Self.reason(of: error)).", file)
        }
    }

    private func error(_ what: String, _ message: String, _ file: String) -> ReportError {
        ReportError(id: "\(id)-\(what)", message: message, remedy: again, file: file)
    }

    /// The description of an error about what was taken out of a document, or added to it.
    static var notAsSaved: String { "not as it was saved" }

    /// Which key, and what is wrong with it.
    private static func reason(of error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context): return "\(place(context.codingPath)) has the wrong type"
        case DecodingError.valueNotFound(_, let context): return "\(place(context.codingPath)) has no value"
        case DecodingError.dataCorrupted(let context) where context.debugDescription == notAsSaved:
            return "\(place(context.codingPath)) is not as it was saved"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(place(context.codingPath)) has no meaning"
        default: return "it is not valid JSON"
        }
    }
}
