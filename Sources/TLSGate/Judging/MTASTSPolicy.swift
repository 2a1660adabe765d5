package import Connectors
import FoundationEssentials

/// What is wrong with an MTA-STS policy, and where.
package struct MTASTSError: Error, Hashable, Sendable {
    /// Counted from 1; 0 for what is missing.
    package let line: Int
    package let reason: String
}

/// A domain's word on which servers take its mail, and that they must be encrypted (RFC 8461 3.2).
package struct MTASTSPolicy: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable {
        case enforce
        case testing
        case none
    }

    package enum Pattern: Hashable, Sendable {
        case host(DomainName)
        /// `*.example.com`, for exactly one label in front.
        case oneBelow(DomainName)
    }

    package let mode: Mode
    /// In seconds, at most a year.
    package let maxAge: Int
    package let patterns: [Pattern]

    /// The most that is read of a policy.
    package static let maximumSize = 65_536
    private static let maximumPatterns = 1_000

    package init(_ body: [UInt8]) throws(MTASTSError) {
        guard body.count <= Self.maximumSize else { throw MTASTSError(line: 0, reason: "it is larger than 64 KiB") }
        var fields: [String: (line: Int, value: String)] = [:]
        var patterns: [Pattern] = []
        var number = 0
        for bytes in body.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            let text = Self.trimmed(String(decoding: bytes.last == 13 ? bytes.dropLast() : bytes, as: UTF8.self))
            if text.isEmpty { continue }
            guard let colon = text.firstIndex(of: ":") else {
                throw MTASTSError(line: number, reason: "it has no colon")
            }
            let key = Self.trimmed(String(text[..<colon]))
            let value = Self.trimmed(String(text[text.index(after: colon)...]))
            if key == "mx" {
                guard let pattern = Self.pattern(value) else {
                    throw MTASTSError(line: number, reason: "mx is neither a host name nor *.name")
                }
                guard patterns.count < Self.maximumPatterns else {
                    throw MTASTSError(line: number, reason: "there are too many mx")
                }
                patterns.append(pattern)
            } else if fields[key] == nil {
                fields[key] = (number, value)
            }
        }
        guard fields["version"]?.value == "STSv1" else {
            throw MTASTSError(line: fields["version"]?.line ?? 0, reason: "version is not STSv1")
        }
        guard let mode = fields["mode"].flatMap({ Mode(rawValue: $0.value) }) else {
            throw MTASTSError(line: fields["mode"]?.line ?? 0, reason: "mode is not enforce, testing or none")
        }
        guard let age = fields["max_age"].flatMap({ Self.seconds($0.value) }) else {
            throw MTASTSError(line: fields["max_age"]?.line ?? 0, reason: "max_age is not a number from 0 to 31557600")
        }
        guard mode == .none || !patterns.isEmpty else { throw MTASTSError(line: 0, reason: "it names no mx") }
        self.mode = mode
        maxAge = age
        self.patterns = patterns
    }

    /// Whether a host may take the domain's mail.
    package func allows(_ host: DomainName) -> Bool {
        patterns.contains { pattern in
            switch pattern {
            case .host(let name): name == host
            case .oneBelow(let base): CertificateNames.isOneLabel(host, under: base)
            }
        }
    }

    package var patternsText: String {
        patterns.prefix(8).map { pattern in
            switch pattern {
            case .host(let name): "\(name)"
            case .oneBelow(let base): "*.\(base)"
            }
        }.joined(separator: ", ")
    }

    private static func pattern(_ text: String) -> Pattern? {
        if text.hasPrefix("*.") { return DomainName(String(text.dropFirst(2))).map(Pattern.oneBelow) }
        return DomainName(text).map(Pattern.host)
    }

    private static func seconds(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 10, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int(text).flatMap { $0 <= 31_557_600 ? $0 : nil }
    }

    static func trimmed(_ text: String) -> String {
        let blanks: Set<Character> = [" ", "\t"]
        guard let first = text.firstIndex(where: { !blanks.contains($0) }),
            let last = text.lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(text[first...last])
    }
}

/// The TXT record that says that there is a policy, and which (RFC 8461 3.1).
package enum MTASTSRecord {
    /// Whether a TXT record is meant for MTA-STS.
    package static func isCandidate(_ text: String) -> Bool {
        guard text.hasPrefix("v=STSv1") else { return false }
        return MTASTSPolicy.trimmed(String(text.dropFirst(7))).hasPrefix(";")
    }

    /// The policy's id: 1 to 32 letters and digits; `nil` where the record has none.
    package static func id(_ text: String) -> String? {
        for field in text.split(separator: ";").dropFirst() {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, MTASTSPolicy.trimmed(String(parts[0])) == "id" else { continue }
            let id = MTASTSPolicy.trimmed(String(parts[1]))
            let isSound = (1...32).contains(id.utf8.count) && id.utf8.allSatisfy(isAlphanumeric)
            return isSound ? id : nil
        }
        return nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }
}
