import Foundation

/// A bare repository on this machine that a pretended forge stands in front of: what is pushed there is known here.
package struct GitFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Takes in where branches are now, and puts each open request's head where git finds it.
    package func refresh(_ repository: inout PretendedRepository) {
        let tips = tips()
        for (branch, commit) in tips where repository.branches[branch] != commit {
            repository.pushed(commit, to: branch)
        }
        for branch in repository.branches.keys where tips[branch] == nil { repository.branches[branch] = nil }
        for request in repository.requests.values where request.isOpen && request.origin == .same {
            keep(request.commit, as: "refs/pull/\(request.number)/head")
        }
    }

    /// By name, without `refs/heads/`.
    private func tips() -> [String: String] {
        var tips: [String: String] = [:]
        let packed = (try? String(contentsOfFile: "\(path)/packed-refs", encoding: .utf8)) ?? ""
        for line in packed.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, parts[0].count == 40, parts[1].hasPrefix("refs/heads/") else { continue }
            tips[String(parts[1].dropFirst("refs/heads/".count))] = String(parts[0])
        }
        let heads = "\(path)/refs/heads"
        for name in FileManager.default.enumerator(atPath: heads)?.compactMap({ $0 as? String }) ?? [] {
            guard let text = try? String(contentsOfFile: "\(heads)/\(name)", encoding: .utf8) else { continue }
            let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if commit.count == 40 { tips[name] = commit }
        }
        return tips
    }

    private func keep(_ commit: String, as reference: String) {
        let file = URL(filePath: "\(path)/\(reference)")
        guard (try? String(contentsOf: file, encoding: .utf8)) != "\(commit)\n" else { return }
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try? Data("\(commit)\n".utf8).write(to: file, options: .atomic)
    }
}
