package import Configuration
package import Definitions
import GitRepositories

extension Reconciler {
    /// The instances of a template that a tenant has, with what they stand for.
    ///
    /// - Parameter isOfWorkingTree: Whether the files are read as they lie there.
    /// - Throws: Also where something is wrong with the definitions.
    package func instances(
        of template: String,
        in entry: ManagedTenant,
        isOfWorkingTree: Bool
    ) async throws(RunStop) -> (revision: String?, instances: [ExpandedInstance]) {
        var run = self.run(of: entry)
        if isOfWorkingTree { run.options.reference = .workingTree }
        run.keepsInstances = true
        if let stop = await run.perform([TenantRun.loadDefinitions]) { throw stop }
        let instances = run.instances.filter { $0.template == template }
        return (isOfWorkingTree ? nil : run.snapshot?.commit.id, instances)
    }
}
