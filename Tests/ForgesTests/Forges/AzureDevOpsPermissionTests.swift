import ForgeSimulator
import Forges
import Foundation
import JSON
import Testing

/// Whether a person may push is read from the permissions that count for them, or is not known.
@Suite struct AzureDevOpsPermissionTests {
    private func reviewer(_ scene: ForgeScene) async throws -> Person {
        scene.server.change { $0.open(author: 3) }
        let person = try await scene.forge.pullRequest(1).author
        scene.server.forgetCalls()
        return person
    }

    private func isPermissions(_ call: ForgeCall) -> Bool { call.path.contains("accesscontrollists") }

    @Test func `the repository is looked up once`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            #expect(try await scene.forge.mayWrite(person))
            #expect(try await scene.forge.mayWrite(person))
            #expect(scene.server.calls.count == 5)
        }
    }

    @Test(arguments: [
        (4, 0, true), (118, 0, true), (2, 0, false), (118, 4, false), (0, 0, false),
    ])
    func `what counts is the right to contribute`(allowed: Int, denied: Int, mayWrite: Bool) async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            scene.server.fail(
                .altered { reply in
                    let effective: JSONValue = [
                        "effectiveAllow": .number("\(allowed)"), "effectiveDeny": .number("\(denied)"),
                    ]
                    reply.changeEntry { $0.replacing("extendedInfo", with: effective) }
                },
                where: isPermissions
            )
            #expect(try await scene.forge.mayWrite(person) == mayWrite)
        }
    }

    @Test func `an entry that tells only what was set on the person tells nothing`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            scene.server.fail(.altered { $0.changeEntry { _ in ["allow": 4, "deny": 0] } }, where: isPermissions)
            let error = await forgeError { _ = try await scene.forge.mayWrite(person) }
            #expect(error?.reason == .unreadable)
        }
    }

    @Test func `a token that may not read permissions finds nothing out`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            scene.server.fail(.status(403), where: isPermissions)
            let error = await forgeError { _ = try await scene.forge.mayWrite(person) }
            #expect(error?.reason == .forbidden)
        }
    }

    @Test func `no list, and no person of that name, find nothing out`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            scene.server.fail(.reply(ForgeReply(200, ["count": 0, "value": []])), where: isPermissions)
            let error = await forgeError { _ = try await scene.forge.mayWrite(person) }
            #expect(error?.reason == .unreadable)
            let stranger = Person(id: "00000000-0000-4000-8000-000000009999", login: "stranger")
            let other = await forgeError { _ = try await scene.forge.mayWrite(stranger) }
            #expect(other?.reason == .unreadable)
        }
    }

    @Test func `a descriptor comes as text too`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            scene.server.fail(
                .altered { reply in
                    let first = reply.json?["value"]?.elements?.first
                    let descriptor = first?["descriptor"]
                    let text = "\(descriptor?["identityType"]?.text ?? "");\(descriptor?["identifier"]?.text ?? "")"
                    reply.set("value", to: [first?.replacing("descriptor", with: .string(text)) ?? .null])
                }
            ) { $0.path.hasSuffix("/identities") }
            #expect(try await scene.forge.mayWrite(person))
        }
    }

    @Test func `an identity of another id than was asked for finds nothing out`() async throws {
        try await withForge(.azureDevOps) { scene async throws in
            let person = try await reviewer(scene)
            scene.server.fail(
                .altered { reply in
                    let other = reply.json?["value"]?.elements?.first?
                        .replacing("id", with: "00000000-0000-4000-8000-000000000004")
                    reply.set("value", to: [other ?? .null])
                }
            ) { $0.path.hasSuffix("/identities") }
            let error = await forgeError { _ = try await scene.forge.mayWrite(person) }
            #expect(error?.reason == .unreadable)
        }
    }
}

extension ForgeReply {
    /// Changes the one entry of the one access control list.
    fileprivate mutating func changeEntry(_ change: (JSONValue) -> JSONValue) {
        guard let list = json?["value"]?.elements?.first, case .object(let entries)? = list["acesDictionary"] else {
            return
        }
        let changed = entries.map { JSONValue.Member(key: $0.key, value: change($0.value)) }
        set("value", to: [list.replacing("acesDictionary", with: .object(changed))])
    }
}
