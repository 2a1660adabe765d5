import Foundation
import Laboratory
import TestSupport
import Testing
import Transfers

/// What systemd hears of a controller that it started with `Type=notify`.
@Suite struct ServiceManagerTests {
    private static func isAlive(_ lines: [String]) -> Bool { lines == ["WATCHDOG=1"] }

    private static func isOther(_ lines: [String]) -> Bool { !isAlive(lines) }

    /// The controller of a laboratory, told where systemd listens and how often it wants a sign of life.
    private static func program(_ laboratory: Laboratory, _ socket: NotifySocket) -> Program {
        var program = laboratory.mitregate
        program.environment["NOTIFY_SOCKET"] = socket.path
        program.environment["WATCHDOG_USEC"] = "900000"
        return program
    }

    @Test func `it hears that requests are taken, that the controller lives, of a reload and of the end`() async throws
    {
        try await Laboratory.with(files: Sample.fabrikam) { laboratory in
            let bed = ControllerBed(laboratory: laboratory, port: try FreePort.next(), pool: try TransferPool())
            try bed.configure()
            let socket = try NotifySocket(in: laboratory.folder)
            let ending = try await Self.program(laboratory, socket).run(["controller"]) { running in
                #expect(try await socket.next(where: Self.isOther) == ["READY=1", "STATUS=Watching"])
                #expect(canConnect(to: "127.0.0.1", bed.port), "it is ready once its port is bound")
                for _ in 1...2 { _ = try await socket.next(where: Self.isAlive) }
                kill(running.process, SIGHUP)
                let reloading = try await socket.next(where: Self.isOther)
                #expect(reloading.first == "RELOADING=1")
                #expect(reloading.last?.wholeMatch(of: /MONOTONIC_USEC=[0-9]+/) != nil, "\(reloading)")
                #expect(try await socket.next(where: Self.isOther) == ["READY=1", "STATUS=Watching"])
                kill(running.process, SIGTERM)
                #expect(try await socket.next(where: Self.isOther) == ["STOPPING=1"])
            }
            #expect(ending.code == 0, "\(ending)")
        }
    }

    @Test func `one that stands by is ready, says for what it waits, and lives until it leads`() async throws {
        try await ControllerBed.with { (bed: ControllerBed, first: Running) async throws in
            let socket = try NotifySocket(in: bed.laboratory.folder)
            let waiting = ["READY=1", "STATUS=Waiting for the leader's lease"]
            let ending = try await Self.program(bed.laboratory, socket).run(["controller"]) { running in
                #expect(try await socket.next(where: Self.isOther) == waiting)
                for _ in 1...3 { _ = try await socket.next(where: Self.isAlive) }
                kill(running.process, SIGHUP)
                #expect(try await socket.next(where: Self.isOther).first == "RELOADING=1")
                #expect(try await socket.next(where: Self.isOther) == waiting)
                kill(first.process, SIGKILL)
                #expect(try await socket.next(where: Self.isOther) == ["READY=1", "STATUS=Watching"])
                kill(running.process, SIGTERM)
                #expect(try await socket.next(where: Self.isOther) == ["STOPPING=1"])
            }
            #expect(ending.code == 0, "\(ending)")
        }
    }
}
