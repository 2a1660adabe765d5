import Configuration
import Foundation
import GitRepositories
import Laboratory
import Probing
import Reconciling
import TLSGate
import TestSupport
import Testing

/// What several runs want at once is looked at once, and who leaves takes it from no other.
@Suite(.timeLimit(.minutes(5))) struct SharedLookTests {
    @Test func `a run that is cancelled takes the snapshot from no other that waits for the same`() async throws {
        try await Bench.with(files: ["fabrikam.yaml": Definition.outbound("fabrikam")]) { bench in
            let folder = bench.laboratory.folder
            try bench.laboratory.configure(url: "file://\(bench.repository.folder.path(percentEncoded: false))")
            // A fetch that waits for a line, and leaves one itself.
            let fetch = folder.appending(path: "slow-fetch")
            let script = """
                #!/bin/sh
                echo fetch >> "\(folder.path)/begun"
                read line < "\(folder.path)/go"
                exec "\(Program(in: folder).path)" "$@"

                """
            try Data(script.utf8).write(to: fetch)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: fetch.path)
            try await TestSupport.run("/usr/bin/mkfifo", ["go"], in: folder)
            let environment = try bench.environment(executable: fetch.path, waits: true)
            let source = try #require(environment.configuration.sources.first)
            let reader = SourceReader(environment)
            func fetches() -> Int {
                let text = (try? String(contentsOf: folder.appending(path: "begun"), encoding: .utf8)) ?? ""
                return text.split(separator: "\n").count
            }

            let hasty = Task { try await reader.snapshot(of: source) }
            while fetches() == 0 { await Task.yield() }
            let isAsking = LockedValue(false)
            let patient = Task { try await reader.ask(for: source, isAsking) }
            while !isAsking.value { await Task.yield() }
            await reader.turn()
            hasty.cancel()
            await #expect(throws: RunStop.self) { try await hasty.value }
            try await TestSupport.run("/bin/sh", ["-c", "echo go > go"], in: folder)
            #expect(try await patient.value.commit.id.count == 40)
            #expect(fetches() == 1)
        }
    }

    @Test func `a run that is cancelled takes a look at a partner from no other that waits for the same`() async throws
    {
        let connections = LockedValue(0)
        let go = DispatchSemaphore(value: 0)
        let peer = try ScriptedPeer { number in
            connections.set(number + 1)
            // On the peer's own thread: the server says nothing until it is told.
            if number == 0 { go.wait() }
            return .upToEHLO("SIZE 1000") + .quit
        }
        defer { peer.stop() }
        var settings = GateSettings()
        settings.networks = .any
        settings.port = peer.port
        let gatekeeper = Gatekeeper(settings: settings)

        let hasty = Task { try await gatekeeper.look(at: "127.0.0.1", port: peer.port, level: .opportunistic) }
        while connections.value == 0 { await Task.yield() }
        let isAsking = LockedValue(false)
        let patient = Task { try await gatekeeper.ask(peer.port, isAsking) }
        while !isAsking.value { await Task.yield() }
        await gatekeeper.turn()
        hasty.cancel()
        await #expect(throws: RunStop.self) { try await hasty.value }
        go.signal()
        let seen = try await patient.value
        #expect(seen.hosts.flatMap(\.probes).contains { $0.phase(.ehlo)?.outcome == .completed }, "\(seen)")
        // The one who waits may come to it only when the other has left: then its look is its own.
        #expect(connections.value <= 2)
    }
}

extension SourceReader {
    /// Asks in the turn in which it says so, so that whoever is let in next finds it waiting.
    fileprivate func ask(for source: Source, _ isAsking: LockedValue<Bool>) async throws -> SourceSnapshot {
        isAsking.set(true)
        return try await snapshot(of: source)
    }

    /// Waits for its turn, and does nothing with it.
    fileprivate func turn() {}
}

extension Gatekeeper {
    /// Asks in the turn in which it says so, so that whoever is let in next finds it waiting.
    fileprivate func ask(_ port: Int, _ isAsking: LockedValue<Bool>) async throws -> PartnerObservations {
        isAsking.set(true)
        return try await look(at: "127.0.0.1", port: port, level: .opportunistic)
    }

    /// Waits for its turn, and does nothing with it.
    fileprivate func turn() {}
}
