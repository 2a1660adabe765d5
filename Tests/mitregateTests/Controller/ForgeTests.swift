import ForgeSimulator
import Foundation
import Laboratory
import Testing

/// The whole way: a controller process, a simulated tenant, real git, and a Gitea on loopback.
@Suite(.timeLimit(.minutes(5))) struct ForgeTests {
    @Test func `what a request shows is applied when it is merged, and its outcome is written there`() async throws {
        try await ForgeBed.with { forge in
            try await forge.release()
            try await forge.bed.until("adopted") { forge.written == 1 }

            let (number, head) = try await forge.open("partner-bank", "second")
            try await forge.bed.until("shown") { forge.comments(on: number).count == 1 }
            try await forge.bed.until("judged") { forge.statuses(of: head)["mitregate/gate"] == "success" }
            #expect(forge.statuses(of: head)["mitregate/validate"] == "success")
            #expect(forge.statuses(of: head)["mitregate/plan"] == "success")
            #expect(forge.comments(on: number).first?.contains("second") == true)
            #expect(forge.written == 1, "what is not merged is not applied")

            try await forge.merge(number)
            try await forge.bed.until("applied") { forge.written == 2 }
            try await forge.bed.until("told") { forge.comments(on: number).contains { $0.contains("merged: applied") } }
            try await forge.bed.until("in sync") { try await forge.bed.state() == "in-sync" }
        }
    }

    @Test func `a force-push after the showing and a direct push are held, and said so`() async throws {
        try await ForgeBed.with { forge in
            try await forge.release()
            try await forge.bed.until("adopted") { forge.written == 1 }

            let (number, _) = try await forge.open("partner-bank", "second")
            try await forge.bed.until("shown") { forge.comments(on: number).count == 1 }
            try await forge.smuggle("smuggled", into: number)
            try await forge.bed.until("held") { try await forge.bed.state() == "waiting" }
            #expect(forge.written == 1)
            try await forge.bed.until("told") { forge.comments(on: number).contains { $0.contains("merged: held") } }
            try await forge.release()
            try await forge.bed.until("released") { forge.written == 2 }

            try forge.repository.write(ForgeBed.definition("direct"), to: "tenants/contoso/fabrikam.yaml")
            try await forge.repository.commit("Straight to main")
            try await forge.bed.until("held") { try await forge.bed.state() == "waiting" }
            #expect(forge.written == 2)
        }
    }

    @Test func `a forge that is down is a condition, and holds up nothing that was shown`() async throws {
        try await ForgeBed.with { forge in
            try await forge.release()
            try await forge.bed.until("adopted") { forge.written == 1 }
            let (number, _) = try await forge.open("partner-bank", "second")
            try await forge.bed.until("shown") { forge.comments(on: number).count == 1 }

            forge.server.fail(.status(503), times: 10_000)
            try await forge.merge(number, isDelivered: false)
            try await forge.bed.until("applied") { forge.written == 2 }
            try await forge.bed.until("told") { try await forge.bed.hasEvent("ForgeUnavailable") }
        }
    }

    @Test func `a delivery is taken only with its signature, and answered the same`() async throws {
        try await ForgeBed.with { forge in
            try await forge.release()
            #expect(try await forge.deliver("pull_request", 1, secret: "wrong") == 204)
            #expect(try await forge.deliver("pull_request", 1, id: "twice") == 204)
            #expect(try await forge.deliver("pull_request", 1, id: "twice") == 204)
            let doctor = try await forge.bed.command("doctor")
            #expect(doctor.output.contains("knows us as mitregate"), "\(doctor.output)")
            #expect(doctor.output.contains("/hook/"))
        }
    }

    @Test func `a hook whose secret cannot be read is a condition until it can`() async throws {
        let forge = """
            forge: {kind: gitea, url: "http://127.0.0.1:1/api/v1", repository: contoso/mail-flow, \
            credentials: {token: {file: forge-token}}, webhook: {secret: {file: hook-secret}}}
            """
        try await ControllerBed.with(source: forge) { (bed: ControllerBed, running: Running) async throws in
            let secret = bed.laboratory.folder.appending(path: "hook-secret")
            let bytes = try Data(contentsOf: secret)
            try FileManager.default.removeItem(at: secret)
            kill(running.process, SIGHUP)
            try await bed.until("told") { try await bed.hasEvent("WebhookClosed") }
            let event = try #require(try await bed.lastEvent("WebhookClosed"))
            #expect(event["object"] as? String == "Source/mail-flow")
            #expect((event["message"] as? String)?.contains("hook-secret") == true, "\(event)")

            try bytes.write(to: secret)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
            kill(running.process, SIGHUP)
            try await bed.until("over") { try await bed.hasEvent("WebhookClosed", "cleared") }
        }
    }

    @Test func `a comment applies what is shown before the merge, which is kept, and a close is an alarm`() async throws
    {
        try await ForgeBed.with(", apply: comment") { forge in
            try await forge.release()
            try await forge.bed.until("adopted") { forge.written == 1 }
            let (number, head) = try await forge.open("partner-bank", "second")
            try await forge.bed.until("shown") { forge.comments(on: number).count == 1 }
            // Until it is judged, what is shown may change, and would be younger than the comment.
            try await forge.bed.until("judged") { forge.statuses(of: head)["mitregate/gate"] == "success" }
            forge.server.change { repository in
                // The forge tells whole seconds, and what is shown began within one.
                for _ in 0..<5 { _ = repository.tick() }
                repository.review(number, .approved)
                repository.comment(on: number, by: 2, "mitregate apply")
            }
            try await forge.deliver("pull_request", number)
            try await forge.bed.until("applied") { forge.written == 2 }
            try await forge.bed.until("told") {
                forge.comments(on: number).contains { $0.contains("before the merge: applied") }
            }
            try await forge.bed.until("said") { try await forge.bed.hasEvent("AppliedBeforeMerge") }
            #expect(forge.written == 2, "the branch does not undo it")

            forge.server.change { $0.close(number) }
            try await forge.deliver("pull_request", number)
            try await forge.bed.until("an alarm") { try await forge.bed.hasEvent("AheadOfGit") }
            #expect(forge.written == 2)
        }
    }
}
