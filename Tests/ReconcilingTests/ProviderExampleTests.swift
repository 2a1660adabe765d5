import Configuration
import Connectors
import Definitions
import Foundation
import GitRepositories
import Planning
import Reconciling
import Testing
import YAML

/// The example of a service provider, as the program reads it.
@Suite struct ProviderExampleTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "examples/service-provider")

    private static func configuration() throws -> (Configuration, lines: Int) {
        let file = folder.appending(path: "operator/mitregate.yaml")
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        return (
            try ConfigurationReader.read(path: file.path(percentEncoded: false), environment: [:]), lines.count - 1
        )
    }

    @Test func `three hundred tenants take forty lines of configuration at most`() throws {
        let (configuration, lines) = try Self.configuration()
        #expect(configuration.tenants.count == 301)
        #expect(lines <= 40)
        #expect(configuration.tenants.count { $0.tenant.labels["tier"] == "gold" } == 31)
    }

    @Test func `each tenant has the template's connectors, with values of its own`() async throws {
        let (configuration, _) = try Self.configuration()
        let repository = Self.folder.path(percentEncoded: false)
        let templates = try await WorkingFolder.files(at: "\(repository)/\(TemplateLibrary.path)")
        var hosts: Set<FieldValue> = []
        for tenant in configuration.tenants.map(\.tenant) {
            let files = try await WorkingFolder.files(at: "\(repository)/\(tenant.path)").map { file in
                DefinitionReader.parse(DefinitionFile(path: file.path, bytes: file.bytes))
            }
            let scope = DefinitionScope(
                templates: TemplateLibrary(below: tenant.path, templates, tenant.usedTemplates(files)),
                instances: tenant.templateInstances
            )
            let set = DefinitionReader.assemble(files, now: Date(), scope: scope)
            #expect(set.diagnostics == [], "\(tenant.name)")
            let network = set.desired.connectors.filter { $0.key.name == "care-network" }
            #expect(network.count == 2)
            hosts.formUnion(network.compactMap { $0.settings["smartHosts"] })
            let isGold = tenant.labels["tier"] == "gold"
            let networks = network.compactMap { $0.settings["senderIPAddresses"]?.strings.count }
            #expect(networks == [isGold ? 2 : 1], "\(tenant.name)")
        }
        #expect(hosts.count == 301, "each has its own host")
    }
}
