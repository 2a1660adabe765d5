import FoundationEssentials
import Subprocess

/// Has a signature judged by the tool that users of its kind trust: `ssh-keygen` or `gpgv`.
struct SignatureCheck {
    let commit: String
    let signature: CommitSignature
    let signedAt: Date
    let signersPath: String

    func run() async throws(GitError) -> Signer {
        guard signature.payload.count + signature.text.count <= 1 << 20 else {
            throw .unsupportedSignature(commit: commit, detail: "the commit is larger than a mebibyte")
        }
        guard let signers = try? Data(contentsOf: URL(filePath: signersPath)), !signers.isEmpty else {
            throw .signersUnreadable(path: signersPath, detail: "it is missing, empty or not readable")
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "mitregate-\(UUID())").path
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            try Data(signature.text).write(to: URL(filePath: "\(folder)/signature"))
        } catch {
            throw .storage(path: folder, detail: "\(error)".printable)
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        switch signature.format {
        case .ssh: return try await checkSSH(folder)
        case .openPGP: return try await checkOpenPGP(folder, signers)
        case .other:
            throw .unsupportedSignature(commit: commit, detail: "it is neither an SSH nor an OpenPGP signature")
        }
    }

    /// As git does: first whose key it is, then whether it signs this.
    ///
    /// Source: verify_ssh_signed_buffer in git's gpg-interface.c.
    private func checkSSH(_ folder: String) async throws(GitError) -> Signer {
        let common = ["-f", signersPath, "-s", "\(folder)/signature", "-O", "verify-time=\(Self.stamp(signedAt))"]
        let found = try await tool("ssh-keygen", ["-Y", "find-principals"] + common)
        guard found.isSuccess, !found.output.isEmpty else {
            throw .untrustedSignature(commit: commit, detail: "its key is none of those in \(signersPath)")
        }
        for principal in found.output.split(separator: "\n").prefix(16) {
            let arguments = ["-Y", "verify", "-n", "git", "-I", String(principal)] + common
            let result = try await tool("ssh-keygen", arguments)
            guard result.isSuccess else { continue }
            let key = result.output.split(whereSeparator: \.isWhitespace).last { $0.hasPrefix("SHA256:") } ?? ""
            return Signer(name: String(principal), key: String(key))
        }
        throw .untrustedSignature(
            commit: commit,
            detail: "it does not belong to this commit, or its key was not valid then"
        )
    }

    private func checkOpenPGP(_ folder: String, _ signers: Data) async throws(GitError) -> Signer {
        guard let keys = OpenPGPArmour.decode(String(decoding: signers, as: UTF8.self)) else {
            throw .signersUnreadable(
                path: signersPath,
                detail: "the commit has an OpenPGP signature, and the file no armoured keys"
            )
        }
        do {
            try Data(keys).write(to: URL(filePath: "\(folder)/keys.gpg"))
        } catch {
            throw .storage(path: folder, detail: "\(error)".printable)
        }
        let result = try await tool(
            "gpgv",
            [
                "--homedir", folder, "--status-fd", "1", "--weak-digest", "SHA1", "--keyring", "\(folder)/keys.gpg",
                "\(folder)/signature", "-",
            ]
        )
        let status = result.output.split(separator: "\n").compactMap { line -> [Substring]? in
            let words = line.split(separator: " ", maxSplits: 3)
            return words.count > 2 && words[0] == "[GNUPG:]" ? Array(words.dropFirst()) : nil
        }
        // One good signature, and none that is not. Source: doc/DETAILS in GnuPG, "The status codes".
        let good = status.filter { $0[0] == "GOODSIG" }
        let isSpoiled = status.contains { ["BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"].contains($0[0]) }
        guard result.isSuccess, !isSpoiled, good.count == 1, let valid = status.first(where: { $0[0] == "VALIDSIG" })
        else {
            throw .untrustedSignature(
                commit: commit,
                detail: "gpgv finds no valid signature by a key in \(signersPath)"
            )
        }
        return Signer(name: good[0].count > 2 ? String(good[0][2]) : "", key: String(valid[1]))
    }

    private func tool(_ name: String, _ arguments: [String]) async throws(GitError) -> (isSuccess: Bool, output: String)
    {
        let child = ChildProcess(
            executable: .name(name),
            arguments: arguments,
            environment: ["LC_ALL": "C"],
            input: signature.payload,
            endsInput: true
        )
        let ending: ChildProcess.Ending
        do {
            ending = try await child.run(deadline: .seconds(30), clock: ContinuousClock())
        } catch {
            if Task.isCancelled { throw .cancelled }
            throw .unsupportedSignature(commit: commit, detail: "\(name) cannot be run (\(error))".printable)
        }
        guard case .ended(let output, let status) = ending else {
            throw .unsupportedSignature(commit: commit, detail: "\(name) took too long")
        }
        return (status.isSuccess, String(decoding: output, as: UTF8.self))
    }

    /// An instant as the option wants it, with its zone: `20260924060000Z`.
    ///
    /// Source: ssh-keygen(1), "verify-time".
    private static func stamp(_ date: Date) -> String {
        let digits = date.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: false).timeZone(separator: .omitted)
        )
        return digits.filter(\.isNumber).prefix(14) + "Z"
    }
}
