import Configuration
import Foundation
import Laboratory
import Reconciling
import Scheduling
import StateStore
import Testing

@testable import Controller

/// A configuration that is read again and cannot be used.
@Suite(.timeLimit(.minutes(2)))
struct ReloadRefusedTests {
    @Test func `of a configuration whose token cannot be read nothing is taken over`() async throws {
        try await Laboratory.with { laboratory in
            let (store, environment) = try await laboratory.environment(Shift())
            let controller = try Controller(
                environment,
                serviceEnvironment: [:],
                read: {
                    var other = environment.configuration
                    other.controllerName = "other"
                    other.server.tokens = [APIToken(name: "ops", token: .file("/nowhere/token"), rights: [.read])]
                    return other
                }
            )
            await controller.reload()
            await controller.reload()
            let events = try await store.events(EventQuery(limit: 10))
            // The second refusal is of the same controller: it bears the name that it had.
            #expect(events.map(\.object) == ["Controller/mitregate"])
            #expect(events.first?.message.contains("The configuration was refused") == true)
            await store.close()
        }
    }
}
