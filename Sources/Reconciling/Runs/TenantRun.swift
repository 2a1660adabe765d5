package import Configuration
package import Connectors
package import Definitions
import ExchangeOnline
import GitRepositories
package import Planning
import Reports
package import TLSGate

/// One pass of the pipeline for one tenant: a list of steps of one signature, and one place that turns their end into a
/// status.
package struct TenantRun: Sendable {
    /// A step adds to what the run knows, or ends it.
    package typealias Step = @Sendable (inout TenantRun) async throws(RunStop) -> Void

    /// What `plan` does; nothing in it can write to a tenant.
    package static let planning: [Step] = [loadDefinitions, observe, makePlan, judge]
    /// What `apply` does first, and shows, before anybody is asked.
    package static let preparing: [Step] = [claim, recover, loadDefinitions, observe, makePlan, judge]
    /// What `apply` does with what it has shown.
    package static let applying: [Step] = [refuseUnlessClear, write, validate, watch, remember]

    package let environment: RunEnvironment
    package let shared: SharedResources
    package let pass: Pass
    package let managed: ManagedTenant
    package var options: Options

    package var source: Source { managed.source }
    package var tenant: TenantConfiguration { managed.tenant }

    package var snapshot: SourceSnapshot?
    package var definitions: DefinitionSet?
    package var guards: [Guard] = []
    package var notes: [String] = []
    package var applied = AppliedTenant()
    package var observed: ObservedTenant?
    package var plan: Plan?
    package var judgements: [Judgement] = []
    package var evidence: String?
    /// The fencing number of the lease, while the run holds it.
    package var fence: Int?
    package var record: RunRecord?
    package var journal: Journal?

    package struct Options: Sendable {
        /// Reads the files as they lie on disk, for authors; such a plan cannot be applied.
        package var usesWorkingTree = false
        package var judgesPartners = true
        /// The plan that was saved, which must come out again.
        package var expectedDigest: String?
        package var expectedRevision: String?
        /// A commit that is obeyed although it does not descend from the one applied last.
        package var acceptedRevision: String?
        /// Whether a person has seen the plan and said yes.
        package var isAttended = false

        package init() {}
    }

    package init(
        environment: RunEnvironment,
        shared: SharedResources,
        pass: Pass,
        of managed: ManagedTenant,
        options: Options = Options()
    ) {
        self.environment = environment
        self.shared = shared
        self.pass = pass
        self.managed = managed
        self.options = options
    }

    /// Runs the steps in order until one ends the run.
    package mutating func perform(_ steps: [Step]) async -> RunStop? {
        defer { environment.tell(tenant.name, nil) }
        for step in steps {
            do throws(RunStop) {
                if environment.isInterrupted() && journal == nil { throw .interrupted }
                try await step(&self)
            } catch {
                return error
            }
        }
        return nil
    }
}
