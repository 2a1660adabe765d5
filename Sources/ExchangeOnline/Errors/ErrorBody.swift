import Connectors
import JSON

/// What an error's body tells, whichever of its forms it has: the service's own, in parts; a message alone; plain text;
/// a web page; NUL bytes; nothing.
struct ErrorBody: Hashable, Sendable {
    /// `error.code`.
    var code: String?
    /// The most telling of the texts.
    var text: String?
    var exceptionType: String?
    /// Whether the body has the service's own form, so that its words may be gone by.
    var isService = false

    /// The service's own errors have a few hundred bytes; what is longer than this is not one of them.
    private static let longest = 64 << 10

    init(bytes: [UInt8]) {
        let bare = bytes.prefix(Self.longest).filter { $0 != 0 }
        if let body = try? JSONParser.parse(bare), case .object = body {
            self.init(body)
        } else {
            let plain = String(decoding: bare, as: UTF8.self).trimmingSpaces()
            self.init(text: plain.hasPrefix("<") ? Self.title(of: plain) : plain)
        }
    }

    private init(text: String) { self.text = text.isEmpty ? nil : text }

    /// Text by preference: the inner exception's, the first detail's, the outer message, which is always general.
    init(_ body: JSONValue) {
        let error = body.member(ignoringCase: "error") ?? body.member(ignoringCase: "odata.error") ?? body
        if case .string(let text) = error {
            self.text = body.member(ignoringCase: "error_description")?.text ?? text
            return
        }
        isService = body.member(ignoringCase: "error") != nil
        code = error.member(ignoringCase: "code")?.text
        let inner = error.member(ignoringCase: "innererror")
        let exception =
            inner?.member(ignoringCase: "internalexception") ?? inner?.member(ignoringCase: "innerexception")
            ?? error.member(ignoringCase: "internalexception")
        let details = error.member(ignoringCase: "details")?.elements ?? []
        let detail = details.lazy.compactMap { $0.member(ignoringCase: "message")?.text }.first.map(Detail.init)
        let outer = error.member(ignoringCase: "message")
        let texts = [
            exception?.member(ignoringCase: "message")?.text, detail?.text,
            outer?.text ?? outer?.member(ignoringCase: "value")?.text,
        ]
        text = texts.lazy.compactMap(\.self).first { !$0.trimmingSpaces().isEmpty }
        let types = [exception?.member(ignoringCase: "type")?.text, detail?.type]
        exceptionType = types.lazy.compactMap(\.self).first { !$0.isEmpty }
    }

    /// `ErrorId|Full.Type.Name|Text`; the id may be empty, the text may hold more bars, and a text may stand alone.
    struct Detail: Hashable {
        var type: String?
        var text: String

        init(_ message: String) {
            let parts = message.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else {
                text = message
                return
            }
            type = String(parts[1])
            text = String(parts[2])
        }
    }

    /// What a web page says of itself: most often a proxy's refusal.
    private static func title(of page: String) -> String {
        let lower = page.lowercased()
        guard lower.utf8.count == page.utf8.count, let start = lower.range(of: "<title>") else { return "a web page" }
        let tail = String(lower.utf8[start.upperBound...].prefix(200)) ?? ""
        let length = tail.range(of: "</title>").map { tail[..<$0.lowerBound].utf8.count } ?? tail.utf8.count
        let offset = lower[..<start.upperBound].utf8.count
        let from = page.utf8.index(page.startIndex, offsetBy: offset)
        let title = String(page.utf8[from...].prefix(length)) ?? ""
        return "a web page titled \"\(title.trimmingSpaces())\""
    }
}
