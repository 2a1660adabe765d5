/// What may lie in a folder of definitions, whether it is read from a commit or from a working tree; counts what was read.
struct FolderRules {
    let limits: ReadingLimits
    private var entries = 0
    private var files = 0
    private var bytes = 0

    init(_ limits: ReadingLimits) { self.limits = limits }

    /// Files and folders of tools, such as `.github` and `.gitlab-ci.yml`, are none of ours and passed over.
    static func isHidden(_ name: some Collection<UInt8>) -> Bool {
        guard name.first == UInt8(ascii: "."), !name.contains(UInt8(ascii: "/")) else { return false }
        return ![".", "..", ".git"].contains(String(decoding: name, as: UTF8.self).lowercased())
    }

    /// Only these are read, in any letter case, as `DefinitionReader` has it; anything else is passed over.
    static func isDefinition(_ name: some Collection<UInt8>) -> Bool {
        let end = name.suffix(5).map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
        return end.count > 4 && (end.elementsEqual(".yaml".utf8) || end.dropFirst().elementsEqual(".yml".utf8))
    }

    mutating func countEntry(in folder: String) throws(GitError) {
        entries += 1
        guard entries <= limits.entries else { throw .limitPassed(.init(.entries, at: folder, limit: limits.entries)) }
    }

    mutating func countFile(_ path: String) throws(GitError) {
        files += 1
        guard files <= limits.files else { throw .limitPassed(.init(.files, at: path, limit: limits.files)) }
    }

    mutating func countBytes(_ count: Int, of path: String) throws(GitError) {
        guard count <= limits.fileBytes else {
            throw .limitPassed(.init(.fileBytes, at: path, limit: limits.fileBytes))
        }
        bytes += count
        guard bytes <= limits.totalBytes else {
            throw .limitPassed(.init(.totalBytes, at: path, limit: limits.totalBytes))
        }
    }

    func checkDepth(_ depth: Int, of path: String) throws(GitError) {
        guard depth <= limits.depth else { throw .limitPassed(.init(.depth, at: path, limit: limits.depth)) }
    }

    /// The name as text, when it can neither lead astray nor deceive a reader.
    static func name(_ bytes: some Collection<UInt8>, in folder: String) throws(GitError) -> String {
        func refuse(_ reason: String) -> GitError {
            .oddName(
                path: folder.isEmpty ? String(printing: bytes) : "\(folder)/\(String(printing: bytes))",
                reason: reason
            )
        }
        guard let name = String(validating: bytes, as: UTF8.self) else { throw refuse("it is not UTF-8") }
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/"), !name.contains("\\") else {
            throw refuse("it would lead to another folder")
        }
        guard name.lowercased() != ".git" else { throw refuse("it is git's own") }
        guard name.printable == name else { throw refuse("it holds control characters, or marks that cannot be seen") }
        return name
    }

    /// Whether a link's target lies outside the folder, read by its text alone.
    static func leaves(_ target: String, from folder: String) -> Bool {
        guard !target.hasPrefix("/") else { return true }
        var depth = folder.split(separator: "/").count
        for name in target.split(separator: "/") where name != "." {
            depth += name == ".." ? -1 : 1
            if depth < 0 { return true }
        }
        return false
    }
}
