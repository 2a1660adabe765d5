import Configuration
import GitRepositories
import Planning

extension Quarantine {
    /// What the tenant's definitions were at the quarantined commit (`TenantDefinitions.id`); `nil` where that is not known
    /// any more.
    func tree(of tenant: TenantConfiguration, in snapshot: SourceSnapshot, _ files: ParsedFiles) async -> String? {
        try? await TenantDefinitions.id(of: tenant, at: revision, in: snapshot.storage, files)
    }

    /// Whether a commit says of the tenant what was rolled back: it is the quarantined one, or leaves the tenant's
    /// definitions as they were there.
    func holds(_ tenant: TenantConfiguration, at snapshot: SourceSnapshot, _ files: ParsedFiles) async -> Bool {
        guard revision != snapshot.commit.id else { return true }
        guard let former = await tree(of: tenant, in: snapshot, files) else { return false }
        return (try? await TenantDefinitions.id(of: tenant, at: snapshot.commit.id, in: snapshot.storage, files))
            == former
    }
}
