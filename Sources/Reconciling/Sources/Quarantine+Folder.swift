import Configuration
import GitRepositories
import Planning
import Reports

extension Quarantine {
    /// What the tenant's definitions were at the quarantined commit (`TenantDefinitions.id`); `nil` where the repository has
    /// that commit no longer, as after a history that was rewritten.
    ///
    /// - Throws: Where git cannot be read: then it is not known whether what was rolled back would come again.
    func tree(
        of tenant: TenantConfiguration,
        in snapshot: SourceSnapshot,
        _ files: ParsedFiles
    ) async throws(RunStop) -> String? {
        do throws(GitError) {
            return try await TenantDefinitions.id(of: tenant, at: revision, in: snapshot.storage, files)
        } catch {
            if case .noSuchCommit = error { return nil }
            throw RunStop(error)
        }
    }

    /// Whether a commit says of the tenant what was rolled back: it is the quarantined one, or leaves the tenant's
    /// definitions as they were there.
    func holds(
        _ tenant: TenantConfiguration,
        at snapshot: SourceSnapshot,
        _ files: ParsedFiles
    ) async throws(RunStop) -> Bool {
        guard revision != snapshot.commit.id else { return true }
        guard let former = try await tree(of: tenant, in: snapshot, files) else { return false }
        do throws(GitError) {
            return try await TenantDefinitions.id(of: tenant, at: snapshot.commit.id, in: snapshot.storage, files)
                == former
        } catch {
            throw RunStop(error)
        }
    }
}
