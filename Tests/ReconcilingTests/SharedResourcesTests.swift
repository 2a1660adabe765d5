import Configuration
import Laboratory
import Reconciling
import Testing

/// What a controller keeps from run to run, when its configuration is read again.
@Suite struct SharedResourcesTests {
    @Test func `the gate judges by the configuration in force, and forgets nothing while that stays the same`()
        async throws
    {
        try await Bench.with { bench in
            let shared = SharedResources(try bench.environment())
            let first = shared.gatekeeper
            shared.adopt(try bench.environment())
            #expect(shared.gatekeeper === first)

            try bench.laboratory.configure(gate: "networks: any, port: 2525")
            let environment = try bench.environment()
            shared.adopt(environment)
            #expect(shared.gatekeeper.settings == environment.configuration.gate)
            #expect(shared.gatekeeper.settings.networks == .any && shared.gatekeeper.settings.port == 2_525)
        }
    }
}
