import ForgeSimulator
import Foundation
import JSON
import Testing

@testable import Forges

/// What a forge tells of its limit, its readers and what a branch requires.
@Suite struct TermsTests {
    private func terms(_ scene: ForgeScene) async throws -> ForgeTerms {
        try await scene.forge.terms(of: "main", requiring: "mitregate/gate")
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a status that the branch requires is told`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.required = ["mitregate/gate", "mitregate/plan"] }
            #expect(try await terms(scene).isRequired == true)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `one that it does not require is told, but where the forge shows a part of the rules alone`(
        which: ForgeUnderTest
    ) async throws {
        try await withForge(which) { scene async throws in
            #expect(try await terms(scene).isRequired == (which.kind == .github ? nil : false))
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter { $0.kind != .gitlab })
    func `another status that the branch requires is not ours`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.required = ["mitregate/plan"] }
            #expect(try await terms(scene).isRequired != true)
        }
    }

    @Test(arguments: [
        ("mitregate/*", true), ("*", true), ("*gate", true), ("m*/g*e", true), ("mitregate/", false), ("*/plan", false),
        ("mitregate/*x*", false), ("mitregate/[gp]ate", nil),
    ])
    func `Gitea's required statuses are patterns`(pattern: String, isRequired: Bool?) async throws {
        let gitea = try #require(ForgeUnderTest.all.first { $0.kind == .gitea })
        try await withForge(gitea) { scene async throws in
            scene.server.change { $0.required = [pattern] }
            #expect(try await terms(scene).isRequired == isRequired)
        }
    }

    @Test func `policies that we may not read leave it open`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.isSecretive = true }
            let terms = try await terms(scene)
            #expect(terms.isRequired == nil && terms.isPublic == false)
        }
    }

    @Test(arguments: [("isBlocking", false), ("isEnabled", false), ("isDeleted", true)])
    func `a policy of Azure DevOps that stops nobody requires nothing`(member: String, value: Bool) async throws {
        try await withForge(.azureDevOps) { scene async throws in
            scene.server.change { $0.required = ["mitregate/gate"] }
            scene.server.fail(
                .altered { reply in
                    let policies = reply.json?["value"]?.elements ?? []
                    reply.set("value", to: .array(policies.map { $0.replacing(member, with: .boolean(value)) }))
                }
            ) { $0.path.hasSuffix("/policy/configurations") }
            #expect(try await terms(scene).isRequired == false)
        }
    }

    @Test(arguments: ForgeUnderTest.all, [true, false])
    func `it is told whether anybody may read the repository`(which: ForgeUnderTest, isPublic: Bool) async throws {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.isPublic = isPublic }
            #expect(try await terms(scene).isPublic == isPublic)
        }
    }

    @Test func `GitHub tells what is left of its limit`() async throws {
        let gitHub = try #require(ForgeUnderTest.all.first { $0.kind == .github })
        try await withForge(gitHub) { scene async throws in
            let resets = scene.server.repository.now.addingTimeInterval(1_800)
            let allowance = try await terms(scene).allowance
            #expect(allowance?.remaining == 4_321 && allowance?.limit == 5_000)
            #expect(allowance?.resetsAt.map { abs($0.timeIntervalSince(resets)) < 60 } == true)
        }
    }

    @Test(arguments: ForgeUnderTest.all.filter { $0.kind != .github })
    func `a forge that tells no limit is not guessed at`(which: ForgeUnderTest) async throws {
        try await withForge(which) { scene async throws in #expect(try await terms(scene).allowance == nil) }
    }
}
