import JSON

/// A delivery's body, of which single members are read; what is missing, or of another type, is `nil`.
///
/// It is only made after the signature was found right, and nothing in it is believed.
struct DeliveryBody {
    /// In bytes; the longest names that forges allow are a few hundred.
    private static let maximumText = 1_024

    private let json: JSONValue

    /// A body that is not JSON has no members.
    init(_ bytes: [UInt8]) { json = (try? JSONParser.parse(bytes)) ?? .null }

    /// A text of at most 1,024 bytes without control characters.
    func text(_ path: String...) -> String? {
        guard let text = member(path)?.text else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return !text.isEmpty && text.utf8.count <= Self.maximumText && isPlain ? text : nil
    }

    /// A request's number: positive, as all forges count from 1.
    func number(_ path: String...) -> Int? {
        guard let member = member(path), case .number = member, let number = member.integer else { return nil }
        return number > 0 ? number : nil
    }

    func isTrue(_ path: String...) -> Bool { member(path) == true }

    /// Whether there is a member that is not `null`.
    func has(_ path: String...) -> Bool { member(path).map { !$0.isNull } ?? false }

    private func member(_ path: [String]) -> JSONValue? { path.reduce(json) { $0?[$1] } }
}
