import FoundationEssentials

/// What a file with a private ssh key tells without its passphrase.
enum PrivateKeyFile {
    /// Whether the key is an RSA key, in OpenSSH's format or in one of the older PEM forms.
    static func isRSA(_ path: String) -> Bool {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count < 1 << 16 else { return false }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let first = lines.first else { return false }
        if first.contains("BEGIN RSA PRIVATE KEY") { return true }
        guard first.contains("BEGIN OPENSSH PRIVATE KEY") else { return false }
        let body = lines.dropFirst().prefix { !$0.hasPrefix("-") }.joined()
        // The public half stands in the clear. Source: PROTOCOL.key in OpenSSH.
        return Data(base64Encoded: body)?.firstRange(of: Data("ssh-rsa".utf8)) != nil
    }
}
