import Configuration
import Connectors
import Definitions
import Foundation
import GitRepositories
import Planning
import Reconciling
import Reports
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
        let templates = try await Self.templates()
        var hosts: Set<FieldValue> = []
        for tenant in configuration.tenants.map(\.tenant) {
            let set = try await Self.definitions(of: tenant, templates)
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

    private static func templates() async throws -> [TreeFile] {
        try await WorkingFolder.files(at: folder.appending(path: TemplateLibrary.path).path(percentEncoded: false))
    }

    private static func definitions(
        of tenant: TenantConfiguration,
        _ templates: [TreeFile]
    ) async throws
        -> DefinitionSet
    {
        let folder = folder.appending(path: tenant.path).path(percentEncoded: false)
        let files = try await WorkingFolder.files(at: folder).map {
            DefinitionReader.parse(DefinitionFile(path: $0.path, bytes: $0.bytes))
        }
        let scope = DefinitionScope(
            templates: TemplateLibrary(below: tenant.path, templates, tenant.usedTemplates(files)),
            instances: tenant.templateInstances
        )
        return DefinitionReader.assemble(files, now: Date(), scope: scope)
    }

    /// The plan for a tenant in which all is as one state of the definitions says, under another.
    private static func plan(_ tenant: String, from old: DesiredTenant, to new: DesiredTenant) -> Plan {
        let now = Date(timeIntervalSince1970: 1_796_000_000)
        let identities = Dictionary(
            uniqueKeysWithValues: old.connectors.map { ($0.key, UUID().uuidString.lowercased()) }
        )
        let observed = old.connectors.map { connector in
            ObservedConnector(
                kind: connector.key.kind,
                guid: identities[connector.key] ?? "",
                displayName: connector.displayName,
                settings: connector.settings
            )
        }
        let applied = old.connectors.map { connector in
            AppliedConnector(
                key: connector.key,
                guid: identities[connector.key] ?? "",
                displayName: connector.displayName,
                settings: connector.settings,
                revision: String(repeating: "a", count: 40),
                run: "r",
                at: now
            )
        }
        return Planner.plan(
            PlanInput(
                tenant: tenant,
                revision: String(repeating: "b", count: 40),
                desired: new,
                observed: ObservedTenant(connectors: observed, readAt: now),
                applied: AppliedTenant(connectors: applied),
                now: now
            )
        )
    }

    @Test func `one value that is changed in the template is one group of the plan`() async throws {
        let (configuration, _) = try Self.configuration()
        let before = try await Self.templates()
        let after = before.map { file in
            let text = String(decoding: file.bytes, as: UTF8.self)
                .replacing("\"*.care.example\"]", with: "\"*.care.example\", care-archive.example]")
            return TreeFile(path: file.path, blob: file.blob, bytes: Array(text.utf8))
        }
        #expect(before.map(\.bytes) != after.map(\.bytes))
        var tenants: [TenantPlan] = []
        for tenant in configuration.tenants.map(\.tenant) {
            let plan = Self.plan(
                tenant.name,
                from: try await Self.definitions(of: tenant, before).desired,
                to: try await Self.definitions(of: tenant, after).desired
            )
            #expect(plan.changes.map(\.key.name) == ["care-network", "care-network"], "\(tenant.name)")
            tenants.append(TenantPlan(plan: plan, judgements: nil, exitStatus: .done))
        }
        let text = PlanReport.text(PlanDocument(tenants: tenants))
        #expect(text.hasPrefix("301 tenants: 301 with changes"), "\(text.prefix(2_000))")
        // One group for each of the partner's two connectors.
        #expect(text.ranges(of: "= the same change in 301 tenants").count == 2, "\(text.prefix(4_000))")
        #expect(text.split(separator: "\n").count < 60)
    }
}
