import FoundationEssentials

/// What a call is signed in with.
struct ForgePass: Hashable, Sendable {
    /// `Authorization`, or the forge's own.
    var header: String
    var value: String
    /// What is taken out of all that we show, should the forge echo it.
    var secrets: [String]

    static func bearer(_ token: String) -> ForgePass {
        ForgePass(header: "Authorization", value: "Bearer \(token)", secrets: [token])
    }
}

/// Signs calls in to one forge.
protocol ForgeAuthorization: Sendable {
    /// The pass for the next call.
    ///
    /// - Parameter refused: The pass that the forge has just refused with 401. One that equals it means that there is
    ///   no other, and the call is not made again.
    func pass(refused: ForgePass?) async throws(ForgeError) -> ForgePass
}

/// A token from the operator, read for each call, or one that others make and renew.
struct TokenAuthorization: ForgeAuthorization {
    let forge: String
    /// Given the token that was refused.
    let token: @Sendable (_ refused: String?) async throws -> String
    let pass: @Sendable (_ token: String) -> ForgePass

    init(
        _ forge: String,
        token: @escaping @Sendable (_ refused: String?) async throws -> String,
        pass: @escaping @Sendable (_ token: String) -> ForgePass
    ) {
        self.forge = forge
        self.token = token
        self.pass = pass
    }

    func pass(refused: ForgePass?) async throws(ForgeError) -> ForgePass {
        let text: String
        do {
            text = try await token(refused?.secrets.first)
        } catch {
            throw ForgeError.credentials(forge, "the token cannot be read")
        }
        return pass(try Self.checked(text, forge))
    }

    /// A secret without the line break that files end with; what else no header can carry is refused.
    static func checked(_ text: String, _ forge: String) throws(ForgeError) -> String {
        var token = text[...]
        while let last = token.last, last.isWhitespace { token.removeLast() }
        while let first = token.first, first.isWhitespace { token.removeFirst() }
        guard !token.isEmpty else { throw ForgeError.credentials(forge, "the token is empty") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ForgeError.credentials(forge, "the token holds a character that no token has")
        }
        return String(token)
    }
}

extension ForgeError {
    /// - Parameter problem: Never with a secret in it.
    static func credentials(_ forge: String, _ problem: String) -> ForgeError {
        ForgeError(
            .unauthorized,
            asked: "a sign-in to \(forge)",
            message: "Signing in to \(forge) is not possible: \(problem).",
            remedy: "Correct what `forge.credentials` names; it is read again at the next call."
        )
    }
}
