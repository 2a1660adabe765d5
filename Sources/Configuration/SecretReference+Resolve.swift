import FoundationEssentials
import Glibc

extension SecretReference {
    /// The secret, read now, without the one line break that editors leave at the end.
    ///
    /// - Throws: When it cannot be had or is empty; the error never holds it.
    package func resolve(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> String {
        let text =
            switch self {
            case .environment(let name): try variable(name, environment)
            case .file(let path): try contents(of: path)
            }
        guard !text.isEmpty else {
            throw ConfigurationError(
                Problem("config-secret-empty", "The secret in \(place) is empty.", remedy: "Put the secret there.")
            )
        }
        return text
    }

    /// Where the secret is found, for messages.
    package var place: String {
        switch self {
        case .environment(let name): "the variable \(name)"
        case .file(let path): "the file \(path)"
        }
    }

    /// A warning when others on this machine can read the file; `nil` when all is well.
    ///
    /// Whoever may read it need not be wrong: a secret store may mount it so.
    package var exposure: String? {
        guard case .file(let path) = self else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o004 != 0 else { return nil }
        return "Any user on this machine can read the secret in \(path). Close it: chmod 600 \(path)"
    }

    private func variable(_ name: String, _ environment: [String: String]) throws(ConfigurationError) -> String {
        guard let value = environment[name] else {
            throw ConfigurationError(
                Problem(
                    "config-secret-missing",
                    "The variable \(name) is not set, and the configuration finds a secret there.",
                    remedy: "Set it where this program is started, or change the reference."
                )
            )
        }
        return Self.trimmed(value)
    }

    private func contents(of path: String) throws(ConfigurationError) -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw ConfigurationError(
                Problem(
                    "config-secret-missing",
                    file: path,
                    "File not found; the configuration reads a secret from it.",
                    remedy: "Write the secret to it, or change the reference. Relative paths are meant from the "
                        + "configuration's folder."
                )
            )
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= 1 << 20,
            let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                Problem(
                    "config-secret-unreadable",
                    file: path,
                    "The secret in this file cannot be read.",
                    remedy: "It must be a file of at most 1 MiB of UTF-8 that the user who runs this may read."
                )
            )
        }
        return Self.trimmed(text)
    }

    private static func trimmed(_ text: String) -> String {
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { return String(text.dropLast()) }
        return text
    }
}
