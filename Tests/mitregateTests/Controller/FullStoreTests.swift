import ExchangeSimulator
import Foundation
import Glibc
import Laboratory
import TestSupport
import Testing
import Transfers

/// A controller whose store's disk fills up.
@Suite(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
struct FullStoreTests {
    @Test func `it lives on, is not ready, writes to no tenant, and goes on by itself when there is room`() async throws
    {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let disk = laboratory.folder.appending(path: "disk").path(percentEncoded: false)
            mkdir(disk, 0o700)
            try #require(mount("tmpfs", disk, "tmpfs", 0, "size=3m,mode=700") == 0)
            defer { umount2(disk, Int32(MNT_DETACH)) }
            let bed = ControllerBed(laboratory: laboratory, port: try FreePort.next(), pool: try TransferPool())
            try bed.configure(edit: { $0.replacing("sqlite:mitregate.db", with: "sqlite:disk/mitregate.db") })
            let ending = try await bed.run { running in
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
                Self.fill(disk)
                try laboratory.repository.write(
                    Sample.inbound("fabrikam", "From Fabrikam", "192.0.2.1", more: "  comment: Another"),
                    to: "tenants/contoso/fabrikam.yaml"
                )
                try await laboratory.repository.commit("While the disk is full")
                try await bed.until("not ready") { try await bed.send(.get, "/readyz").status == 503 }
                try await running.says("What was decided could not be stored.")
                #expect(try await bed.send(.get, "/healthz").status == 200)
                #expect(laboratory.changes.count == 1, "nothing is written that could not be noted first")

                unlink(disk + "/filler")
                // Each try in vain doubled the time to the next one.
                try await bed.until("ready", within: .seconds(120)) {
                    try await bed.send(.get, "/readyz").status == 200
                }
                try await bed.until("applied", within: .seconds(120)) { laboratory.changes.count == 2 }
                try await bed.until("in sync") { try await bed.state() == "in-sync" }
            }
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.errors.contains("No space left on"), "\(ending)")
        }
    }

    private static func fill(_ disk: String) {
        let zeros = [UInt8](repeating: 0, count: 4_096)
        let descriptor = open(disk + "/filler", O_CREAT | O_WRONLY, 0o600)
        while write(descriptor, zeros, zeros.count) > 0 {}
        close(descriptor)
    }
}
