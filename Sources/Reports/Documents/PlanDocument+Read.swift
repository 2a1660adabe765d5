import FoundationEssentials

extension PlanDocument {
    /// The largest plan file that is read, in bytes.
    package static let maximumSize = 64 << 20

    /// Reads a plan that was saved; what it was made for is checked by planning anew and comparing digests.
    ///
    /// - Throws: When it is no plan, is one of another version, is damaged, or is too large.
    package static func read(_ bytes: [UInt8], file: String) throws(ReportError) -> PlanDocument {
        let again = "Save it anew: mitregate plan --out \(file)"
        guard bytes.count <= maximumSize else {
            throw ReportError(
                id: "plan-file-too-large",
                message: "The file has \(bytes.count) bytes, and at most \(maximumSize) are read.",
                remedy: again,
                file: file
            )
        }
        let data = Data(bytes)
        let decoder = JSONText.decoder()
        guard let header = try? decoder.decode(Header.self, from: data), header.kind == kind else {
            throw ReportError(
                id: "plan-file-unreadable",
                message: "The file is no plan in JSON.",
                remedy: again,
                file: file
            )
        }
        guard header.formatVersion?.split(separator: ".").first == "1" else {
            throw ReportError(
                id: "plan-file-version",
                message: "The plan is of format \(header.formatVersion ?? "none"), and this program reads 1.x.",
                remedy: "Save it anew with this program: mitregate plan --out \(file)",
                file: file
            )
        }
        let document: PlanDocument
        do {
            document = try decoder.decode(PlanDocument.self, from: data)
        } catch {
            throw ReportError(
                id: "plan-file-damaged",
                message: "The plan is damaged: \(reason(of: error)).",
                remedy: again,
                file: file
            )
        }
        let names = document.tenants.map(\.tenant)
        guard Set(names).count == names.count else {
            throw ReportError(
                id: "plan-file-damaged",
                message: "The plan is damaged: it has two entries for one tenant.",
                remedy: again,
                file: file
            )
        }
        return document
    }

    private struct Header: Decodable {
        var kind: String?
        var formatVersion: String?
    }

    /// Which key, and what is wrong with it.
    private static func reason(of error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context): return "\(place(context.codingPath)) is of the wrong type"
        case DecodingError.valueNotFound(_, let context): return "\(place(context.codingPath)) has no value"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "\(place(context.codingPath)) has no meaning"
        default: return "it is no JSON"
        }
    }
}
