import Connectors

/// The text of a DEFER or FAIL event, taken apart; addresses and the partner's own words stay behind.
///
/// Forms seen: `Reason: [{LED=450 4.4.317 … [Message=…] [LastAttemptedServerName=…] [LastAttemptedIP=…:25] …};{MSG=…};
/// {FQDN=…};{IP=…};{LRT=…}]`, the same cut short by the service, and the older `{LED=450 4.4.316 Connection
/// refused};{MSG=Socket error code 10061};{Last attempted server name=…}`.
struct FailureText {
    /// The basic code, such as `450`; shown to people, never judged.
    let basicCode: String?
    /// Such as `4.4.317`.
    let code: String?
    let host: PartnerHost?
    let cause: CauseClass

    init(_ text: String, _ data: TraceData = TraceData("")) {
        let text = String(text.prefix(8_192))
        let lower = text.lowercased()
        let last = Self.lastError(in: lower)
        let codes = last.flatMap(Self.codes)
        basicCode = codes?.basic
        code = codes?.enhanced
        let fqdn = Self.value("fqdn", in: lower)
        let ip = Self.value("ip", in: lower)
        let name =
            Self.serverName(Self.value("lastattemptedservername", in: lower))
            ?? Self.serverName(Self.value("last attempted server name", in: lower)) ?? Self.serverName(fqdn)
        let address = Self.address(Self.value("lastattemptedip", in: lower)) ?? Self.address(ip)
        host = name == nil && address == nil ? nil : PartnerHost(name: name, address: address)
        let isRemote = fqdn?.isEmpty == false || ip?.isEmpty == false || data.isFromExternalServer
        let isOwn = data.isOwnPolicy || lower.contains("resolver.") || lower.contains("transport.rules.")
        cause =
            isOwn ? .ownPolicy : last.map { Self.cause(of: $0, code: codes?.enhanced, isRemote: isRemote) } ?? .other
    }

    /// The first row of the table that matches; `text` is in lower case.
    private static func cause(of text: some StringProtocol, code: String?, isRemote: Bool) -> CauseClass {
        if text.contains("starttls is required") || text.contains("must issue a starttls command first") {
            return .tlsAbsent
        }
        let isMismatch = text.contains("subjectmismatch") && (code == "4.4.317" || code == "4.7.320")
        if isMismatch { return .tlsName }
        if text.contains("untrustedroot") { return .tlsUntrusted }
        if code == "4.4.317" && (text.contains("tls negotiation failed") || text.contains("security status")) {
            return .tlsHandshake
        }
        guard let code else { return .other }
        if text.contains("failed mta-sts validation") && ["4.4.8", "5.4.8", "4.7.5", "5.7.5"].contains(code) {
            return .sts
        }
        switch code {
        case "4.7.321", "4.7.322", "4.7.323", "4.7.324", "4.7.325", "5.7.321", "5.7.322", "5.7.323", "5.7.324",
            "5.7.325":
            return .dane
        case "4.7.320": return .tlsCertificate
        case "4.4.312", "4.4.315", "4.4.316", "4.4.318": return .network
        case "4.4.317": return text.contains("socketerror") ? .network : .other
        case "5.7.64": return isRemote ? .refused : .other
        case "5.7.1":
            return isRemote && (text.contains("relay") || text.contains("tenantattribution")) ? .refused : .other
        default: return .other
        }
    }

    /// What stands behind `LED=`, up to `};{` or the end.
    private static func lastError(in text: String) -> Substring? {
        guard let start = text.firstRange(of: "led=") else { return nil }
        let rest = text[start.upperBound...]
        return rest[..<(rest.firstRange(of: "};{")?.lowerBound ?? rest.endIndex)]
    }

    /// The first enhanced code, and the basic one right before it.
    private static func codes(in text: Substring) -> (basic: String?, enhanced: String)? {
        let words = text.split { !($0.isASCII && ($0.isNumber || $0 == ".")) }
        for word in words {
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].count == 1, parts[1...].allSatisfy({ (1...3).contains($0.count) }) else {
                continue
            }
            let before = text[..<word.startIndex].split(separator: " ").last
            let isBasic = before?.count == 3 && before?.allSatisfy { $0.isASCII && $0.isNumber } == true
            return (isBasic ? before.map(String.init) : nil, String(word))
        }
        return nil
    }

    /// The value of `[name=…]` or `{name=…}`; `nil` where it is not there, or was cut before its end.
    private static func value(_ name: String, in text: String) -> Substring? {
        for (open, close) in [("[", "]"), ("{", "}")] {
            guard let start = text.firstRange(of: "\(open)\(name)=") else { continue }
            let rest = text[start.upperBound...]
            guard let end = rest.firstRange(of: close)?.lowerBound else { return nil }
            let value = rest[..<end]
            // An IPv6 address stands in brackets of its own.
            guard value.hasPrefix("[") else { return value }
            return value.dropFirst()
        }
        return nil
    }

    private static func serverName(_ text: Substring?) -> String? {
        text.flatMap { DomainName(String($0)) }.map(\.description)
    }

    /// The address without its port, in normal form.
    private static func address(_ text: Substring?) -> String? {
        guard let text, !text.isEmpty else { return nil }
        if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
            return IPv4Network.address(text[..<colon]).map { _ in String(text[..<colon]) }
        }
        guard !text.contains("/"), !text.contains("-"), let range = IPRange(String(text)) else { return nil }
        return range.description
    }
}
