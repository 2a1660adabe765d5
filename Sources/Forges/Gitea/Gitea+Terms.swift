import JSON

extension Gitea {
    /// Asks for the branch, which tells what it is protected with; neither forge tells of a limit.
    func terms(of branch: String, requiring context: String) async throws(ForgeError) -> ForgeTerms {
        let request = ForgeRequest(
            path: repository.path("branches", branch),
            asked: "the branch \(branch) of \(repository)"
        )
        let answer = try await connection.ask(request)?.json
        return ForgeTerms(
            isRequired: answer.flatMap { Self.isRequired(context, by: $0) },
            isPublic: try await isPublic()
        )
    }

    /// Required contexts are patterns: `mitregate/*` asks for ours as well.
    private static func isRequired(_ context: String, by branch: JSONValue) -> Bool? {
        guard let isChecked = branch["enable_status_check"]?.flag else { return nil }
        guard isChecked else { return false }
        let patterns = branch["status_check_contexts"]?.elements?.compactMap(\.text) ?? []
        if patterns.contains(context) { return true }
        let open = patterns.filter { pattern in pattern.contains { "*?[{".contains($0) } }
        if open.contains(where: { isMatch(context, $0) }) { return true }
        // A pattern with more in it than stars may ask for ours, or not.
        return open.contains { pattern in pattern.contains { "?[{".contains($0) } } ? nil : false
    }

    /// Whether a name has the fixed parts of a pattern in their order, with anything where a star stands.
    private static func isMatch(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1, name.hasPrefix(first) else {
            return false
        }
        var rest = name.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.range(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

extension Substring {
    /// Where a part stands first.
    fileprivate func range(of part: Substring) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            let tail = self[start...]
            if tail.hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }
}
