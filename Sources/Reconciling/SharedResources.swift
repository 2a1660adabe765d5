/// What outlives a run and serves many: connections with their tokens, files parsed once, partners probed once.
///
/// A command makes one; a controller keeps one for as long as it runs.
package final class SharedResources: Sendable {
    package let files: ParsedFiles
    package let waivers = KnownWaivers()
    package let connections: TenantConnections
    package let gatekeeper: Gatekeeper

    package init(_ environment: RunEnvironment) {
        connections = TenantConnections()
        files = ParsedFiles()
        gatekeeper = Gatekeeper(environment)
    }
}
