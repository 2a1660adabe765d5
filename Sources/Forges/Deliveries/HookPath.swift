import Crypto

extension HookSecret {
    /// Where the deliveries for a source come in: `/hook/` and 64 hexadecimal digits that cannot be found without the secret.
    package func path(source: String) -> String {
        let secret =
            switch self {
            case .secret(let text): text
            case .user(_, let password): password
            }
        let digits = SHA256.hash(data: Array("\(secret)/\(source)".utf8)).map { byte in
            let hex = String(byte, radix: 16)
            return hex.utf8.count == 1 ? "0\(hex)" : hex
        }
        return "/hook/\(digits.joined())"
    }
}
