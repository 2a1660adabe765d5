import Reports

extension RememberedTenant {
    /// What a file of `state export` remembers of each tenant, by name.
    static func exported(_ file: String) throws -> [String: RememberedTenant] {
        guard let bytes = BoundedFile.read(file, limit: StateDocument.maximumSize) else {
            throw CommandFailure(
                .error,
                id: "state-file-missing",
                "The state file \(file) cannot be read.",
                remedy: "Export it where the store is: mitregate state export > \(file)"
            )
        }
        let tenants = try StateDocument.read(bytes, file: file).tenants
        return Dictionary(uniqueKeysWithValues: tenants.map { ($0.tenant, $0) })
    }
}
