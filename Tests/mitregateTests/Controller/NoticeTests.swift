import ExchangeSimulator
import Foundation
import Laboratory
import Synchronization
import TestSupport
import Testing

/// Events on their way from a running controller to a receiver.
@Suite struct NoticeTests {
    /// What a receiver got, and whether it takes it.
    private final class Receiver: Sendable {
        private let state = Mutex<(isDown: Bool, requests: [String])>((true, []))

        var requests: [String] { state.withLock(\.requests) }

        func repair() { state.withLock { $0 = (false, []) } }

        func serve(_ connection: ScriptedServer.Connection) {
            while let request = connection.request() {
                let isDown = state.withLock { state in
                    state.requests.append(request)
                    return state.isDown
                }
                connection.answer(isDown ? "503 Service Unavailable" : "200 OK", body: "")
            }
        }
    }

    @Test func `what a receiver did not take comes, signed, from the controller that is started after a crash`()
        async throws
    {
        let receiver = Receiver()
        try await withServer { connection, _ in
            receiver.serve(connection)
        } _: { server in
            let sink = "notices: [{name: ops, webhook: {url: \"\(server.url)\", secret: {file: hook-secret}}}]"
            try await ControllerBed.with(more: sink) { (bed: ControllerBed, running: Running) async throws in
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
                try bed.laboratory.simulator.edit(
                    tenant: Laboratory.tenantID,
                    userId: "eve@contoso.com",
                    cmdlet: "Set-InboundConnector",
                    parameters: #"{"Identity": "From Fabrikam", "RequireTls": false}"#
                )
                try await bed.until("drifted") { try await bed.hasEvent("Drifted") }
                try await bed.until("failing") { try await bed.hasEvent("NoticesFailing") }
                kill(running.process, SIGKILL)
                receiver.repair()
                let next = try await bed.run { _ in
                    try await bed.until("sent") { !receiver.requests.isEmpty }
                    try await bed.until("over") { try await bed.hasEvent("NoticesFailing", "cleared") }
                }
                #expect(next.code == 0, "\(next)")
            }
        }
        let request = try #require(receiver.requests.first)
        #expect(receiver.requests.count == 1, "all that waited comes at once")
        #expect(request.contains("\r\nContent-Type: application/cloudevents-batch+json\r\n"), "\(request)")
        #expect(request.contains(/\r\nX-Signature: sha256=[0-9a-f]{64}\r\n/), "\(request)")
        #expect(request.contains("dev.mitregate.drifted.raised"))
        #expect(request.contains("dev.mitregate.notices-failing.raised"))
    }
}
