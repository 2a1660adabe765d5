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

    package let surroundings: Surroundings
    package let workshop: Workshop
    package let source: Source
    package let tenant: TenantConfiguration
    package var options: Options

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
        surroundings: Surroundings,
        workshop: Workshop,
        source: Source,
        tenant: TenantConfiguration,
        options: Options = Options()
    ) {
        self.surroundings = surroundings
        self.workshop = workshop
        self.source = source
        self.tenant = tenant
        self.options = options
    }

    /// Runs the steps in order until one ends the run.
    package mutating func perform(_ steps: [Step]) async -> RunStop? {
        defer { surroundings.tell(tenant.name, nil) }
        for step in steps {
            do throws(RunStop) {
                if surroundings.isInterrupted() && journal == nil { throw .interrupted }
                try await step(&self)
            } catch {
                return error
            }
        }
        return nil
    }
}

/// What the runs of one invocation share: sources fetched once, files parsed once, partners probed once.
package struct Workshop: Sendable {
    package let sources: SourceReader
    package let files: ParsedFiles
    package let connections: TenantConnections
    package let gatekeeper: Gatekeeper

    package init(_ surroundings: Surroundings) {
        connections = TenantConnections()
        sources = SourceReader(surroundings)
        files = ParsedFiles()
        gatekeeper = Gatekeeper(surroundings)
    }
}
