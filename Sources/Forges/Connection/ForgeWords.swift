import FoundationEssentials
import JSON
import Transfers

/// What a forge says in an error, made fit for a message: no secret, one line, no endless length.
enum ForgeWords {
    private static let maximumLength = 300

    static func said(in response: HTTPResponse, secrets: [String]) -> String {
        guard response.body.count <= 256 << 10, let json = try? JSONParser.parse(response.body) else { return "" }
        var parts: [String] = []
        for key in ["message", "error", "error_description", "errors"] {
            guard let value = json[key] else { continue }
            parts += texts(of: value, depth: 0)
        }
        return shown(parts.prefix(4).joined(separator: "; "), secrets: secrets)
    }

    private static func texts(of value: JSONValue, depth: Int) -> [String] {
        guard depth < 4 else { return [] }
        switch value {
        case .string(let text): return text.isEmpty ? [] : [text]
        case .array(let elements): return elements.prefix(4).flatMap { texts(of: $0, depth: depth + 1) }
        case .object(let members):
            if let message = value["message"]?.text { return [message] }
            if let code = value["code"]?.text { return ["\(value["field"]?.text ?? "") \(code)"] }
            return members.prefix(4).flatMap { member in
                texts(of: member.value, depth: depth + 1).map { "\(member.key): \($0)" }
            }
        case .null, .boolean, .number: return []
        }
    }

    /// A stranger's text for a message of ours.
    static func shown(_ text: String, secrets: [String]) -> String {
        var text = text
        for secret in secrets where secret.utf8.count >= 4 {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[secret]")
        }
        var scalars = text.unicodeScalars.prefix(maximumLength).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: " "
            default: scalar
            }
        }
        while scalars.last == " " { scalars.removeLast() }
        var result = String(String.UnicodeScalarView(scalars))
        if text.unicodeScalars.count > maximumLength { result += "…" }
        return result
    }
}
