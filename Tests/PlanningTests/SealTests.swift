import Connectors
import Foundation
import Planning
import TestSupport
import Testing

/// What ties a plan to its making.
struct SealTests {
    private let plain = DesiredConnector.outbound()

    private func tenant(_ objects: [ObservedConnector]) -> ObservedTenant {
        ObservedTenant(connectors: objects, readAt: now)
    }

    @Test func `the form and the order of a reading do not count, nor its times`() {
        var other = plain.observed(["recipientDomains": "FABRIKAM.COM", "comment": .none, "smartHosts": .none])
        other.whenChanged = now
        other.row = #"{"a":1}"#
        let inbound = DesiredConnector.inbound().observed()
        let late = ObservedTenant(connectors: [inbound, other], readAt: now.addingTimeInterval(60))
        #expect(Seal.digest(of: tenant([plain.observed(), inbound])) == Seal.digest(of: late))
    }

    @Test(arguments: [
        DesiredConnector.outbound().observed(["comment": "x"]), DesiredConnector.outbound().observed(guid: "other"),
        DesiredConnector.outbound().observed(name: "other"),
    ])
    func `values, identities and names count`(_ changed: ObservedConnector) {
        #expect(Seal.digest(of: tenant([plain.observed()])) != Seal.digest(of: tenant([changed])))
        let plan = planned([plain], [plain.observed()])
        #expect(plan.isStale(observed: tenant([changed]), policy: TenantPolicy()))
        #expect(!plan.isStale(observed: tenant([plain.observed()]), policy: TenantPolicy()))
        #expect(plan.isStale(observed: tenant([plain.observed()]), policy: TenantPolicy(prune: .delete)))
    }

    @Test func `a digest is sha256 and 64 hex digits`() {
        let digest = planned([plain]).planDigest
        #expect(digest.hasPrefix("sha256:"))
        #expect(digest.dropFirst(7).count == 64)
        #expect(digest.dropFirst(7).allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }

    @Test func `a change's digest is over what it does, and not over the commit, the file or its neighbours`() throws {
        let changes = planned([plain, .inbound()]).changes
        let change = try #require(changes.first { $0.kind == .outboundConnector })
        let other = planned([plain], revision: String(repeating: "b", count: 40)).changes[0]
        #expect(change.digest == other.digest)
        var moved = change
        moved.source = SourcePosition(file: "b.yaml", line: 99, column: 1)
        moved.effect = ["in other words"]
        moved.declared = [:]
        #expect(moved.digest == change.digest)
        let edits: [(inout Change) -> Void] = [
            { $0.action = .update }, { $0.name = "x" }, { $0.displayName = "x" }, { $0.guid = "x" },
            { $0.formerName = "x" },
            { $0.fields[0] = FieldChange(path: $0.fields[0].path, before: "x", after: $0.fields[0].after) },
            { $0.fields[0] = FieldChange(path: $0.fields[0].path, before: nil, after: "x") },
            { $0.fields.removeLast() }, { $0.companions = ["comment": "x"] }, { $0.risk = .high },
            { $0.risks.append(Risk(id: "x", level: .high, message: "")) }, { $0.acceptedRisk = "x" },
        ]
        for (number, edit) in edits.enumerated() {
            var edited = change
            edit(&edited)
            #expect(edited.digest != change.digest, "edit \(number)")
        }
    }

    @Test func `a tenant's digest of changes outlives commits, readings and policies that leave them alone`() {
        let plan = planned([plain])
        var later = planned(
            [plain],
            [DesiredConnector.inbound().observed()],
            revision: String(repeating: "b", count: 40)
        )
        #expect(later.planDigest != plan.planDigest)
        #expect(later.changesDigest == plan.changesDigest)
        #expect(planned([plain], policy: TenantPolicy(drift: .correct)).changesDigest == plan.changesDigest)
        #expect(planned([plain, .inbound()]).changesDigest != plan.changesDigest)
        #expect(planned([]).changesDigest != plan.changesDigest)
        later.tenant = "fabrikam"
        #expect(later.changesDigest != plan.changesDigest)
    }

    @Test func `identical input gives identical bytes`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        func bytes(_ order: Bool) throws -> Data {
            var random = SeededRandom(3)
            let before = RandomTenant.connectors(&random)
            let desired = RandomTenant.connectors(&random)
            return try encoder.encode(
                planned(
                    order ? desired : desired.reversed(),
                    before.map { $0.observed() },
                    before.map { $0.applied() },
                    policy: TenantPolicy(drift: .correct, prune: .delete)
                )
            )
        }
        #expect(try bytes(true) == bytes(true))
        #expect(try bytes(true) == bytes(false))
    }

    @Test func `a plan read back from JSON is the plan, with its seal`() throws {
        let strict = DesiredConnector.outbound(["tlsSettings": "DomainValidation", "tlsDomain": "mail.fabrikam.com"])
        for seed in 0..<20 {
            var random = SeededRandom(seed)
            let before = RandomTenant.connectors(&random) + [strict]
            let desired = RandomTenant.connectors(&random) + [plain]
            let plan = planned(
                desired,
                before.map { $0.observed(["mtaStsMode": "None"]) },
                before.map { $0.applied() },
                policy: TenantPolicy(prune: .delete)
            )
            let read = try JSONDecoder().decode(Planning.Plan.self, from: JSONEncoder().encode(plan))
            #expect(read == plan)
            #expect(read.isSealIntact)
        }
    }

    @Test func `a plan that was edited breaks its seal`() {
        var plan = planned([.outbound(["tlsSettings": "EncryptionOnly"])], [plain.observed()], [plain.applied()])
        plan.guards = []
        #expect(plan.isSealIntact)
        plan.changes[0].acceptedRisk = "me"
        #expect(!plan.isSealIntact)
    }

    @Test func `a null in JSON stays a null for scripts`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let change = FieldChange(path: "tlsDomain", before: FieldValue.none, after: "mail.fabrikam.com")
        #expect(
            String(decoding: try encoder.encode(change), as: UTF8.self)
                == #"{"after":"mail.fabrikam.com","before":null,"path":"tlsDomain"}"#
        )
    }

    @Test func `a journal read back from JSON is the journal`() throws {
        let scenario = try #require(Scenario.five())
        var driver = scenario.driver
        driver.tenant.faults = [5: .refused]
        _ = driver.run(scenario.journal)
        let journal = try #require(driver.stored)
        #expect(try JSONDecoder().decode(Journal.self, from: JSONEncoder().encode(journal)) == journal)
    }
}
