extension DefinitionReader {
    /// The files of a repository, divided into tenants where its folders show which is which: below each `tenants/NAME`.
    ///
    /// For `validate`, which may be given a whole repository and no configuration. What lies outside of such folders is one tenant
    /// of its own, so a folder without any is one tenant.
    package static func byTenant(_ files: [DefinitionFile]) -> [[DefinitionFile]] {
        let groups = Dictionary(grouping: files.filter { isDefinition($0.path) }) { folder(of: $0.path) }
        return groups.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }

    /// Everything up to the name that follows the last folder called `tenants`; empty where there is none.
    private static func folder(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard let index = parts.dropLast().lastIndex(of: "tenants"), index + 1 < parts.count - 1 else { return "" }
        return parts[...(index + 1)].joined(separator: "/")
    }
}
