package import Configuration
package import Planning
import StateStore

extension Reconciler {
    /// Lifts the quarantine of a tenant's commit, so that the next apply tries it again.
    ///
    /// - Returns: What was lifted; `nil` when no commit is quarantined.
    package func retry(_ managed: ManagedTenant) async throws(RunStop) -> Quarantine? {
        let name = managed.tenant.name
        var run = run(of: managed)
        guard try await run.reading({ try await $0.standing(of: name).quarantine }) != nil else { return nil }
        try await TenantRun.claim(&run)
        do throws(RunStop) {
            // Read again: the run that has just ended may have lifted it.
            let quarantine = try await run.reading { try await $0.standing(of: name).quarantine }
            if quarantine != nil { try await run.commit(StateChange(quarantine: .lift)) }
            await run.release()
            return quarantine
        } catch {
            await run.release()
            throw error
        }
    }
}
