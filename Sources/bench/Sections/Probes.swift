import FoundationEssentials
import Probing
import TLSGate

/// Ours next to the tools that mail administrators know, against one local Postfix.
enum Probes {
    private static let host = "mx.lab.example"

    static func rows(in place: Place) throws -> [Row] {
        guard let mail = place.mail else {
            return [
                Row("probes", measured: "not measured: Postfix could not be started (as root)", goal: "", input: "")
            ]
        }
        let figures = try place.medians(of: ["probes", "\(mail.port)", mail.roots, "1000", "16"], runs: 5)
        let ours = (rate: try figures.figure("rate"), cpu: try figures.figure("cpu"))
        let finger =
            "/usr/sbin/posttls-finger -c -l verify -L summary -F \(mail.roots) [127.0.0.1]:\(mail.port) \(host)"
        let sequence = try compare("for i in $(seq 200); do \(finger); done", 200, in: place)
        let together = try compare("seq 200 | xargs -P 8 -I{} \(finger)", 200, in: place)
        let floor = try floor(in: place, mail)
        let ratio = floor.map { ours.cpu / $0.cpu }
        var rows = [
            Row(
                "probes by Mitregate",
                measured: tell(ours.rate, ours.cpu)
                    + (ratio.map { ", \($0.rounded(to: 2)) × the C program's" } ?? "")
                    + ", \((ours.cpu / sequence.cpu).rounded(to: 2)) × posttls-finger's",
                goal: "≤ 1.3 × the CPU of the C program, less than posttls-finger's",
                input: """
                    1,000 probes, 16 at once, of one local Postfix (RSA 2048, private root): connect, EHLO, STARTTLS, handshake, \
                    chain kept and judged at certificate-validation, QUIT; both cores shared with the server; median of 5
                    """,
                isMet: (ratio ?? 0) <= 1.3 && ours.cpu < sequence.cpu
            ),
            Row(
                "`examples/probe-floor.c`",
                measured: floor.map { tell($0.rate, $0.cpu) } ?? "not measured: no C compiler",
                goal: "to compare",
                input: "the same dialogue in C with OpenSSL and nothing else, 1,000 in sequence; median of 3"
            ),
            Row(
                "`posttls-finger` in sequence",
                measured: tell(sequence.rate, sequence.cpu),
                goal: "to compare",
                input: "200 runs at level verify against the same Postfix; median of 3"
            ),
            Row(
                "`posttls-finger` with `xargs -P 8`",
                measured: tell(together.rate, together.cpu),
                goal: "to compare",
                input: "the same"
            ),
        ]
        rows.append(try sslyze(place, mail))
        return rows
    }

    private static func tell(_ rate: Double, _ cpu: Double) -> String {
        "\(rate.rounded(to: 0)) a second, \((cpu * 1000).rounded(to: 2)) ms of CPU each"
    }

    /// The least that the dialogue takes; nothing where it could not be compiled.
    private static func floor(in place: Place, _ mail: Place.MailServer) throws -> (rate: Double, cpu: Double)? {
        guard let program = place.floor else { return nil }
        let runs = try (0..<3).map { _ in
            try Child.run([program, "\(mail.port)", mail.roots, host, "1000"], in: place.folder).usage
        }
        let usage = Usage(medianOf: runs)
        return (1000 / usage.wall, usage.cpu / 1000)
    }

    private static func compare(_ script: String, _ count: Int, in place: Place) throws -> (rate: Double, cpu: Double) {
        let runs = try (0..<3).map { _ in
            let run = try Child.run(["/bin/sh", "-c", script], in: place.folder)
            let good = run.output.split(separator: "\n").count { $0.contains("erified TLS connection established") }
            guard good == count else {
                throw Problem("posttls-finger verified \(good) of \(count): \(run.output.prefix(300))")
            }
            return run.usage
        }
        let usage = Usage(medianOf: runs)
        return (Double(count) / usage.wall, usage.cpu / Double(count))
    }

    private static func sslyze(_ place: Place, _ mail: Place.MailServer) throws -> Row {
        let name = "`sslyze --starttls smtp --certinfo`"
        guard let python = place.python else {
            return Row(name, measured: "not measured: sslyze could not be had from PyPI", goal: "", input: "")
        }
        let count = 50
        let targets = (1...count).map { "mx\($0).lab.example:\(mail.port){127.0.0.1}" }
        try place.write(targets.joined(separator: "\n") + "\n", to: "sslyze.targets")
        let command = [
            "\(python)/bin/sslyze", "--starttls", "smtp", "--certinfo", "--certinfo_ca_file", mail.roots,
            "--mozilla_config", "disable", "--targets_in", "sslyze.targets",
        ]
        let runs = try (0..<3).map { _ in
            let run = try Child.run(command, in: place.folder)
            let good = run.output.split(separator: "\n").count { $0.contains("Received Chain") }
            guard good >= count else {
                throw Problem("sslyze saw \(good) of \(count) chains: \(run.output.prefix(300))")
            }
            return run.usage
        }
        let usage = Usage(medianOf: runs)
        return Row(
            name,
            measured: tell(Double(count) / usage.wall, usage.cpu / Double(count)),
            goal: "to compare",
            input:
                "sslyze from PyPI, 50 names for the same Postfix in one process; it opens several connections to each; median of 3"
        )
    }

    /// Arguments: the port, the file of roots, how many, and how many at once.
    static func measure(_ arguments: [String]) async throws {
        guard arguments.count == 4, let port = Int(arguments[0]), let count = Int(arguments[2]),
            let window = Int(arguments[3]), let address = NetworkAddress("127.0.0.1"),
            let pem = FileManager.default.contents(atPath: arguments[1])
        else { throw Problem("bench measure probes PORT ROOTS COUNT WINDOW") }
        let roots = try TrustRoots(pem: Array(pem))
        let prober = try Prober(
            ProberSettings(
                ehloName: "gate.lab.example",
                manners: Manners(perAddress: window, interval: .zero, perNetwork: window, overall: window),
                networks: .any
            )
        )
        let target = ProbeTarget(host: host, address: address, port: port, sni: host)
        let policy = GatePolicy(allowsPrivateAddresses: true, port: port)
        let before = Usage.ownCPU
        let wall = try await Usage.wall {
            try await withThrowingTaskGroup(of: Verdict.self) { group in
                for started in 0..<count {
                    if started >= window, try await group.next() != .pass { throw Problem("a probe did not pass") }
                    group.addTask {
                        judge(try await prober.probe(target), policy, roots).verdict
                    }
                }
                for try await verdict in group where verdict != .pass { throw Problem("a probe did not pass") }
            }
        }
        print("rate=\(Double(count) / wall)\ncpu=\((Usage.ownCPU - before) / Double(count))")
    }

    private static func judge(_ probe: ProbeObservation, _ policy: GatePolicy, _ roots: TrustRoots) -> Judgement {
        let seen = PartnerObservations(
            nextHop: .smartHosts([probe.address]),
            hosts: [HostObservations(host: probe.address, probes: [probe])]
        )
        return Gate.judge(
            server: probe.address,
            level: .certificate,
            observations: seen,
            policy: policy,
            roots: roots,
            now: probe.at
        )
    }
}
