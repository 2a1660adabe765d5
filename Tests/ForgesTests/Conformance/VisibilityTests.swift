import ForgeSimulator
import Forges
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
}
