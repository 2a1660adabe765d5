import Connectors
import FoundationEssentials

extension Endpoint.Parameter {
    /// Why a value cannot be taken; `nil` when it can.
    func objection(to value: String) -> String? {
        switch form {
        case .name: isName(value) ? nil : "is not a name"
        case .names(let maximum):
            value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { isName(String($0)) }
                ? Self.list(value).count <= maximum ? nil : "has more than \(maximum) names"
                : "is not a list of names with commas between"
        case .text(let maximum):
            if value.trimmingSpaces().isEmpty {
                "is empty"
            } else if value.utf8.count > maximum {
                "is longer than \(maximum) bytes"
            } else if value.unicodeScalars.contains(where: { $0.isTreacherous }) {
                "holds a character that cannot be seen"
            } else {
                nil
            }
        case .instant: Timestamp.instant(value) == nil ? "is not an RFC 3339 time, as 2026-12-01T18:00:00Z" : nil
        case .digest:
            (12...64).contains(Self.hex(value).utf8.count) && Self.hex(value).utf8.allSatisfy { isHexDigit($0) }
                ? nil : "is not a digest: 12 to 64 hex digits"
        case .id:
            (1...64).contains(value.utf8.count)
                && value.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ":") }
                ? nil : "is not an id"
        case .integer(let range):
            value.utf8.count <= 9 && Int(value).map { range.contains($0) } == true
                ? nil : "is not a number from \(range.lowerBound) to \(range.upperBound)"
        case .word(let words): words.contains(value) ? nil : "is none of \(words.joined(separator: ", "))"
        case .words(let words):
            value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { words.contains(String($0)) }
                ? nil : "is not a list, with commas between, of \(words.joined(separator: ", "))"
        }
    }

    /// The parts of a list.
    static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

    /// The digits of a digest, with or without `sha256:` before them.
    static func hex(_ text: String) -> String {
        text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    }

    private func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte) && text.first != "-" && text.first != "."
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46
            || byte == 95
    }

    private func isHexDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}
