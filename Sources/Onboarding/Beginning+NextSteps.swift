import Configuration

extension Beginning {
    /// What to do next, as lines for a terminal.
    ///
    /// - Parameters:
    ///   - folder: The configuration's folder as a person would type it; `nil` when it is the working directory.
    ///   - isCommitted: Whether the repository is new and its first commit was made.
    ///   - isClone: Whether the repository was there before.
    package func nextSteps(folder: String?, isCommitted: Bool, isClone: Bool) -> [String] {
        let enter = folder.map { ["cd \($0)"] } ?? []
        guard simulator == nil else { return enter + ["mitregate plan"] }
        return enter + publishing(isCommitted: isCommitted, isClone: isClone) + [
            "mitregate doctor   # what is missing, and where to fix it",
            "mitregate import --repository \(repository)   # the connectors that there are",
        ]
    }

    /// What a person has to bring, which no command can.
    package var errands: [String] {
        guard simulator == nil else { return [] }
        let token =
            switch (address.isRemote, address.form) {
            case (false, _): nil as String?
            case (true, .ssh):
                """
                Put a key that may read the repository into id_ed25519 (chmod 600), and the
                host's keys into known_hosts.
                """
            case (true, _): "Put a token that may read the repository into git-token (chmod 600)."
            }
        return [signIn.errand, token].compactMap(\.self)
    }

    private func publishing(isCommitted: Bool, isClone: Bool) -> [String] {
        var lines: [String] = []
        if !isCommitted {
            lines += ["git -C \(repository) add -A", "git -C \(repository) commit -m \"Begin with Mitregate\""]
        }
        guard address.isRemote else { return lines }
        if !isClone { lines.append("git -C \(repository) remote add origin \(address.url)") }
        return lines + ["git -C \(repository) push -u origin main"]
    }
}
