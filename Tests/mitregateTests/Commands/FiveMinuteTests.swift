import ExchangeSimulator
import Foundation
import Laboratory
import TestSupport
import Testing

/// README's "Try it in five minutes", typed as it stands there: real processes, real mail servers.
@Suite struct FiveMinuteTests {
    private static let tools = ["nsd", "smtp-sink", "stunnel4", "ldns-keygen", "ldns-signzone", "openssl", "curl"]
    private static let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    private static var areThere: Bool {
        tools.allSatisfy { tool in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
        }
    }

    /// The commands of an indented or fenced text, in their order; one may go over several lines.
    private static func commands(in text: String) -> [String] {
        var commands: [String] = []
        for line in text.split(separator: "\n").map(String.init) {
            let bare = line.trimmingCharacters(in: .whitespaces)
            if bare.wholeMatch(of: /(exchange-simulator|mitregate|mitregate-lab|cd|curl) .*/) != nil {
                commands.append(bare)
            } else if let last = commands.last, last.count(where: { $0 == "'" }) % 2 == 1 {
                commands[commands.count - 1] = last + " " + bare
            }
        }
        return commands
    }

    @Test func `README shows what the simulator prints, in ten commands`() throws {
        let readme = try String(contentsOf: ExampleTests.project.appending(path: "README.md"), encoding: .utf8)
        let section = try #require(
            readme.components(separatedBy: "\n## ").first { $0.hasPrefix("Try it in five minutes\n") }
        )
        let fenced = section.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }
        let typed = Self.commands(in: fenced.map(\.element).joined(separator: "\n"))
        let printed = Self.commands(in: DemoTenant.instructions(url: "http://127.0.0.1:\(DemoTenant.port)"))
        #expect(typed.first == "exchange-simulator --demo-tenant")
        #expect(Array(typed.dropFirst()) == Array(printed.prefix(9)))
        #expect(typed.count == 10)
    }

    @Test(.enabled(if: areThere, "it needs the Debian packages of `deploy/install-packages demo`"))
    func `the ten commands plan, apply, show drift and roll back`() async throws {
        try await withTemporaryFolder { folder in
            let port = try FreePort.next()
            let commands = Self.commands(in: DemoTenant.instructions(url: "http://127.0.0.1:\(port)"))
            let path = [
                Program.products.path(percentEncoded: false),
                ExampleTests.project.appending(path: "examples/lab").path(percentEncoded: false),
            ].joined(separator: ":")
            let search = "\(path):\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin:/sbin"
            let shell = Program("/bin/bash", in: folder, environment: ["PATH": search])
            let simulator = Program("exchange-simulator", in: folder)
            let started = ["--demo-tenant", "--port", "\(port)", "--port-file", "port"]
            let ending = try await simulator.run(started) { simulator in
                defer { kill(simulator.process, SIGTERM) }
                try await Self.says("\(port)", folder.appending(path: "port"))
                let begun = try await shell("-c", commands[0])
                #expect(begun.code == 0, "\(begun)")
                let lab = try await shell.run(["-c", "exec \(commands[1])"]) { lab in
                    defer { kill(lab.process, SIGTERM) }
                    try await Self.says("The end of the lab", folder.appending(path: "try/mitregate.yaml"))
                    #expect(commands[2] == "cd try")
                    let inside = Program(
                        "/bin/bash",
                        in: folder.appending(path: "try", directoryHint: .isDirectory),
                        environment: ["PATH": search]
                    )
                    try await Self.type(Array(commands[3..<9]), in: inside)
                }
                #expect(lab.code == 143, "\(lab)")
            }
            #expect(ending.code == 0)
            let configuration = try String(contentsOf: folder.appending(path: "try/mitregate.yaml"), encoding: .utf8)
            #expect(!configuration.contains("The end of the lab"), "the lab takes back what it wrote")
        }
    }

    private static func type(_ commands: [String], in shell: Program) async throws {
        func run(_ command: String) async throws -> String {
            let ending = try await shell("-c", command)
            #expect(ending.code == 0, "\(command): \(ending)")
            return ending.output
        }
        let plan = try await run(commands[0])
        #expect(plan.contains("+ OutboundConnector/litware") && plan.contains("TLS gate pass"), "\(plan)")
        let applied = try await run(commands[1])
        let id = try #require(applied.firstMatch(of: /Run\s+(01[0-9A-Z]{24})/)?.1)
        _ = try await run(commands[2])
        #expect(try await run(commands[3]).contains("EncryptionOnly"))
        #expect(try await run(commands[4]).contains("applied"))
        #expect(try await run(commands[5].replacing("RUN", with: id)).contains("confirmed by reading back"))
    }

    private static func says(_ words: String, _ file: URL) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while (try? String(contentsOf: file, encoding: .utf8))?.contains(words) != true {
            guard ContinuousClock.now < deadline else { throw LaboratoryError(text: "\(file) does not say \(words)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
