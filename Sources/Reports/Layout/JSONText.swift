import Connectors
import FoundationEssentials

/// The one form of JSON that is printed: keys in order, instants in RFC 3339, and nothing that a terminal would act on.
enum JSONText {
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp.text(date))
        }
        do {
            return escaped(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
        } catch {
            // Only a number that JSON has no form for, or a bug in an encode(to:), comes here.
            preconditionFailure("A report cannot be written as JSON: \(error)")
        }
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            if let date = Timestamp.instant(text) { return date }
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "it is not an RFC 3339 instant")
        }
        return decoder
    }

    /// JSON takes C1 controls and marks that turn text as they are; as `\uXXXX` they mean the same and do nothing.
    private static func escaped(_ text: String) -> String {
        let json = text.withoutAgentCommands("#\\u0023")
        guard json.unicodeScalars.contains(where: { $0 != "\n" && $0.isTreacherous }) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            guard scalar != "\n", scalar.isTreacherous else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }
}
