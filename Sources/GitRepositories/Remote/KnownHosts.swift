import CGit2
import FoundationEssentials

/// A file of host keys in OpenSSH's format, read as OpenSSH reads it.
///
/// Hashed names, patterns, negations, `[host]:port` and `@revoked` count; `@cert-authority` does not, as libssh2 takes no
/// host certificates. Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
package struct KnownHosts {
    package enum Verdict: Equatable {
        case trusted
        case unknown
        /// The host is known with these other keys of the same type.
        case changed(known: [HostKey])
        case revoked
    }

    private struct Entry {
        let isRevoked: Bool
        let hosts: Substring
        let key: HostKey
    }

    private let entries: [Entry]

    package init(_ text: String) {
        entries = text.split(whereSeparator: \.isNewline).compactMap { line in
            var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = fields.first, !first.hasPrefix("#") else { return nil }
            let marker = first.hasPrefix("@") ? fields.removeFirst() : nil
            guard marker == nil || marker == "@revoked", fields.count >= 3 else { return nil }
            guard let key = HostKey(base64: String(fields[2])), key.type == fields[1] else { return nil }
            return Entry(isRevoked: marker != nil, hosts: fields[0], key: key)
        }
    }

    /// - Throws: `knownHostsUnreadable`; a file that does not exist is an empty one.
    init(path: String) throws(GitError) {
        guard FileManager.default.fileExists(atPath: path) else {
            self.init("")
            return
        }
        do {
            self.init(String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self))
        } catch {
            throw .knownHostsUnreadable(path: path, detail: "\(error)".printable)
        }
    }

    package func judge(_ key: HostKey, of host: String, port: Int) -> Verdict {
        let name = Self.name(of: host, port: port)
        let matching = entries.filter { Self.matches($0.hosts, name) }
        if matching.contains(where: { $0.isRevoked && $0.key == key }) { return .revoked }
        let valid = matching.filter { !$0.isRevoked }.map(\.key)
        if valid.contains(key) { return .trusted }
        // A key of another type says nothing of this one: a host has one of each.
        let known = valid.filter { $0.type == key.type }
        return known.isEmpty ? .unknown : .changed(known: known)
    }

    /// The lines that trust a host, with its name written out: what libgit2 chooses the key's type by.
    ///
    /// Without RSA: libssh2 1.10 knows it with SHA-1 alone, which no current server offers (measured with OpenSSH 9.2).
    func plainLines(for host: String, port: Int) -> [String] {
        let name = Self.name(of: host, port: port)
        return entries.filter { !$0.isRevoked && $0.key.type != "ssh-rsa" && Self.matches($0.hosts, name) }
            .map { "\(name) \($0.key)" }
    }

    /// How the file names a host.
    static func name(of host: String, port: Int) -> String { port == 22 ? host : "[\(host)]:\(port)" }

    private static func matches(_ patterns: Substring, _ name: String) -> Bool {
        if patterns.hasPrefix("|1|") { return matchesHash(patterns, name) }
        var isMatch = false
        for pattern in patterns.lowercased().split(separator: ",") {
            let isNegated = pattern.hasPrefix("!")
            guard matches(Array((isNegated ? pattern.dropFirst() : pattern).utf8)[...], Array(name.utf8)[...]) else {
                continue
            }
            if isNegated { return false }
            isMatch = true
        }
        return isMatch
    }

    /// Whether a name is of a pattern, where `*` stands for any run of characters and `?` for one.
    ///
    /// Only the last star is ever tried again, which is enough, and never takes long.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var (p, n) = (pattern.startIndex, name.startIndex)
        var star: (pattern: Int, name: Int)?
        while n < name.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                star = (p + 1, n)
                p += 1
            } else if p < pattern.endIndex, pattern[p] == name[n] || pattern[p] == UInt8(ascii: "?") {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (p, n) = (last.pattern, last.name + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// `|1|salt|HMAC-SHA1(salt, name)`, both in base 64.
    private static func matchesHash(_ text: Substring, _ name: String) -> Bool {
        let parts = text.split(separator: "|")
        guard parts.count == 3, let salt = Data(base64Encoded: String(parts[1])),
            let hash = Data(base64Encoded: String(parts[2]))
        else { return false }
        var digest = [UInt8](repeating: 0, count: 20)
        let bytes = Array(name.utf8)
        let key = Array(salt)
        guard cgit2_hmac_sha1(key, Int32(key.count), bytes, bytes.count, &digest) == 1 else { return false }
        return digest.elementsEqual(hash)
    }
}

/// A server's public key, as it goes over the wire.
package struct HostKey: Hashable, CustomStringConvertible {
    package let bytes: [UInt8]
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, …: the first string in the bytes.
    package let type: String

    package init?(_ bytes: [UInt8]) {
        guard bytes.count > 4, bytes.count < 1 << 16 else { return nil }
        let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, length <= bytes.count - 4 else { return nil }
        let name = bytes[4..<4 + length]
        guard name.allSatisfy({ (33...126).contains($0) }) else { return nil }
        self.bytes = bytes
        type = String(decoding: name, as: UTF8.self)
    }

    package init?(base64: String) {
        guard let data = Data(base64Encoded: base64) else { return nil }
        self.init(Array(data))
    }

    /// Type and key as a line of known_hosts has them.
    package var description: String { "\(type) \(Data(bytes).base64EncodedString())" }

    /// As `ssh-keygen -l` shows it: `SHA256:` and the digest without padding.
    package var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil) == 1 else { return "SHA256:?" }
        let text = Data(digest.prefix(Int(length))).base64EncodedString()
        return "SHA256:" + text.prefix { $0 != "=" }
    }
}
