import FoundationEssentials
import Subprocess

/// A private key in OpenSSH's format that our commits are signed with; it is never printed.
package struct SigningKey: Sendable, CustomStringConvertible {
    private let text: String

    /// - Parameter text: The key itself, without a passphrase.
    package init(_ text: String) { self.text = text.hasSuffix("\n") ? text : "\(text)\n" }

    package var description: String { "a signing key" }

    /// Whether something can be signed with it.
    ///
    /// - Throws: `signingFailed`.
    package func check() async throws(GitError) { _ = try await sign(Array("mitregate".utf8)) }

    /// Signs bytes as git signs a commit.
    ///
    /// The key lies in a file of a folder of ours while `ssh-keygen` runs, as that takes no key from a variable.
    /// Source: sign_buffer_ssh in git's gpg-interface.c.
    ///
    /// - Returns: The signature, armoured.
    /// - Throws: `signingFailed`.
    func sign(_ payload: [UInt8]) async throws(GitError) -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mitregate-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            guard
                files.createFile(
                    atPath: "\(folder)/key",
                    contents: Data(text.utf8),
                    attributes: [.posixPermissions: 0o600]
                )
            else { throw GitError.storage(path: folder, detail: "the key cannot be written there") }
        } catch let error as GitError {
            throw error
        } catch {
            throw .storage(path: folder, detail: "\(error)".printable)
        }
        let child = ChildProcess(
            executable: .name("ssh-keygen"),
            arguments: ["-Y", "sign", "-n", "git", "-f", "\(folder)/key"],
            // No one is there to be asked for a passphrase.
            environment: ["LC_ALL": "C", "SSH_ASKPASS": "/bin/false", "SSH_ASKPASS_REQUIRE": "force"],
            input: payload,
            endsInput: true
        )
        let ending: ChildProcess.Ending
        do {
            ending = try await child.run(deadline: .seconds(30), clock: ContinuousClock())
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .signingFailed(detail: "ssh-keygen cannot be run (\(error))".printable)
        }
        guard case .ended(let output, let status) = ending else {
            throw .signingFailed(detail: "ssh-keygen took too long")
        }
        let signature = String(decoding: output, as: UTF8.self)
        guard status.isSuccess, signature.hasPrefix("-----BEGIN SSH SIGNATURE-----\n") else {
            throw .signingFailed(detail: "ssh-keygen takes no private key from it, or it has a passphrase")
        }
        return signature
    }
}
