import Glibc
import Probing

/// Servers that take the connection and say nothing.
enum Silence {
    private static let (peers, deadline) = (2_000, 10)

    static func rows(in place: Place) throws -> [Row] {
        let port = "\(place.folder)/silent.port"
        let command = ["\(place.programs)/bench", "measure", "silent-peers", "\(peers)"]
        let server = try Child(command, in: place.folder, output: port)
        defer { server.end() }
        let figures = try place.medians(of: ["silence", try Child.wait(for: port)], runs: 3)
        let (cpu, peak, wall) = (try figures.figure("cpu"), try figures.figure("peak"), try figures.figure("wall"))
        return [
            Row(
                "2,000 peers that accept and stay silent",
                measured: """
                    ended after \(wall.asTime), \(cpu.asTime) of CPU, \(peak.asMemory) at its peak; \
                    \(try figures.figure("timed").rounded(to: 0)) reported as timed out waiting for the greeting
                    """,
                goal: "≤ 100 MiB, ≤ 1 s of CPU, ended by the deadline",
                input: """
                    2,000 loopback addresses on which another process listens, all probed at once with \(deadline) s for the \
                    greeting and \(deadline + 5) s in all; the whole process; median of 3
                    """,
                isMet: cpu <= 1 && peak <= 100 * 1_048_576 && wall <= Double(deadline + 5)
            )
        ]
    }

    private static func address(_ number: Int) -> [UInt8] { [127, 2, UInt8(number / 250), UInt8(1 + number % 250)] }

    /// Listens until it is ended; the kernel completes the connections, and nothing reads them.
    static func listen(_ arguments: [String]) throws {
        guard let count = arguments.first.flatMap(Int.init) else { throw Problem("bench measure silent-peers COUNT") }
        var port = in_port_t(0)
        for number in 0..<count {
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port
            address.sin_addr.s_addr = Self.address(number).withUnsafeBytes { $0.loadUnaligned(as: in_addr_t.self) }
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, length) == 0 && Glibc.listen(socket, 16) == 0
                        && getsockname(socket, $0, &length) == 0
                }
            }
            guard isBound else { throw Problem("peer \(number): \(String(cString: strerror(errno)))") }
            port = address.sin_port
        }
        print(in_port_t(bigEndian: port))
        fflush(nil)
        while true { pause() }
    }

    static func measure(_ arguments: [String]) async throws {
        guard let port = arguments.first.flatMap(Int.init) else { throw Problem("bench measure silence PORT") }
        let prober = try Prober(
            ProberSettings(
                ehloName: "gate.lab.example",
                limits: ProbeLimits(
                    connect: .seconds(deadline),
                    greeting: .seconds(deadline),
                    reply: .seconds(deadline),
                    handshake: .seconds(deadline),
                    whole: .seconds(deadline + 5)
                ),
                manners: Manners(perNetwork: peers, overall: peers),
                networks: .any
            )
        )
        let before = Usage.ownCPU
        var timed = 0
        let wall = try await Usage.wall {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<peers {
                    guard let address = NetworkAddress(bytes: address(number)) else { continue }
                    let target = ProbeTarget(host: "mx\(number).lab.example", address: address, port: port, sni: nil)
                    group.addTask { try await prober.probe(target).phase(.greeting)?.outcome == .timedOut }
                }
                for try await hasTimedOut in group where hasTimedOut { timed += 1 }
            }
        }
        print("wall=\(wall)\ncpu=\(Usage.ownCPU - before)\ntimed=\(timed)")
    }
}
