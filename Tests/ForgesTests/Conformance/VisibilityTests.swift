import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// A public repository's comments show no addresses unless the operator wants it.
@Suite struct VisibilityTests {
    @Test(arguments: ForgeUnderTest.all, [true, false])
    func `a request tells whether anybody may read its repository`(which: ForgeUnderTest, isPublic: Bool) async throws {
        try await withForge(which) { scene in
            scene.server.change { repository in
                repository.isPublic = isPublic
                repository.open()
            }
            #expect(try await scene.forge.pullRequest(1).base.isPublic == isPublic)
            let listed = try #require(try await scene.forge.open(into: "main", since: nil).first)
            #expect(listed.base.isPublic == isPublic)
        }
    }

    @Test(arguments: ForgeUnderTest.all)
    func `a repository that was opened to everybody is known as that an hour later`(which: ForgeUnderTest) async throws
    {
        try await withForge(which) { scene async throws in
            scene.server.change { $0.open() }
            #expect(try await scene.forge.pullRequest(1).base.isPublic == false)
            scene.server.change { repository in
                repository.isPublic = true
                repository.now += 3_600
            }
            #expect(try await scene.forge.pullRequest(1).base.isPublic == true)
        }
    }

    @Test func `a project on GitLab that does not tell who may read it counts as open to everybody`() async throws {
        try await withForge(.gitLab) { scene async throws in
            scene.server.change { $0.open() }
            scene.server.fail(.altered { $0.set("visibility", to: .null) }) { $0.path.hasSuffix("%2Fmail-flow") }
            #expect(try await scene.forge.pullRequest(1).base.isPublic == true)
        }
    }
}
