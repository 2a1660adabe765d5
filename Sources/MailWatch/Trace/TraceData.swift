/// The members of a detail's `Data`, XML text that holds names and values, some of them packed into one value.
///
/// Form: `<root><MEP Name="ConnectorId" String=".." /><MEP Name="CustomData" Blob="S:k=v;S:k2=v2;'S:k3=a=b;c=d'" /></root>`.
struct TraceData {
    private(set) var members: [String: String] = [:]

    /// Reads at most 64 KiB; what makes no sense is left out.
    init(_ text: String) {
        guard !text.isEmpty else { return }
        var rest = text.prefix(65_536)
        while let start = rest.firstRange(of: "<MEP ") {
            rest = rest[start.upperBound...]
            let end = rest.firstIndex(of: ">") ?? rest.endIndex
            let attributes = Self.attributes(rest[..<end])
            rest = rest[end...]
            guard let name = attributes["Name"] else { continue }
            if let blob = attributes["Blob"] {
                for (key, value) in Self.blob(blob) { members[key.lowercased()] = value }
            } else if let value = attributes.first(where: { $0.key != "Name" })?.value {
                members[name.lowercased()] = value
            }
        }
    }

    subscript(_ name: String) -> String? { members[name.lowercased()] }

    private static func attributes(_ text: Substring) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = text
        while let equals = rest.firstRange(of: "=\"") {
            let name = rest[..<equals.lowerBound].split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
            rest = rest[equals.upperBound...]
            guard let quote = rest.firstIndex(of: "\"") else { break }
            attributes[name] = unescaped(rest[..<quote])
            rest = rest[rest.index(after: quote)...]
        }
        return attributes
    }

    /// `S:k=v;S:k2=v2;'S:k3=a=b;c=d'`: semicolons part members, except between apostrophes.
    private static func blob(_ text: String) -> [(String, String)] {
        var parts: [Substring] = []
        var isQuoted = false
        var start = text.startIndex
        for index in text.indices {
            if text[index] == "'" { isQuoted.toggle() }
            guard text[index] == ";", !isQuoted else { continue }
            parts.append(text[start..<index])
            start = text.index(after: index)
        }
        parts.append(text[start...])
        return parts.compactMap { part in
            var part = part
            if part.hasPrefix("'") { part = part.dropFirst() }
            if part.hasSuffix("'") { part = part.dropLast() }
            if part.hasPrefix("S:") { part = part.dropFirst(2) }
            guard let equals = part.firstIndex(of: "=") else { return nil }
            return (String(part[..<equals]), String(part[part.index(after: equals)...]))
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var result = ""
        var rest = text
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            guard let entity = entities.first(where: { rest.hasPrefix($0.0) }) else {
                result.append("&")
                rest = rest.dropFirst()
                continue
            }
            result += entity.1
            rest = rest.dropFirst(entity.0.count)
        }
        return result + rest
    }

    private static let entities = [
        ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"),
        ("&#x27;", "'"),
    ]
}

extension TraceData {
    /// The outbound connector that the message took, where the event tells it.
    var outboundConnector: String? {
        guard let value = self["Microsoft.Exchange.Hygiene.TenantOutboundConnectorCustomData"],
            let name = value.firstRange(of: "Name=")
        else { return nil }
        let rest = value[name.upperBound...]
        let text = String(rest[..<(rest.firstIndex(of: ";") ?? rest.endIndex)])
        return text.isEmpty ? nil : text
    }

    /// Whether the answer came from the other side's server.
    var isFromExternalServer: Bool { self["IsSmtpResponseFromExternalServer"]?.lowercased().hasPrefix("true") == true }

    /// Whether a policy of the tenant itself refused the message.
    var isOwnPolicy: Bool {
        guard let source = self["SourceContext"]?.lowercased() else { return false }
        return source.contains("dlp policy agent") || source.contains("transport rule agent")
    }
}
