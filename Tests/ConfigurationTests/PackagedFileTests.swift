import Configuration
import Connectors
import Foundation
import Testing

/// The file that the Debian package puts at /etc/mitregate/mitregate.yaml.
@Suite struct PackagedFileTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../deploy/package/mitregate.yaml").standardizedFileURL

    private func text() throws -> String { try String(contentsOf: Self.file, encoding: .utf8) }

    /// With what stands in angle brackets filled in.
    private func filled(_ text: String) -> String { text.replacing(/<([^>]*)>/) { $0.1 } }

    /// With every setting that stands behind a `#`, which is followed by no space there.
    private func complete(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.replacing(/^( *)#([a-z-])/) { "\($0.1)\($0.2)" } }.joined(separator: "\n")
    }

    @Test func `as it comes it is refused, at the lines that are to be filled in`() throws {
        let text = try text()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let open = lines.indices.filter { lines[$0].contains(": <") }.map { $0 + 1 }
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(text) }
        let places = try #require(error).problems.map(\.line)
        #expect(places.count >= 3 && Set(places).isSubset(of: open), "\(places)")
    }

    @Test func `filled in it is read, and a commit waits for a person`() throws {
        let configuration = try Configuration.read(filled(text()))
        let tenant = try #require(configuration.sources.first?.tenants.first)
        #expect(tenant.policy.changes == .propose)
        #expect(configuration.store.url == .sqlite(path: "/var/lib/mitregate/mitregate.db"))
        #expect(configuration.mirrors == "/var/lib/mitregate/mitregate.db-mirrors")
        #expect(configuration.gate == GateSettings() && configuration.warnings.isEmpty)
    }

    @Test func `each setting that it shows exists, and the defaults that it names are those`() throws {
        let plain = try Configuration.read(filled(text()))
        let full = try Configuration.read(filled(complete(text())))
        #expect(full.notices.count == 3 && full.server.tokens.count == 1 && full.server.tls != nil)
        #expect(full.sources.first?.rollout != nil && full.sources.first?.verification != nil)

        var gate = full.gate
        #expect(gate.ehloName != nil && !gate.severities.isEmpty && !gate.probeDomains.isEmpty)
        (gate.ehloName, gate.severities, gate.probeDomains) = (nil, [], [:])
        #expect(gate == plain.gate)
        #expect(full.store == plain.store && full.mirrors == plain.mirrors)
        #expect(full.controllerName == plain.controllerName)
        #expect(full.server.host == plain.server.host && full.server.port == plain.server.port)
        #expect(full.server.isBehindProxy == plain.server.isBehindProxy)
        #expect(full.server.areMetricsOpen == plain.server.areMetricsOpen)
        let (source, other) = try (#require(full.sources.first), #require(plain.sources.first))
        #expect(source.branch == other.branch && source.interval == other.interval)

        let (tenant, bare) = try (#require(source.tenants.first), #require(other.tenants.first))
        #expect(!tenant.policy.freezes.isEmpty && tenant.endpoints.login != nil)
        #expect(tenant.cloud == bare.cloud && tenant.policy.drift == bare.policy.drift)
        #expect(tenant.policy.prune == bare.policy.prune && tenant.policy.limits == bare.policy.limits)
        #expect(tenant.interval == bare.interval && tenant.readTimeout == bare.readTimeout)
        #expect(tenant.correctAfter == bare.correctAfter && tenant.bake == bare.bake)
        #expect(tenant.validate == bare.validate && tenant.watch == bare.watch)
    }

    @Test func `nothing is lost between the comments`() throws {
        // A setting that a space was put before would no longer be looked at.
        let keys = try text().matches(of: /(?m)^ *#([a-zA-Z]+):/).map { String($0.1) }
        #expect(keys.count > 40, "\(keys.count)")
        #expect(try text().firstMatch(of: /(?m)^ *# [a-zA-Z]+: *[\[{0-9"]/) == nil)
    }
}
