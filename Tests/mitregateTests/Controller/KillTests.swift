import ExchangeSimulator
import Foundation
import GitServers
import Laboratory
import TestSupport
import Testing
import Transfers

/// A real controller process, killed with SIGKILL at random moments: between its requests, within them, while it stores.
///
/// `make kill ROUNDS=200 SEED=7` runs more rounds than `make test` does.
@Suite struct KillTests {
    @Test func `killed at any moment, it loses nothing, doubles nothing and finishes what it began`() async throws {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["MITREGATE_KILL_ROUNDS"].flatMap { Int($0) } ?? 4
        let seed = environment["MITREGATE_KILL_SEED"].flatMap { UInt64($0) } ?? 20_261_130
        try await KillStory.with(seed: seed) { story in
            for round in 1...rounds {
                try await story.change(round)
                try await story.killOnce()
                try await story.check(round)
                if round % 10 == 0 || round == rounds { try await story.settle(round) }
            }
        }
    }
}

/// A tenant whose definitions change while its controller is killed again and again.
private final class KillStory {
    private let laboratory: Laboratory
    private let mitregate: Program
    private let seed: UInt64
    private let port: Int
    private var random: SeededRandom
    private var moments: [Int] = []
    /// The comment that git asks for, by connector.
    private var wanted: [String: String] = [:]

    private init(_ laboratory: Laboratory, seed: UInt64, port: Int) {
        self.laboratory = laboratory
        var mitregate = laboratory.mitregate
        // Not the port that a command asks where nothing else is configured.
        mitregate.environment["MITREGATE_SERVER_LISTEN"] = "127.0.0.1:\(port)"
        self.mitregate = mitregate
        self.seed = seed
        self.port = port
        random = SeededRandom(seed: seed)
    }

    static func with(seed: UInt64, _ body: @Sendable (KillStory) async throws -> Void) async throws {
        try await Laboratory.with(latency: .milliseconds(2)) { laboratory in
            try await withHTTPSServer(serving: laboratory.folder) { server in
                try Data(HTTPSServer.password.utf8).write(to: laboratory.folder.appending(path: "password"))
                try laboratory.configure(
                    settings: "interval: 1s",
                    url: server.url("mail-flow/.git"),
                    access: """
                        {user: \(HTTPSServer.user), password: {file: password}}
                            caFile: \(server.caFile)
                            interval: 1s
                        """
                )
                try await body(KillStory(laboratory, seed: seed, port: try FreePort.next()))
            }
        }
    }

    /// Commits a change of two connectors, and now and then a new one.
    func change(_ round: Int) async throws {
        if wanted.count < 3 || round % 5 == 0 { wanted["p\(round)"] = "" }
        for slug in wanted.keys.sorted().shuffled(using: &random).prefix(2) { wanted[slug] = "Round \(round)" }
        for (slug, comment) in wanted {
            let text = Sample.inbound(slug, "From \(slug)", "192.0.2.1", more: "  comment: \"\(comment)\"")
            try laboratory.repository.write(text, to: "tenants/contoso/\(slug).yaml")
        }
        try await laboratory.repository.commit("Round \(round)")
    }

    /// Starts the controller and kills it once it has sent so many requests, and a little later.
    func killOnce() async throws {
        let moment = Int.random(in: 1...16, using: &random)
        let pause = Double.random(in: 0...0.03, using: &random)
        moments.append(moment)
        let start = laboratory.simulator.requests().last?.number ?? 0
        let simulator = laboratory.simulator
        let ending = try await mitregate.run(["controller"]) { running in
            let deadline = ContinuousClock.now + .seconds(20)
            while (simulator.requests().last?.number ?? 0) < start + moment, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(1))
            }
            try await Task.sleep(for: .seconds(pause))
            kill(running.process, SIGKILL)
        }
        guard ending.code == 128 + SIGKILL else { return try await fail("it ended by itself: \(ending)") }
    }

    /// Whatever the moment: each value was written once at most, and nothing is there that git did not ask for.
    func check(_ round: Int) async throws {
        var seen: Set<String> = []
        for request in laboratory.changes
        where !seen.insert("\(request.cmdlet ?? "") \(request.parameters ?? "")").inserted {
            try await fail("round \(round) wrote twice: \(request.summary)")
        }
        for name in try connectors().keys where wanted[String(name.dropFirst("From ".count))] == nil {
            try await fail("round \(round) left \(name), which git did not ask for")
        }
    }

    /// Lets the controller work undisturbed, and compares the tenant, git and the history.
    func settle(_ round: Int) async throws {
        let expected = Dictionary(uniqueKeysWithValues: wanted.map { ("From \($0)", $1) })
        let bed = ControllerBed(laboratory: laboratory, port: port, pool: try TransferPool())
        let ending = try await mitregate.run(["controller"]) { [laboratory] running in
            defer { kill(running.process, SIGTERM) }
            // Before that a signal may find a process that does not listen to it.
            try await bed.until("ready") { try await bed.send(.get, "/readyz").status == 200 }
            // A write of which it is not known whether it was sent is looked for for a minute before it is sent again.
            let deadline = ContinuousClock.now + .seconds(120)
            while ContinuousClock.now < deadline, try Self.connectors(of: laboratory) != expected {
                try await Task.sleep(for: .milliseconds(20))
            }
            // The write may have arrived before the kill: what is left to do then is in the journal alone.
            while ContinuousClock.now < deadline, try await !Self.hasEnded(Self.runs(of: laboratory)) {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        guard ending.code == 0 else { return try await fail("round \(round) ended with \(ending)") }
        guard try connectors() == expected else {
            return try await fail("round \(round) does not come to rest: \(ending.errors.suffix(4_000))")
        }
        try await check(round)
        guard Self.hasEnded(try await Self.runs(of: laboratory)) else {
            return try await fail("a run has no end: \(ending.errors.suffix(4_000))")
        }
        let plan = try await laboratory.mitregate("plan", "--no-gate", "--detailed-exitcode")
        guard plan.code == 0 else { return try await fail("round \(round) left work: \(plan.output)") }
    }

    /// Ends the story with what is needed to see why.
    private func fail(_ what: String) async throws {
        let history = try await laboratory.mitregate("history", "--limit", "12")
        let status = try await laboratory.mitregate("status")
        let newest = history.output.split(separator: "\n").dropFirst().first?.prefix(14)
        let journal = try await laboratory.mitregate("show", newest.map(String.init) ?? "")
        let writes = laboratory.changes.suffix(12).map(\.summary).joined(separator: "\n")
        throw LaboratoryError(
            text: """
                MITREGATE_KILL_SEED=\(seed), killed after \(moments.suffix(20)) requests: \(what)
                \(writes)
                \(history.output)\(journal.output)\(status.output)\(status.errors)
                """
        )
    }

    private static func runs(of laboratory: Laboratory) async throws -> [[String: Any]] {
        let history = try await laboratory.mitregate("history", "--limit", "1000", "-o", "json")
        let document = try JSONSerialization.jsonObject(with: Data(history.output.utf8)) as? [String: Any]
        return try #require(document?["runs"] as? [[String: Any]], "\(history)")
    }

    private static func hasEnded(_ runs: [[String: Any]]) -> Bool {
        runs.allSatisfy { $0["result"] is String }
    }

    /// Comments by name.
    private func connectors() throws -> [String: String] { try Self.connectors(of: laboratory) }

    private static func connectors(of laboratory: Laboratory) throws -> [String: String] {
        let rows = try laboratory.tenantState()["inboundConnectors"] as? [[String: Any]] ?? []
        return Dictionary(
            rows.map { ($0["Name"] as? String ?? "", $0["Comment"] as? String ?? "") }
        ) { "\($0) and \($1)" }
    }
}
