import ExchangeSimulator
import Foundation
import Glibc
import Laboratory
import StateStore
import Testing

/// What a second process and a full disk do to the store.
@Suite(.enabled(if: geteuid() == 0, "only root can make a pid namespace and mount a small disk"))
struct StoreTests {
    @Test func `a run in another pid namespace leaves a live run its tenant`() async throws {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            try laboratory.simulator.setFaults(
                #"[{"match": {"cmdlet": "New-InboundConnector"}, "effect": {"hold": "head"}}]"#
            )
            let ending = try await laboratory.mitregate.run(["apply", "--auto-approve"]) { running in
                try await laboratory.struck()
                // In the new namespace no process has the id of the run that is at work.
                for options in [["-p", "-f"], ["-p", "-f", "--mount-proc"]] {
                    let unshare = Program("/usr/bin/unshare", in: laboratory.folder)
                    let second = try await unshare.run(
                        options + [laboratory.mitregate.path, "apply", "--auto-approve"]
                    )
                    #expect(second.code == 4, "\(second)")
                    #expect(second.output.contains("process \(running.process) on"), "\(second)")
                }
                laboratory.simulator.release()
            }
            #expect(ending.code == 0, "\(ending)")
            #expect(laboratory.changes.count == 1, "by the first run")
        }
    }

    @Test func `on a full disk nothing is written to the tenant, and what helps to find the cause still works`()
        async throws
    {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let disk = laboratory.folder.appending(path: "disk").path(percentEncoded: false)
            mkdir(disk, 0o700)
            try #require(mount("tmpfs", disk, "tmpfs", 0, "size=1m,mode=700") == 0)
            defer { umount2(disk, Int32(MNT_DETACH)) }
            var mitregate = laboratory.mitregate
            mitregate.environment["MITREGATE_STORE_URL"] = "sqlite:disk/mitregate.db"
            #expect(try await mitregate("apply", "--auto-approve").code == 0)
            #expect(laboratory.changes.count == 1)
            let zeros = Data(count: 1 << 20)
            _ = zeros.withUnsafeBytes { bytes in
                let descriptor = open(disk + "/filler", O_CREAT | O_WRONLY, 0o600)
                while write(descriptor, bytes.baseAddress, 4_096) > 0 {}
                return close(descriptor)
            }

            let history = try await mitregate("history")
            #expect(history.code == 0 && history.output.contains("applied"), "\(history)")
            let status = try await mitregate("status")
            #expect(status.code == 0 && status.output.contains("contoso"), "\(status)")
            let doctor = try await mitregate("doctor")
            #expect(doctor.code == 1, "\(doctor)")
            #expect(doctor.output.contains("✗ store: No space left on"), "\(doctor)")
            #expect(doctor.output.contains("Signed in"), "it goes on: \(doctor)")
            let apply = try await mitregate("apply", "--auto-approve")
            #expect(apply.code == 1, "\(apply)")
            #expect(apply.output.contains("No space left on"), "\(apply)")
            #expect(apply.output.contains("Nothing was written to the tenant."), "\(apply)")
            #expect(laboratory.changes.count == 1)
        }
    }
}
