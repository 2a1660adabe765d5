import Foundation
import Laboratory
import TestSupport
import Testing

/// What an operator installs.
@Suite struct DeployTests {
    private static let deploy = ExampleTests.project.appending(path: "deploy")
    private static let analyzer = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(.enabled(if: analyzer != nil, "systemd-analyze is in Debian's package systemd"))
    func `systemd finds no fault in the units`() async throws {
        let analyzer = try #require(Self.analyzer)
        try await withTemporaryFolder { folder in
            let units = Self.deploy.appending(path: "systemd")
            let names = try FileManager.default.contentsOfDirectory(atPath: units.path(percentEncoded: false)).sorted()
            #expect(
                names == [
                    "mitregate-controller.service", "mitregate-notify@.service", "mitregate.service", "mitregate.timer",
                ]
            )
            let program = "/usr/local/bin/mitregate"
            for name in names {
                let text = try String(contentsOf: units.appending(path: name), encoding: .utf8)
                if name == "mitregate.service" { #expect(text.contains(program)) }
                // Where the program is not installed, the check would stop at that.
                let copy = text.replacing(program, with: Program(in: folder).path)
                try Data(copy.utf8).write(to: folder.appending(path: name))
            }
            let ending = try await Program(analyzer, in: folder).run(
                ["verify", "--man=no", "--recursive-errors=no"]
                    + names.map { folder.appending(path: $0).path(percentEncoded: false) }
            )
            #expect(ending.code == 0 && ending.output.isEmpty && ending.errors.isEmpty, "\(ending)")

            // The check is not blind: a misspelt setting is found.
            let service = folder.appending(path: "mitregate.service")
            let wrong = try String(contentsOf: service, encoding: .utf8).replacing(
                "ProtectSystem=",
                with: "ProtectSistem="
            )
            try Data(wrong.utf8).write(to: service)
            let found = try await Program(analyzer, in: folder).run(
                ["verify", "--man=no", service.path(percentEncoded: false)]
            )
            #expect(found.errors.contains("ProtectSistem"))
        }
    }

    @Test(.enabled(if: analyzer != nil, "systemd-analyze is in Debian's package systemd"))
    func `the controller's unit is closed up`() async throws {
        let analyzer = try #require(Self.analyzer)
        try await withTemporaryFolder { folder in
            let unit = Self.deploy.appending(path: "systemd/mitregate-controller.service")
            let ending = try await Program(analyzer, in: folder).run(
                ["security", "--offline=true", unit.path(percentEncoded: false)]
            )
            let level = ending.output.firstMatch(of: /exposure level for \S+: ([0-9.]+)/)
            #expect(level.flatMap { Double($0.1) } ?? 10 < 2, "\(ending)")
        }
    }

    /// Names of metrics in a text; a histogram's three series have their own.
    private static func metrics(in text: String) -> Set<String> {
        Set(
            text.matches(of: /mitregate_[a-z_]+/).map { match in
                var name = String(match.0)
                for suffix in ["_bucket", "_count", "_sum"] where name.hasSuffix("_seconds\(suffix)") {
                    name = String(name.dropLast(suffix.count))
                }
                return name
            }
        )
    }

    @Test func `every metric that alerts and dashboard name exists, and every alert has its page`() async throws {
        let source = ExampleTests.project.appending(path: "Sources/Controller/Observing/MetricName.swift")
        let served = Self.metrics(in: try String(contentsOf: source, encoding: .utf8))
        let runbook = try String(
            contentsOf: ExampleTests.project.appending(path: "docs/runbook.md"),
            encoding: .utf8
        )
        let rules = try String(contentsOf: Self.deploy.appending(path: "prometheus/alerts.yaml"), encoding: .utf8)
        let board = try String(contentsOf: Self.deploy.appending(path: "grafana/mitregate.json"), encoding: .utf8)
        let named = Self.metrics(in: rules).union(Self.metrics(in: board))
        #expect(named.count > 8)
        #expect(named.subtracting(served).isEmpty)
        let alerts = rules.matches(of: /- alert: (\S+)/).map { String($0.1) }
        #expect(alerts.count > 8)
        for alert in alerts {
            #expect(runbook.contains("\n## \(alert)\n"), "\(alert)")
            #expect(rules.contains("docs/runbook.md#\(alert.lowercased())\n"), "\(alert)")
        }
        #expect(rules.contains("absent("))
    }

    @Test func `what the gate blocks and what is held fails the unit, and someone is told`() throws {
        let units = Self.deploy.appending(path: "systemd")
        let service = try String(contentsOf: units.appending(path: "mitregate.service"), encoding: .utf8)
        #expect(service.contains("\nSuccessExitStatus=2\n"))
        let notify = try #require(service.firstMatch(of: /\nOnFailure=(\S+)@%n\.service\n/)?.1)
        let file = units.appending(path: "\(notify)@.service").path(percentEncoded: false)
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test func `without root the exact line is printed and nothing is installed`() async throws {
        try await withTemporaryFolder { folder in
            let tools = folder.appending(path: "tools", directoryHint: .isDirectory)
            try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
            func tool(_ name: String, _ script: String) throws {
                let file = tools.appending(path: name)
                try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755],
                    ofItemAtPath: file.path(percentEncoded: false)
                )
            }
            try tool("id", "echo 1000")
            try tool("sudo", "exit 1")
            try tool("apt-get", "touch '\(folder.path(percentEncoded: false))/installed'")
            // All that is missing are two.
            try tool(
                "dpkg-query",
                #"for last; do :; done; case $last in libgit2-dev|tzdata) exit 1;; *) printf 'install ok installed';; esac"#
            )
            let path = "\(tools.path(percentEncoded: false)):/usr/bin:/bin"
            let program = Program(
                Self.deploy.appending(path: "install-packages").path(percentEncoded: false),
                in: folder,
                environment: ["PATH": path]
            )
            let ending = try await program("build", "test")
            #expect(ending.code == 1 && ending.output.isEmpty)
            let line = "  apt-get update && apt-get install --no-install-recommends libgit2-dev tzdata"
            #expect(ending.errors.split(separator: "\n").map(String.init).last == line, "\(ending)")
            #expect(
                !FileManager.default.fileExists(atPath: folder.appending(path: "installed").path(percentEncoded: false))
            )

            try tool("dpkg-query", "printf 'install ok installed'")
            let complete = try await program("build", "test", "demo")
            #expect(complete.code == 0 && complete.output.isEmpty && complete.errors.isEmpty, "\(complete)")
        }
    }

    @Test func `the list of packages has a purpose for each, and no package twice for one`() throws {
        let text = try String(contentsOf: Self.deploy.appending(path: "debian-packages"), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        for line in lines {
            #expect(
                line.wholeMatch(of: /(build|run|test|package|demo|bench|docs) [a-z0-9][a-z0-9.+-]+/) != nil,
                "\(line)"
            )
        }
        #expect(Set(lines).count == lines.count)
        // What the toolchain itself needs, of which a Debian without a compiler has nothing.
        for name in ["binutils", "libncurses6", "libstdc++-12-dev", "libxml2"] {
            #expect(lines.contains("build \(name)"), "\(name)")
        }
        let makefile = try String(contentsOf: ExampleTests.project.appending(path: "Makefile"), encoding: .utf8)
        #expect(makefile.contains("\ndemo:\n\t@deploy/install-packages build demo\n"))
    }

    @Test func `the container holds the program of the package`() throws {
        let text = try String(contentsOf: Self.deploy.appending(path: "Containerfile"), encoding: .utf8)
        let copies = text.split(separator: "\n").filter { $0.hasPrefix("COPY ") }
        #expect(copies == ["COPY mitregate_*.deb /tmp/mitregate.deb"])
        #expect(!text.contains("swift"), "nothing is compiled there")
        #expect(text.contains("\nUSER 10001\n"), "it does not run as root")
    }
}
